"""What a GENERATE node may say: a kind, and the keys that belong to it, each with its default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema

from artcelery.core.ops.fields import Color, Gain, Rate, Seconds
from artcelery.core.ops.generate_text import TEXT_STYLE, TextKeys
from artcelery.core.ops.op import OpConfig

__all__ = ["KEYS", "LAID_OVER", "LAYOUTS", "Direction", "GenerateConfig"]

LAYOUTS = {"mono": 1, "stereo": 2, "2.1": 3, "3.0": 3, "quad": 4, "5.0": 5, "5.1": 6, "6.1": 7, "7.1": 8}
"""Layouts of sound by FFmpeg's names, and how many channels they have."""

_PICTURE: dict[str, Any] = {"width": 1920, "height": 1080, "duration": None, "fps": None}
_SOUND: dict[str, Any] = {"duration": None, "sample_rate": 48000, "layout": "stereo"}
_OF_THE_FILM: dict[str, Any] = dict.fromkeys(_PICTURE)

KEYS: Mapping[str, Mapping[str, Any]] = {
    "color": {**_PICTURE, "color": "#000000"},
    "gradient": {**_PICTURE, "colors": ["#000000", "#ffffff"], "direction": 180.0},
    "noise": {**_PICTURE, "seed": 0, "grey": True},
    "testsrc": _PICTURE,
    "silence": _SOUND,
    "tone": {**_SOUND, "frequency": 1000.0, "amplitude": 0.125},
    "text": {**_OF_THE_FILM, "text": None, **TEXT_STYLE, "fade": None},
    "captions": {**_OF_THE_FILM, **TEXT_STYLE, "size": "6%", "position": "bottom", "outline": {}},
}
"""The keys of each kind, and their defaults; None: there is none, or it depends on other keys and inputs."""

LAID_OVER = ("text", "captions")
"""The kinds that may have the film as an input that they are laid over."""

_NEEDED = {"text": "text", "silence": "duration", "tone": "duration"}
_FPS = "30"
_MOST_SECONDS = 12 * 3600
_MOST_COLORS = 64


def parse_direction(value: object) -> float | str:
    """Degrees clockwise from up (as in CSS) from a number or a name, or "radial"."""
    names = {"up": 0.0, "right": 90.0, "down": 180.0, "left": 270.0}
    if isinstance(value, str) and (value in names or value == "radial"):
        return names.get(value, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -360 <= value <= 360:
        return float(value) % 360
    raise ValueError(f"{value!r} is no direction; write up, right, down, left, radial, or degrees clockwise from up")


Direction = Annotated[
    float | str,
    BeforeValidator(parse_direction),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["up", "right", "down", "left", "radial"]},
                {"type": "number", "minimum": -360, "maximum": 360},
            ]
        }
    ),
]
Side = Annotated[int, Field(ge=1, le=16384, strict=True)]


class _Kinded(OpConfig):
    kind: Literal["color", "gradient", "noise", "testsrc", "silence", "tone", "text", "captions"] = Field(
        description="What to make; `titles` is another name for captions."
    )


class _Canvas(_Kinded):
    width: Side | None = Field(None, description="Pixels: 1920, or those of the film that text or captions lie on.")
    height: Side | None = Field(None, description="Pixels: 1080, or those of that film.")
    duration: Seconds | None = Field(
        None,
        description="How long it is; a picture without it is a still, text and captions last as long as that film.",
    )
    fps: Rate | None = Field(None, description="Pictures a second: 30, or those of that film; not for stills.")


class _Patterns(_Kinded):
    color: Color | None = Field(None, description="The colour of a plain picture (black) or of letters (white).")
    colors: list[Color] | None = Field(
        None,
        description="gradient: two or more colours at even distances (black, white).",
        json_schema_extra={"minItems": 2, "maxItems": _MOST_COLORS},
    )
    direction: Direction | None = Field(
        None,
        description="gradient: where the last colour is: up, right, down, left, degrees clockwise from up, or radial.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] | None = Field(
        None, description="noise: another seed gives another noise (0)."
    )
    grey: StrictBool | None = Field(None, description="noise: grey (true) or in colours.")


