"""The pages of effects: each on the cat, and one with its parameters to play with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from fastapi import Request
from fastapi.responses import HTMLResponse

from artcelery.core.effect import Effect
from artcelery.core.engine.people.reach import ReachedEffects
from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.models.effects import EffectReply
from artcelery.server.pages.ordering.entered import Entered, param_field
from artcelery.server.pages.ordering.fields import ParamField
from artcelery.server.pages.ordering.looks import CAT_PICTURE, look_of, look_url
from artcelery.server.pages.ordering.reading import Asked, ask_params
from artcelery.server.pages.ordering.recipes import recipe_of
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages

__all__ = ["paragraphs", "router"]

router = Pages()


@dataclass(frozen=True, slots=True)
class EffectTile:
    """An effect in a list: its name, what it does in a line, and how it looks."""

    name: str
    about: str
    picture: str
    is_temporal: bool

    @classmethod
    def of(cls, effect: Effect) -> Self:
        """The tile of an effect that is installed."""
        return cls(effect.name, recipe_of(effect).summary, look_url(effect.name), effect.temporal)


@dataclass(frozen=True, slots=True)
class EffectSeen:
    """An effect with what was entered for its parameters, and how it looks so."""

    facts: EffectReply
    about: str
    more: Sequence[str]
    params: Sequence[ParamField]
    picture: str
    cat: str

    @classmethod
    def of(cls, effect: Effect, entered: Entered) -> Self:
        """An effect as its page shows it; what is wrong is shown as if it were not there."""
        recipe, asked = recipe_of(effect), ask_params(recipe_of(effect), entered)
        about, _, more = effect.description.partition("\n")
        return cls(
            facts=EffectReply.of(effect),
            about=about,
            more=paragraphs(more),
            params=[ParamField.of(param, entered, _fault(asked, param.name)) for param in recipe.params],
            picture=look_of(recipe, entered),
            cat=CAT_PICTURE,
        )


@router.page("/effects", json="/effects")
def effects(request: Request, member: MemberGiven, services: ServicesGiven) -> HTMLResponse:
    """All effects, each on the cat."""
    tiles = [EffectTile.of(effect) for effect in services.engine.effects()]
    return page(request, "effects.html", section="effects", tiles=tiles)


@router.page("/effect/{name}", json="/effects/{name}")
def effect(request: Request, name: str, member: MemberGiven) -> HTMLResponse:
    """One effect, with the parameters that the address says: `/effect/dog?param.acuity=0.5`."""
    found = ReachedEffects(member.context).resolve(name, None)
    seen = EffectSeen.of(found, Entered.of(request.query_params.multi_items()))
    return page(request, "effect.html", section="effects", seen=seen)


def _fault(asked: Asked, name: str) -> str:
    return asked.faults.get(param_field(name), "")


def paragraphs(text: str) -> Sequence[str]:
    """The paragraphs of a text: one ends with an empty line, or where a line ends with its sentence."""
    marked = re.sub(r"\.[ \t]*\n", ".\n\n", text)
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", marked) if part.strip()]
