"""The types of config values: times, sizes, colours and gains, each normalised when it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from artcelery.core.values import (
    LEAST_FPS,
    MOST_FPS,
    parse_color,
    parse_decibels,
    parse_gain,
    parse_loudness,
    parse_rate,
    parse_seconds,
    parse_size,
)

__all__ = ["Color", "Decibels", "Gain", "Loudness", "Number", "Rate", "Seconds", "Size"]

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

Gain = Annotated[
    float,
    BeforeValidator(parse_gain),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\s*[+-]?\d+(\.\d+)?\s*[dD][bB]\s*$"}],
            "description": 'What samples are multiplied by: 0.5 or "-6dB".',
        }
    ),
]

Decibels = Annotated[
    float,
    BeforeValidator(parse_decibels),
    WithJsonSchema(
        {"anyOf": [{"type": "number"}, {"type": "string"}], "description": 'A level in decibels: -30 or "-30dB".'}
    ),
]

Loudness = Annotated[
    float,
    BeforeValidator(parse_loudness),
    WithJsonSchema(
        {"anyOf": [{"type": "number"}, {"type": "string"}], "description": 'A loudness: -14 or "-14 LUFS".'}
    ),
]

Rate = Annotated[
    str,
    BeforeValidator(parse_rate),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": float(LEAST_FPS), "maximum": MOST_FPS}, {"type": "string"}]}
    ),
]
