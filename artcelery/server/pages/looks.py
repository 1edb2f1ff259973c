"""The pictures that say how effects look, made beside the requests that want them, in a process of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import Request, Response

from artcelery.core.effect import Effect
from artcelery.core.engine.people import Member
from artcelery.core.engine.people.reach import ReachedEffects
from artcelery.core.errors import ArtceleryError, QuotaError, UsageError
from artcelery.core.store.protocol import Blob
from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.pages.ordering.entered import Entered
from artcelery.server.pages.ordering.reading import ask_params
from artcelery.server.pages.ordering.recipes import recipe_of
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.statics import statics
from artcelery.server.pages.turns import Turns
from artcelery.server.previews import EMPTY_PICTURE, in_the_making, waited_for
from artcelery.server.services import Services
from artcelery.server.serving_files import Shown, file_reply

__all__ = ["router"]

router = Pages()

_WAIT_S = 4.0
_FRESH_S = 600


@router.part("/effect/{name}/look")
async def look(request: Request, name: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """How an effect looks on the cat, with the parameters of the query; a drawing where it cannot be seen so."""
    turns: Turns = request.app.state.turns
    entered = Entered.of(request.query_params.multi_items())
    effect, params = await to_thread.run_sync(_asked, member, name, entered)
    try:
        found = await to_thread.run_sync(services.engine.looks.find, effect, params)
        made = found or await _made(services, member, turns, effect, params)
        if made is None:
            return in_the_making(EMPTY_PICTURE)
        path = await to_thread.run_sync(services.engine.looks.path_of, made)
    except QuotaError:
        raise
    except ArtceleryError:
        return Response(statics().files["no-look.svg"].data, media_type="image/svg+xml")
    shown = Shown(made.content_hash, "image/webp", f"{name}.webp", is_public=False)
    shown.headers["Cache-Control"] = f"private, max-age={_FRESH_S}"  # an effect may become another
    return file_reply(request, path, shown)


def _asked(member: Member, name: str, entered: Entered) -> tuple[Effect, Mapping[str, Any]]:
    """The effect and its parameters; UsageError says what is wrong with them."""
    effect = ReachedEffects(member.context).resolve(name, None)
    asked = ask_params(recipe_of(effect), entered)
    if asked.faults:
        raise UsageError(" ".join(asked.faults.values()))
    return effect, asked.params


async def _made(
    services: Services, member: Member, turns: Turns, effect: Effect, params: Mapping[str, Any]
) -> Blob | None:
    """A look that is made now, or None when that takes long; QuotaError for who wants too many."""
    key = await to_thread.run_sync(services.engine.looks.key_of, effect, params)
    if params and not services.looked.is_wanted(key):
        turns.take(member.who)
    make = partial(services.looks.make, effect, params)
    return await waited_for(services.looked.wanted(member.who.user, key, make), _WAIT_S)
