"""What an effect is: the only part of the core that effect files import.

An effect file defines one of

    filters(params, clip) -> list[Filter]                      a libavfilter chain, joined with its neighbours
    process_frame(frame, params, state) -> frame               on (height, width, 3) uint8 RGB arrays
    process_frame(frame, params, state) -> (frame, state)      the same; `state` starts as None
    process_frame(frame, params, state, ctx)                   the same, told the time (`FrameContext`)
    process(inputs, output, params, ctx)                       on whole files (`FileContext`)

and describes itself in its docstring with `@effect`, `@version`, `@param` ... tags, or in a `META` object.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from artcelery.core.media.clip import Clip

__all__ = ["Clip", "Effect", "EffectKind", "EffectMeta", "FileContext", "Filter", "FrameContext", "Param", "ParamSpec"]

EffectKind = Literal["identity", "filters", "frames", "file"]
ParamType = Literal["float", "int", "bool", "str", "choice", "color", "time"]


class Filter:
    """One libavfilter filter with its options, as data: `Filter("hue", h=30)`. Values are never parsed as text."""

    __slots__ = ("name", "options")

    def __init__(self, name: str, /, **options: str | int | float | bool) -> None:
        self.name = name
        self.options: dict[str, str] = {key: _option(value) for key, value in options.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and (self.name, self.options) == (other.name, other.options)

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.options.items()))))

    def __repr__(self) -> str:
        return f"Filter({self.name!r}, {', '.join(f'{k}={v!r}' for k, v in self.options.items())})"


def _option(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of an effect: typed, ranged, documented."""

    name: str
    type: ParamType = "float"
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    description: str = ""

    @property
    def required(self) -> bool:
        """Whether the user must give it."""
        return self.default is None


@dataclass(frozen=True, slots=True)
class FrameContext:
    """Where a frame stands: `index` counts from 0, `time_s` is in seconds from the start of the clip.

    For a still, `index` and `time_s` are 0, `rate` is 0 and `duration_s` is 0.
    """

    index: int
    time_s: float
    rate: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class FileContext:
    """What a `process` effect may use: a folder of its own that is removed afterwards, and a seeded random source."""

    work_dir: Path
    seed: int = 0
    random: random.Random = field(default_factory=lambda: random.Random(0))


@dataclass(frozen=True, slots=True)
class Effect:
    """A named operation over frames or files, known by the content hash of its source.

    `temporal` effects need a film. `alpha` says what happens to transparency: "keep" leaves it alone (effects on
    colour), "through" sends it through the same change (effects that move pixels).
    """

    name: str
    content_hash: str
    kind: EffectKind
    source: bytes = field(repr=False)
    version: str = "1.0.0"
    description: str = ""
    author: str = ""
    params: tuple[Param, ...] = ()
    temporal: bool = False
    alpha: Literal["keep", "through"] = "keep"
    origin: str = ""


@dataclass(frozen=True)
class ParamSpec:
    """One parameter in a `META` object (artdag's names)."""

    name: str
    param_type: Any = float
    default: Any = None
    range: tuple[float, float] | None = None
    description: str = ""
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class EffectMeta:
    """The `META` object of an effect file (artdag's names)."""

    name: str
    version: str = "1.0.0"
    description: str = ""
    author: str = ""
    temporal: bool = False
    params: tuple[ParamSpec, ...] | list[ParamSpec] = ()
    alpha: Literal["keep", "through"] = "keep"
    examples: tuple[str, ...] | list[str] = ()
    dependencies: tuple[str, ...] | list[str] = ()
    requires_python: str = ">=3.11"
    api_type: str = "frame"
