"""How letters look and where they stand: the keys that text and captions share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from artcelery.core.ops.fields import Color, Size
from artcelery.core.ops.op import OpConfig
from artcelery.core.values import parse_seconds

__all__ = [
    "ANCHORS",
    "TEXT_STYLE",
    "Box",
    "Extent",
    "Fade",
    "Opacity",
    "Outline",
    "Position",
    "Shadow",
    "TextKeys",
]

ANCHORS = {
    f"{row}-{column}" if row and column else row or column or "center": (across, down)
    for row, down in (("top", 0.0), ("", 0.5), ("bottom", 1.0))
    for column, across in (("left", 0.0), ("", 0.5), ("right", 1.0))
}
"""Names of places, and the shares of the free width and height that lie left of and above what stands there."""

TEXT_STYLE: dict[str, Any] = {
    "font": "sans",
    "size": "8%",
    "color": "#ffffff",
    "box": None,
    "outline": None,
    "shadow": None,
    "position": "center",
    "align": "center",
    "margin": "5%",
}
"""The keys of letters, and their defaults."""

_PERCENT = re.compile(r"\s*-?\d{1,4}(\.\d{1,6})?\s*%\s*")
_ONE_NAME = f"write {', '.join(ANCHORS)}, or [x, y] in pixels or percent"


def parse_position(value: object) -> str | list[int | str]:
    """The name of a place, or across and down, each in pixels or as a share ("50%"), in normal form."""
    if isinstance(value, str) and value in ANCHORS:
        return value
    if isinstance(value, (list, tuple)) and len(value) == 2:
        return [_coordinate(item) for item in value]
    raise ValueError(f"{str(value)[:60]!r} is no place; {_ONE_NAME}")


def _coordinate(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 100_000:
        return value
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return f"{float(value.strip().removesuffix('%')):.10g}%"
    raise ValueError(f"{str(value)[:60]!r} is no place; {_ONE_NAME}")


_ONE_COORDINATE = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": _PERCENT.pattern}]}
Position = Annotated[
    str | list[int | str],
    BeforeValidator(parse_position),
    WithJsonSchema(
        {"anyOf": [{"enum": list(ANCHORS)}, {"type": "array", "items": _ONE_COORDINATE, "minItems": 2, "maxItems": 2}]}
    ),
]
Extent = Annotated[int, Field(ge=0, strict=True)] | Size
Opacity = Annotated[float, Field(ge=0, le=1, strict=True)]


def parse_fade(value: object) -> list[float]:
    """Seconds to come and seconds to go, from one time for both, a list of the two, or a mapping of `in` and `out`."""
    both = value if isinstance(value, (list, tuple)) else [value, value]
    if isinstance(value, Mapping):
        both = [value.get("in", 0), value.get("out", 0)]
    if len(both) != 2 or (isinstance(value, Mapping) and not 0 < len(value.keys() & {"in", "out"}) == len(value)):
        raise ValueError("a fade is one time for both ends, [in, out], or {in: time, out: time}")
    return [parse_seconds(item) for item in both]


_ONE_TIME: dict[str, Any] = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
Fade = Annotated[
    list[float],
    BeforeValidator(parse_fade),
    WithJsonSchema(
        {
            "anyOf": [
                *_ONE_TIME["anyOf"],
                {"type": "array", "items": _ONE_TIME, "minItems": 2, "maxItems": 2},
                {
                    "type": "object",
                    "properties": {"in": _ONE_TIME, "out": _ONE_TIME},
                    "minProperties": 1,
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class Box(OpConfig):
    """A box behind the letters."""

    color: Color = Field("#000000", description="Its colour.")
    opacity: Opacity = Field(0.6, description="0 is clear, 1 is solid.")
    padding: Extent = Field("45%", description="From the letters to its edge: pixels, or percent of their size.")


class Outline(OpConfig):
    """A line around the letters."""

    color: Color = Field("#000000", description="Its colour.")
    width: Extent = Field("7%", description="Pixels, or percent of the letters' size; 0 for none.")


class Shadow(OpConfig):
    """A shadow under the letters, to the lower right."""

    color: Color = Field("#000000", description="Its colour.")
    opacity: Opacity = Field(0.7, description="0 is clear, 1 is solid.")
    offset: Extent = Field("6%", description="How far right and down: pixels, or percent of the letters' size.")
    blur: Extent = Field("6%", description="How soft it is: pixels, or percent of the letters' size.")


class TextKeys(OpConfig):
    """The keys of letters; sizes in percent are of the picture's height, or of the letters' size where they say so."""

    text: Annotated[str, Field(min_length=1, max_length=5000)] | None = Field(
        None, description="text: what is written; lines end where it says so, and where the picture is too narrow."
    )
    font: Literal["sans", "sans-bold", "sans-oblique", "sans-bold-oblique"] | None = Field(
        None, description="Cut of DejaVu Sans, which comes with artcelery."
    )
    size: Size | None = Field(None, description='Of the letters (the em): pixels or percent ("8%"; captions "6%").')
    box: Box | None = Field(None, description="A box behind the letters; {} for the usual one.")
    outline: Outline | None = Field(None, description="A line around the letters; captions have one.")
    shadow: Shadow | None = Field(None, description="A shadow under the letters; {} for the usual one.")
    position: Position | None = Field(
        None,
        description="Where the text stands: center, top-left and so on, inside the margin; or [x, y] of its upper left"
        ' corner in pixels, in percent of the free room ("0%" left, "100%" right).',
    )
    align: Literal["left", "center", "right"] | None = Field(None, description="How its lines stand to each other.")
    margin: Extent | None = Field(
        None, description='What is kept free at the edges of the picture: pixels or percent ("5%").'
    )
    fade: Fade | None = Field(None, description="text: how long it comes and goes.")
