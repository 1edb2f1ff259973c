"""Orders as a server takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artcelery.core.engine.order import Order
from artcelery.core.errors import UsageError
from artcelery.core.values import file_name

__all__ = ["EffectOrder", "StoredOrder", "request_of"]


@dataclass(frozen=True)
class EffectOrder(Order):
    """An order for one effect, which a server writes the config for."""

    effect: str = ""
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class StoredOrder(Order):
    """An order for a config that the server keeps."""


def request_of(order: Order, inputs: Mapping[str, str]) -> dict[str, Any]:
    """The body of `POST /runs`, with the inputs as words that the server knows."""
    asked = {
        **_recipe(order),
        "inputs": dict(inputs),
        "output_name": file_name(order.output) if order.output is not None else None,
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
    return {"config": _text(order), "params": params}


def _text(order: Order) -> str:
    try:
        return order.config.text.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{order.config.file} is not in UTF-8, as a server wants it; convert it first") from error


def _format(order: Order) -> str | None:
    """The format that is asked for, or that the file's name says; UsageError when there is no such format."""
    from artcelery.core.media.profiles import format_of_suffix

    named = f"output.{order.format}" if order.format else order.output.name if order.output else None
    return format_of_suffix(named) if named else None
