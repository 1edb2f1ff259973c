"""What can be ordered: effects and stored configs, as far as a form needs to know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from artcelery.core.config import Config
from artcelery.core.config.params import ParamSpec
from artcelery.core.effect import Effect, Param
from artcelery.core.engine.people import Member
from artcelery.core.engine.people.reach import ReachedEffects
from artcelery.core.errors import NotFoundError
from artcelery.core.hashing import is_hash

__all__ = ["AskedInput", "AskedParam", "Recipe", "find_recipe", "label_of", "recipe_of"]

AskedParam: TypeAlias = Param | ParamSpec

_EFFECT_INPUT = "input"


@dataclass(frozen=True, slots=True)
class AskedInput:
    """A file that is asked for; `is_film` where nothing but a film will do."""

    name: str
    label: str
    hint: str = ""
    is_film: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """An effect or a stored config: what an order says to mean it, what it is called, and what it asks for."""

    said: str
    name: str
    description: str
    inputs: Sequence[AskedInput]
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
        return Recipe(source.name, source.name, source.description, (_input_of(source),), source.params, is_effect=True)
    asked = {item.name: item for item in source.inputs}.values()
    inputs = tuple(AskedInput(item.name, label_of(item.name), item.description) for item in asked)
    return Recipe(source.id, source.name, source.description, inputs, source.params, is_effect=False)


def label_of(name: str) -> str:
    """A name as people write it: `edge_width` is "Edge width"."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _input_of(effect: Effect) -> AskedInput:
    if effect.temporal:
        return AskedInput(_EFFECT_INPUT, "Your film", "This effect works over time.", is_film=True)
    return AskedInput(_EFFECT_INPUT, "Your file" if effect.kind == "file" else "Your picture or film")


def _effect(member: Member, name: str) -> Effect | None:
    try:
        return ReachedEffects(member.context).resolve(name, None)
    except NotFoundError:
        return None
