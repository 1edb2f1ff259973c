"""The page of one run, whole and live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from artcelery.core.engine.people import Member
from artcelery.core.errors import ArtceleryError, NotFoundError
from artcelery.server.auth.standing import Standing
from artcelery.server.following import Followings
from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.pages.capacity import Capacity
from artcelery.server.pages.live_events import QUIET, Piece, Pieces, event
from artcelery.server.pages.live_sharing import Shared
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.run_pieces import run_pieces
from artcelery.server.pages.run_view import Asked, Place, RunView, run_view
from artcelery.server.problems import status_of
from artcelery.server.services import Services

__all__ = ["router", "run_page"]

router = Pages()

_SOONEST_S = 0.25
_SPARED = 4
_FOLLOWED = b"event:"


def _asked(
    node: Annotated[str | None, Query(max_length=500)] = None,
    open: Annotated[list[str] | None, Query(max_length=50)] = None,
) -> Asked:
    return Asked(node, tuple(dict.fromkeys(open or ())))


AskedGiven = Annotated[Asked, Depends(_asked)]


@router.page("/run/{run_id}", json="/runs/{run_id}", takes_long=True)
def run(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven, asked: AskedGiven) -> Response:
    """One run."""
    return run_page(request, run_id, member, services, asked)


def run_page(
    request: Request,
    run_id: str,
    member: Member,
    services: Services,
    asked: Asked | None = None,
    refused: ArtceleryError | None = None,
) -> Response:
    """The page of a run; with what was `refused` there just now."""
    asked = asked or Asked()
    view = run_view(member, run_id, asked, _place(request, services))
    pieces = run_pieces(view)
    return page(
        request,
        "run.html",
        section="runs",
        status=status_of(refused) if refused else 200,
        view=view,
        pieces={name: piece.make() for name, piece in pieces.items() if not piece.within},
        live="" if view.is_over else _live_address(view.run.id, view.asked, pieces),
        refused=str(refused) if refused else "",
    )


@router.get("/run/{run_id}/live")
async def live_run(
    request: Request,
    run_id: str,
    member: MemberGiven,
    services: ServicesGiven,
    asked: AskedGiven,
    after: Annotated[str | None, Query(max_length=40)] = None,
    last: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
) -> Response:
    """What changes on the page of a run, as it changes and until the run ends."""
    async with services.shares.of(member.who):
        first = await run_in_threadpool(run_view, member, run_id, asked, _place(request, services))
    seen = _shared(request, services, member, first)
    followings: Followings = request.app.state.followings
    told = _told(followings.stream(first.run.id, None), _Telling(seen, last or after))
    return services.streams.reply(member.who, Standing(request, services, member.who).hearing(told))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A run as its page shows it, in pieces."""

    status: str
    is_over: bool
    pieces: Mapping[str, Piece]


def _shared(request: Request, services: Services, member: Member, first: RunView) -> Shared[_Seen]:
    """What all see who look at a run as `first` shows it: they are one user, ask for the same, and came the same way.

    It is made in the share of who looks: many pages of theirs hold nobody else up.
    """
    place, run_id, asked = _place(request, services), first.run.id, first.asked

    def see() -> _Seen:
        view = run_view(member, run_id, asked, place, first.again)
        return _Seen(view.run.status, view.is_over, run_pieces(view))

    async def make() -> _Seen:
        async with services.shares.of(member.who):
            return await run_in_threadpool(see)

    if not hasattr(request.app.state, "live_run"):
        request.app.state.live_run = WeakValueDictionary()
    live: WeakValueDictionary[object, Shared[_Seen]] = request.app.state.live_run
    return live.setdefault((run_id, member.who, asked, place.url), Shared(make))


class _Telling:
    """Tells what changed of a page."""

    def __init__(self, seen: Shared[_Seen], position: str | None) -> None:
        self._seen, self._shown = seen, Pieces(position)

    async def news(self, *, is_last: bool = False) -> bytes:
        """What changed, as one event; at last the end too, in words for who only hears. Nothing where nothing did."""
        return await run_in_threadpool(self._news, await self._seen.get(), is_last)

    def _news(self, seen: _Seen, is_last: bool) -> bytes:
        changed = self._shown.changed(seen.pieces)
        said = event("pieces", changed, self._shown.position) if changed else b""
        return said + (event("end", [f"The run is {seen.status}."]) if is_last and seen.is_over else b"")


async def _told(happening: AsyncGenerator[bytes, None], telling: _Telling) -> AsyncGenerator[bytes, None]:
    """What changes whenever something happens to the run, until its end, and not more often than it can be made."""
    clock = asyncio.get_running_loop().time
    try:
        async with aclosing(happening):
            async for frames in happening:
                if _FOLLOWED not in frames:
                    yield QUIET
                    continue
                began = clock()
                if news := await telling.news():
                    yield news
                await asyncio.sleep(max(_SOONEST_S, _SPARED * (clock() - began)))
        yield await telling.news(is_last=True)
    except NotFoundError:
        yield event("end", ["It was deleted."])
    except ArtceleryError:
        return  # who listens comes back, and is told then what is wrong


def _place(request: Request, services: Services) -> Place:
    settings, engine = services.settings, services.engine
    url = settings.public_url or str(request.base_url)
    needs_token = bool(settings.l2_urls) or settings.api_token is not None
    return Place(url.rstrip("/"), needs_token, lambda item: Capacity.of(engine.workers(), engine.state).why(item))


def _live_address(run_id: str, asked: Asked, pieces: Mapping[str, Piece]) -> str:
    """Where what changes is told, from what the page shows on."""
    shown = Pieces(None)
    shown.changed(pieces)
    query = asked.query(asked.node, asked.opened)
    return f"/run/{run_id}/live{query}{'&' if query else '?'}after={shown.position}"
