"""The types of config values: times, sizes, colours and gains, each normalised when it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from artcelery.core.values import parse_color, parse_seconds, parse_size

__all__ = ["Color", "Number", "Seconds", "Size"]

Seconds = Annotated[
    float,
    BeforeValidator(parse_seconds),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}],
            "description": 'A time in seconds: 2.5, "2.5s" or "00:01:30".',
        }
    ),
]

Size = Annotated[
    int | str,
    BeforeValidator(parse_size),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$"}],
            "description": 'Pixels (1280) or a share of the input ("50%").',
        }
    ),
]

Color = Annotated[
    str,
    BeforeValidator(parse_color),
    WithJsonSchema({"type": "string", "description": 'A colour: "#rrggbb" or a CSS basic name.'}),
]

Number = Annotated[float, Field(strict=True)]
