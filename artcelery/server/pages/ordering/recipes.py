"""What can be ordered: effects and stored configs, as far as a form needs to know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from artcelery.core.config import Config
from artcelery.core.config.model import InputSpec
from artcelery.core.config.params import ParamSpec
from artcelery.core.effect import Effect, Param
from artcelery.core.engine.people import Member
from artcelery.core.engine.people.reach import ReachedEffects
from artcelery.core.errors import NotFoundError
from artcelery.core.hashing import is_hash

__all__ = ["AskedParam", "Recipe", "find_recipe", "recipe_of"]

AskedParam: TypeAlias = Param | ParamSpec

_EFFECT_INPUT = InputSpec("input", "input")
_TEMPORAL_INPUT = InputSpec("input", "input", "A film: this effect works over time.")


@dataclass(frozen=True, slots=True)
class Recipe:
    """An effect or a stored config: what an order says to mean it, what it is called, and what it asks for."""

    said: str
    name: str
    description: str
    inputs: Sequence[InputSpec]
    params: Sequence[AskedParam]
    is_effect: bool

    @property
    def summary(self) -> str:
        """The first line of its description."""
        return self.description.split("\n")[0]


def find_recipe(member: Member, said: str) -> Recipe:
    """The effect of a name, or somebody's config by name or id; NotFoundError when there is neither."""
    effect = None if is_hash(said) else _effect(member, said)
    if effect is not None:
        return recipe_of(effect)
    record = member.configs.find(said)
    if record is None:
        raise NotFoundError(f"there is no effect or recipe {said!r}; choose another")
    return recipe_of(member.configs.load(record))


def recipe_of(source: Effect | Config) -> Recipe:
    """What an effect or a config asks for."""
    if isinstance(source, Effect):
        asked = _TEMPORAL_INPUT if source.temporal else _EFFECT_INPUT
        return Recipe(source.name, source.name, source.description, (asked,), source.params, is_effect=True)
    inputs = tuple({item.name: item for item in source.inputs}.values())
    return Recipe(source.id, source.name, source.description, inputs, source.params, is_effect=False)


def _effect(member: Member, name: str) -> Effect | None:
    try:
        return ReachedEffects(member.context).resolve(name, None)
    except NotFoundError:
        return None
