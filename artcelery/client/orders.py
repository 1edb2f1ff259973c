"""Orders as a server takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artcelery.core.engine.order import Order
from artcelery.core.values import file_name

__all__ = ["EffectOrder", "StoredOrder", "request_of"]

_LONGEST_NAME = 200


@dataclass(frozen=True)
class EffectOrder(Order):
    """An order for one effect, which a server writes the config for."""

    effect: str = ""
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class StoredOrder(Order):
    """An order for a config that the server keeps."""


def request_of(order: Order) -> dict[str, Any]:
    """The body of `POST /runs` but for the inputs; UsageError when there is no format such as the output's."""
    asked = {
        **_recipe(order),
        "output_name": _name(order.output) if order.output is not None else None,
        "format": _format(order),
        "quality": order.quality,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _recipe(order: Order) -> dict[str, Any]:
    if isinstance(order, EffectOrder):
        return {"recipe": order.effect, "params": dict(order.values or {})}
    params = dict(order.params)
    if isinstance(order, StoredOrder):
        return {"recipe": order.config.id, "params": params}
    return {"config": order.config.text.decode(), "params": params}


def _name(output: Path) -> str | None:
    """What the output is called there: as the file here, as far as a server takes that for a plain name."""
    name = "".join(letter if letter.isprintable() and letter != "\\" else "_" for letter in file_name(output))
    return name.lstrip(".")[-_LONGEST_NAME:] or None


def _format(order: Order) -> str | None:
    """The format that is asked for, or that the file's name says; UsageError when there is no such format."""
    from artcelery.core.media.profiles import format_of_suffix

    named = f"output.{order.format}" if order.format else order.output.name if order.output else None
    return format_of_suffix(named) if named else None
