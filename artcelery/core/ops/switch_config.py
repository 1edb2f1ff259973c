"""What a SWITCH may say: which input is shown when, and which is heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from artcelery.core.ops.fields import Seconds
from artcelery.core.ops.matching import FilmConfig
from artcelery.core.ops.op import OpConfig
from artcelery.core.values import parse_seconds

__all__ = ["CutConfig", "SwitchConfig"]

Number = Annotated[int, Field(ge=0, strict=True)]


class CutConfig(OpConfig):
    """From when on which input is shown."""

    at: Seconds = Field(description="When it begins, in seconds.")
    input: Number | None = Field(description="The number of the input, from 0; null: whose turn it is.")


def spelt_out(said: object) -> object:
    """The cuts that times and an order mean, the first of them at 0."""
    if not isinstance(said, Mapping):
        return said
    times, order = said.get("at"), said.get("order", [None])
    if set(said) - {"at", "order"} or not all(isinstance(item, (list, tuple)) for item in (times, order)):
        raise ValueError("a mapping has `at`, a list of times, and may have `order`, a list of numbers of inputs")
    if not order:
        raise ValueError("`order` must not be empty")
    begins = [parse_seconds(time) for time in times or ()]
    begins = begins if begins[:1] == [0] else [0.0, *begins]
    return [{"at": begin, "input": order[turn % len(order)]} for turn, begin in enumerate(begins)]


_TIME: dict[str, Any] = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
_NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"at": _TIME, "input": {"anyOf": [_NUMBER, {"type": "null"}]}},
                "required": ["at", "input"],
                "additionalProperties": False,
            },
        },
        {
            "type": "object",
            "properties": {
                "at": {"type": "array", "items": _TIME},
                "order": {"type": "array", "items": _NUMBER, "minItems": 1},
            },
            "required": ["at"],
            "additionalProperties": False,
        },
    ]
}


class SwitchConfig(FilmConfig):
    """Which input is shown when, and which is heard."""

    cuts: Annotated[tuple[CutConfig, ...], BeforeValidator(spelt_out), WithJsonSchema(_SCHEMA)] = Field(
        description="[{at, input}]: from when on which input is shown, to the nearest frame; before the first, input 0."
        " Or {at: [times], order: [numbers]}: the inputs in that order, over and over, the first of them from the"
        " beginning; without `order` all inputs in theirs."
    )
    audio: Literal["follow"] | Number = Field(
        "follow",
        description="What is heard. follow: the input that is shown; or a number, from 0: that input all the time.",
    )
    duration: Literal["shortest", "longest"] = Field(
        "shortest", description="The film ends with the input that ends first, or with the one that ends last."
    )

    @field_validator("cuts")
    @classmethod
    def _in_order(cls, cuts: tuple[CutConfig, ...]) -> tuple[CutConfig, ...]:
        for number, (before, cut) in enumerate(pairwise(cuts), 2):
            if cut.at <= before.at:
                raise ValueError(f"cuts must come in order: number {number} is at {cut.at:g} s, after {before.at:g} s")
        return cuts

    def turns(self, count: int) -> Iterator[tuple[float, int]]:
        """From when on which of `count` inputs is shown, the first from 0; each differs from the one before."""
        cuts = self.cuts if self.cuts and self.cuts[0].at == 0 else (CutConfig(at=0, input=0), *self.cuts)
        shown = None
        for turn, cut in enumerate(cuts):
            number = turn % count if cut.input is None else cut.input
            if number != shown:
                yield cut.at, number
            shown = number

    def complete(self) -> dict[str, Any]:
        """One form for what is left out and what is said."""
        values = super().complete()
        if any(cut.input is None for cut in self.cuts):
            return values
        return {**values, "cuts": [{"at": time, "input": number} for time, number in self.turns(1)]}
