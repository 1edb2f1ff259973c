"""Effects as replies show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.effect import Effect
from artcelery.core.effect.artdag import ORIGIN
from artcelery.core.effect.library import BUILTIN

__all__ = ["EffectReply", "EffectsReply"]

Origin = Literal["built-in", "operator", "artdag"]


class EffectParam(BaseModel):
    """One parameter of an effect; without a default it must be given."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    type: Literal["float", "int", "bool", "str", "choice", "color", "time"]
    default: Any
    minimum: float | None
    maximum: float | None
    choices: list[str]
    description: str


class EffectReply(BaseModel):
    """An effect and its parameters."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "dog",
                "version": "1.0.0",
                "description": "The world as a dog sees it.",
                "author": "",
                "content_hash": "33268b6e167deaf018cc538de12dbacf612612cc9d9a9e6b6ae6bdd7b8d0bb1f",
                "temporal": False,
                "kind": "frames",
                "origin": "built-in",
                "params": [],
            }
        }
    )

    name: str
    version: str
    description: str
    author: str
    content_hash: str = Field(description="The content hash of its source.")
    temporal: bool = Field(description="Whether it needs a film.")
    kind: Literal["identity", "filters", "frames", "file"]
    origin: Origin = Field(description="`built-in`, `operator` (a file of who operates the server) or `artdag`.")
    params: list[EffectParam]

    @classmethod
    def of(cls, effect: Effect) -> Self:
        """An effect that is installed."""
        return cls(
            name=effect.name,
            version=effect.version,
            description=effect.description,
            author=effect.author,
            content_hash=effect.content_hash,
            temporal=effect.temporal,
            kind=effect.kind,
            origin=_origin(effect),
            params=[EffectParam.model_validate(param) for param in effect.params],
        )


class EffectsReply(BaseModel):
    """All effects, by name."""

    effects: list[EffectReply]
    cursor: str | None = Field(None, description="Always null: all are in the reply.")


def _origin(effect: Effect) -> Origin:
    if effect.origin.startswith(ORIGIN):
        return "artdag"
    return "built-in" if Path(effect.origin).parent == BUILTIN else "operator"
