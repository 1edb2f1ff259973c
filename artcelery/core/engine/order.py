"""What a user asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artcelery.core.config import Config, Effects
    from artcelery.core.effect import Effect

__all__ = ["Order", "Recorded", "recorded_effects"]


@dataclass(frozen=True)
class Order:
    """A config, its inputs by name (asset, path or hash), parameters, and the encoding.

    With `recorded` it renders anew, from just the files and effects that are recorded there.
    """

    config: Config
    inputs: Mapping[str, str | Path] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    output: Path | None = None
    format: str | None = None
    quality: int | None = None
    user: str | None = None
    recorded: Recorded | None = None


@dataclass(frozen=True)
class Recorded:
    """What a run used, by content hash, whatever names mean now: sources by node id, effects by name."""

    sources: Mapping[str, str]
    effects: Mapping[str, str]


def recorded_effects(recorded: Recorded | None, effects: Effects) -> Effects:
    """Where effects are found: each one as it is recorded, when there is a record."""
    return _Pinned(effects, recorded) if recorded else effects


class _Pinned:
    def __init__(self, effects: Effects, recorded: Recorded) -> None:
        self._effects, self._recorded = effects, recorded

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        return self._effects.resolve(name, self._recorded.effects.get(name, pinned_hash))
