"""Routes of effects."""

from __future__ import annotations

from fastapi import APIRouter

from artcelery.core.engine.people.reach import ReachedEffects
from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.models.effects import EffectReply, EffectsReply
from artcelery.server.problems import responses

__all__ = ["router"]

router = APIRouter(tags=["effects"])


@router.get("/effects", responses=responses(401, 503))
def list_effects(member: MemberGiven, services: ServicesGiven) -> EffectsReply:
    """List all effects, with their parameters."""
    return EffectsReply(effects=[EffectReply.of(effect) for effect in services.engine.effects()])


@router.get("/effects/{name}", responses=responses(401, 404, 503))
def show_effect(name: str, member: MemberGiven) -> EffectReply:
    """Show an effect and its parameters."""
    return EffectReply.of(ReachedEffects(member.context).resolve(name, None))
