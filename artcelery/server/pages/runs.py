"""The page of runs: newest first, by filters that stand in its address, and live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from artcelery.core.engine.people import Member
from artcelery.core.state.records import RunRecord
from artcelery.server.auth.standing import Standing
from artcelery.server.given import MemberGiven, ServicesGiven, services_of
from artcelery.server.pages.live_events import QUIET, event
from artcelery.server.pages.live_reading import Changed, per_cent_of
from artcelery.server.pages.live_runs import LiveRuns
from artcelery.server.pages.rendering import fragment, page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.run_filters import STATUSES, Asked, asked, is_of
from artcelery.server.pages.run_rows import Row

__all__ = ["router"]

router = Pages()

_QUIET_S = 10.0

Filters = Annotated[Asked, Depends(asked)]


async def _live(request: Request) -> LiveRuns:
    """The one watch over runs of this process."""
    if not hasattr(request.app.state, "live_runs"):
        request.app.state.live_runs = LiveRuns(services_of(request).engine.state)
    live: LiveRuns = request.app.state.live_runs
    return live


@router.page("/runs", json="/runs")
def runs(
    request: Request,
    member: MemberGiven,
    filters: Filters,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> HTMLResponse:
    """Runs, newest first."""
    found = member.runs.page(limit=limit, cursor=cursor, only=filters.only)
    return page(
        request,
        "runs.html",
        section="runs",
        filters=filters,
        statuses=STATUSES,
        rows=[Row.of(run, member.files, per_cent=_per_cent(member, run)) for run in found.runs],
        older=f"/runs{filters.query(cursor=found.cursor)}" if found.cursor else None,
        is_first=cursor is None,
        live=f"/runs/live{filters.query()}",
        with_users=member.who.is_operator,
    )


def _per_cent(member: Member, run: RunRecord) -> int | None:
    """How far a run is that is rendered by workers, where that is known."""
    return per_cent_of(member.runs.passes(run)) if run.status == "running" and not run.holder else None


@router.get("/runs/live")
async def live_runs(
    request: Request,
    member: MemberGiven,
    services: ServicesGiven,
    filters: Filters,
    live: Annotated[LiveRuns, Depends(_live)],
    after: Annotated[str | None, Query(max_length=40)] = None,
    last: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
) -> Response:
    """What changes in such a list, as it changes."""
    told = _told(live, last or after, filters, member)
    return services.streams.reply(member.who, Standing(request, services, member.who).hearing(told))


async def _told(live: LiveRuns, after: str | None, filters: Asked, member: Member) -> AsyncGenerator[bytes, None]:
    """What changes; and a sign of life now and then, also while only runs of others do."""
    only, clock = filters.only, asyncio.get_running_loop().time
    told_at = clock()
    async for heard in live.changes(after):
        changed = heard.changed if heard else ()
        theirs = [item for item in changed or () if is_of(item.run, member.who, only)]
        if heard is not None and changed is None:
            yield event("anew", id=heard.position)
        elif heard is not None and theirs:
            yield await run_in_threadpool(_changes, theirs, filters, member, heard.position)
        elif clock() - told_at >= _QUIET_S:
            yield QUIET
        else:
            continue
        told_at = clock()


def _changes(changed: Sequence[Changed], filters: Asked, member: Member, position: str) -> bytes:
    gone = [f"run-{item.run.id}" for item in changed if item.is_removed]
    rows = [
        Row.of(item.run, member.files, per_cent=item.per_cent, fits=filters.status in ("", item.run.status))
        for item in changed
        if not item.is_removed
    ]
    shown = fragment("parts/run_rows.html", rows=rows, with_users=member.who.is_operator).body
    return (event("gone", gone) if gone else b"") + event("pieces", [bytes(shown).decode()], position)
