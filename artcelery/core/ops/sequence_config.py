"""What a SEQUENCE may say: how its clips meet, how long each is, and when."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from artcelery.core.ops.fields import Seconds
from artcelery.core.ops.matching import FilmConfig
from artcelery.core.ops.op import OpConfig

__all__ = ["SequenceConfig", "TransitionConfig"]

Kind = Literal["cut", "crossfade", "fade", "wipe", "slide"]
Direction = Literal["left", "right", "up", "down"]


class TransitionConfig(OpConfig):
    """How a clip becomes the next."""

    type: Kind = Field(
        "cut",
        description="cut: at once; crossfade: through both; fade: out to `background` and in; wipe: the next is"
        " uncovered; slide: the next pushes the clip out.",
    )
    duration: Seconds = Field(0.5, gt=0, description="How long both last together; a cut has no length.")
    direction: Direction = Field("left", description="Where the edge of a wipe, or the pictures of a slide, move to.")

    def complete(self) -> dict[str, Any]:
        """Only what makes a difference."""
        values: dict[str, Any] = {"type": self.type}
        if self.type != "cut":
            values["duration"] = self.duration
        if self.type in ("wipe", "slide"):
            values["direction"] = self.direction
        return values


class JoinConfig(OpConfig):
    """How one clip becomes the next where that is not as usual; what is left out is as in `transition`."""

    type: Kind | None = Field(None, description="As in `transition`.")
    duration: Seconds | None = Field(None, gt=0, description="As in `transition`.")
    direction: Direction | None = Field(None, description="As in `transition`.")


def _of_type(value: object) -> object:
    """A type alone is a transition of that type, else as usual."""
    return {"type": value} if isinstance(value, str) else value


Transition = Annotated[TransitionConfig, BeforeValidator(_of_type, json_schema_input_type=Kind | TransitionConfig)]
Join = Annotated[JoinConfig, BeforeValidator(_of_type, json_schema_input_type=Kind | JoinConfig)]


class SequenceConfig(FilmConfig):
    """How clips follow each other; lists of clips are in the order of inputs."""

    transition: Transition = Field(
        TransitionConfig(),
        description="How each clip becomes the next: a type, or these keys. The film is shorter by what they overlap.",
    )
    transitions: tuple[Join | None, ...] = Field(
        (), description="Where single joins differ: one entry for each join, in order; null or none: as `transition`."
    )
    duration: Seconds | None = Field(None, gt=0, description="How long each still is shown.")
    durations: tuple[Seconds | None, ...] | None = Field(
        None,
        description="How long each input lasts: a still is shown, a film or sound is cut off. null: all of it, or for"
        " stills `duration`.",
    )
    at: tuple[Seconds, ...] | None = Field(
        None,
        description="When the clip changes, in seconds of the result, which ends at the last of these times. Clips take"
        " turns; each goes on where it stopped, or from its beginning where what is left is too short. All joins are"
        " cuts, to the nearest frame.",
    )

    @field_validator("at")
    @classmethod
    def _in_order(cls, times: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if times is not None and (not times or times == (0,)):
            raise ValueError("it needs at least one time after 0: the film ends at the last")
        for number, (before, time) in enumerate(pairwise(times or ()), 2):
            if time <= before:
                raise ValueError(f"times must increase: number {number} is {time:g} s, and the one before {before:g} s")
        return times

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if self.at is None:
            return self
        if self.duration is not None or self.durations is not None:
            raise ValueError("`at` says how long clips are; leave `duration` and `durations` out")
        if any(join.type != "cut" for join in (self.transition, *filter(None, self.joins(len(self.transitions))))):
            raise ValueError("with `at` all joins are cuts; leave `transition` and `transitions` out")
        return self

    def joins(self, count: int) -> tuple[TransitionConfig, ...]:
        """How `count` clips and their next ones meet."""
        said = (*self.transitions, *[None] * (count - len(self.transitions)))
        usual = self.transition.model_dump()
        return tuple(
            TransitionConfig(**usual | join.model_dump(exclude_none=True)) if join else self.transition
            for join in said[:count]
        )

    def complete(self) -> dict[str, Any]:
        """One form for what is left out and what is said."""
        usual = self.transition.complete()
        joins = [join.complete() for join in self.joins(len(self.transitions))]
        while joins and joins[-1] == usual:
            joins.pop()
        return {**super().complete(), "transition": usual, "transitions": joins}
