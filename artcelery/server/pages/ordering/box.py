"""The box in which a run is ordered from nothing: what can be chosen, and the form of what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from artcelery.core.engine.people import Member
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import ConfigRecord
from artcelery.server.pages.ordering.entered import Entered
from artcelery.server.pages.ordering.form import FORM, OrderForm, order_form
from artcelery.server.pages.ordering.looks import look_url
from artcelery.server.pages.ordering.recipes import find_recipe, recipe_of
from artcelery.server.pages.run_rows import Row
from artcelery.server.services import Services

__all__ = ["Box", "Choice"]

_FIRST = "dog"
_MOST_RECIPES, _MOST_READ = 30, 500


@dataclass(frozen=True, slots=True)
class Choice:
    """An effect or a recipe that can be chosen; `picture` is how an effect looks, or what a recipe made last."""

    value: str
    words: str
    about: str
    picture: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Box:
    """What can be chosen, and the form of what is."""

    effects: Sequence[Choice]
    recipes: Sequence[Choice]
    form: OrderForm
    most_bytes: int

    @classmethod
    def of(cls, services: Services, member: Member, entered: Entered, faults: Mapping[str, str] | None = None) -> Self:
        """The box with what was entered; where that is nothing, or is not there any more, it begins with an effect."""
        said = entered.text("recipe") or _FIRST
        faults = dict(faults or {})
        try:
            recipe = find_recipe(member, said)
        except ArtceleryError as error:
            faults.setdefault(FORM, error.message)
            recipe = find_recipe(member, _FIRST)
        chosen = recipe.said
        effects = [
            Choice(effect.name, effect.name, recipe_of(effect).summary, look_url(effect.name), effect.name == chosen)
            for effect in services.engine.effects()
        ]
        names = {effect.value for effect in effects}
        records = member.configs.page(limit=_MOST_READ).configs
        stored = [record for record in records if not _is_of_effect(record, names)][:_MOST_RECIPES]
        recipes = [
            Choice(record.id, record.name, record.name, _last_of(member, record), record.id == chosen)
            for record in stored
        ]
        form = order_form(member, recipe, entered, faults)
        return cls(effects, recipes, form, services.settings.upload_max_size)


def _last_of(member: Member, record: ConfigRecord) -> str:
    """A picture of what came of a recipe the last time, empty where nothing did yet."""
    runs = member.runs.page(limit=1, only=RunFilter("completed", config=record.id)).runs
    return (Row.of(runs[0], member.files).picture or "") if runs else ""


def _is_of_effect(record: ConfigRecord, effects: Collection[str]) -> bool:
    """Whether a config was written for one run of an effect, and by nobody."""
    return record.name in effects and record.file_name == f"graph {record.name!r}"