class _Sounds(_Kinded):
    sample_rate: Annotated[int, Field(ge=8000, le=768_000, strict=True)] | None = Field(
        None, description="silence, tone: samples a second (48000)."
    )
    layout: Literal["mono", "stereo", "2.1", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"] | None = Field(
        None, description="silence, tone: the channels (stereo); a tone is the same in each."
    )
    frequency: Annotated[float, Field(ge=1e-6, le=384_000, strict=True)] | None = Field(
        None, description="tone: Hz, to a millionth (1000)."
    )
    amplitude: Annotated[Gain, Field(ge=0, le=1)] | None = Field(
        None, description='tone: its peak, 0 to 1, or decibels of full scale ("-18dB"); 0.125 when absent.'
    )


class GenerateConfig(TextKeys, _Sounds, _Patterns, _Canvas, _Kinded):
    """Each kind has keys of its own; one that belongs to another kind is an error."""

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
            return value
        kind = "captions" if value["kind"] == "titles" else value["kind"]
        given = {key: item for key, item in value.items() if item is not None or key not in KEYS.get(kind, ())}
        filled = {**{key: item for key, item in KEYS.get(kind, {}).items() if item is not None}, **given, "kind": kind}
        if "duration" in filled and "width" in filled and kind not in LAID_OVER:
            filled.setdefault("fps", _FPS)
        return filled

    @field_validator("*", mode="before")
    @classmethod
    def _belongs(cls, value: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("kind")
        if kind is not None and info.field_name not in KEYS[kind]:
            raise ValueError(f"the kind {kind} has no such key; it has {', '.join(KEYS[kind])}")
        return value

    @field_validator("fps")
    @classmethod
    def _moves(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("kind") not in LAID_OVER and info.data.get("duration", 0) is None:
            raise ValueError("a picture without `duration` is a still; give it one, or leave `fps` out")
        return value

    @field_validator("duration")
    @classmethod
    def _lasts(cls, value: float | None) -> float | None:
        if value is not None and not 0 < value <= _MOST_SECONDS:
            raise ValueError(f"must be more than 0 and at most {_MOST_SECONDS // 3600} hours")
        return value

    @field_validator("colors")
    @classmethod
    def _several(cls, value: list[str] | None) -> list[str] | None:
        if value is not None and not 2 <= len(value) <= _MOST_COLORS:
            raise ValueError(f"a gradient has 2 to {_MOST_COLORS} colours; here it has {len(value)}")
        return value

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        needed = _NEEDED.get(self.kind)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"the kind {self.kind} needs a key {needed!r}")
        if self.frequency and self.sample_rate and self.frequency > self.sample_rate / 2:
            raise ValueError(
                f"a tone of {self.frequency:g} Hz needs a `sample_rate` of at least {2 * self.frequency:g}"
                f" (Nyquist); it is {self.sample_rate}"
            )
        if self.fade is not None and self.duration is not None and sum(self.fade) > self.duration:
            raise ValueError(f"the fades take longer than the {self.duration:g} s of the text")
        return self

    def complete(self) -> dict[str, Any]:
        """The kind with all of its keys."""
        said = self.model_dump(mode="json")
        return {key: said[key] for key in ("kind", *KEYS[self.kind])}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """All keys, and for each kind which of them it may have."""
        made = handler.resolve_ref_schema(handler(schema))
        made["properties"]["kind"]["enum"] = [*KEYS, "titles"]
        return {**made, "anyOf": [_schema_of(kind) for kind in KEYS]}


def _schema_of(kind: str) -> dict[str, Any]:
    names = ["captions", "titles"] if kind == "captions" else [kind]
    needed = ["kind", *([_NEEDED[kind]] if kind in _NEEDED else [])]
    return {
        "properties": {"kind": {"enum": names}},
        "required": needed,
        "propertyNames": {"enum": ["kind", *KEYS[kind]]},
    }
