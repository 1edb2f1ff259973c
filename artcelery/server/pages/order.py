"""The page where a run is ordered, and where its form is sent to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from artcelery.core.engine.people import Member
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.records import RunRecord
from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.pages.ordering.box import Box
from artcelery.server.pages.ordering.entered import Entered
from artcelery.server.pages.ordering.form import FORM
from artcelery.server.pages.ordering.reading import ask
from artcelery.server.pages.ordering.receiving import read_form
from artcelery.server.pages.ordering.recipes import find_recipe
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.problems import status_of
from artcelery.server.services import Services

__all__ = ["router"]

router = Pages()

_WRONG = 422
_KEY = re.compile("[A-Za-z0-9_-]{1,64}")


@router.page("/order")
def order(request: Request, member: MemberGiven, services: ServicesGiven) -> HTMLResponse:
    """The box, filled in with what the address says: `/order?recipe=dog&param.acuity=0.5`."""
    box = Box.of(services, member, Entered.of(request.query_params.multi_items()))
    return page(request, "order.html", section="order", box=box)


@router.post("/do/order")
async def run(request: Request, member: MemberGiven, services: ServicesGiven) -> Response:
    """Start the run that a form asks for, and show it; or show the form again, with what is wrong with it."""
    entered = await read_form(request, member)
    async with services.shares.of(member.who):
        return await run_in_threadpool(_run, request, member, services, entered)


def _run(request: Request, member: Member, services: Services, entered: Entered) -> Response:
    try:
        started, faults = _started(member, services, entered)
    except ArtceleryError as error:
        status = status_of(error)
        if status not in (400, 404, 409, 413, 422, 429):
            raise
        return _again(request, member, services, entered, {FORM: error.message}, _WRONG if status < 409 else status)
    if started is None:
        return _again(request, member, services, entered, faults)
    return RedirectResponse(f"/run/{started.id}", 303, {"Cache-Control": "no-store"})


def _started(member: Member, services: Services, entered: Entered) -> tuple[RunRecord | None, Mapping[str, str]]:
    """The run, or what is wrong with the form; ArtceleryError for what is wrong with all of it.

    The key is of the page and of what is asked for: the same sent twice is one run, and something else is another.
    """
    recipe = find_recipe(member, entered.text("recipe"))
    asked = ask(member, recipe, entered)
    if asked.faults:
        return None, asked.faults
    request = asked.request(recipe, entered)
    key = entered.text("key")
    once = f"{key}.{request.fingerprint}" if _KEY.fullmatch(key) else None
    return services.farm.ring(member.runs.submit(request, once)), {}


def _again(
    request: Request,
    member: Member,
    services: Services,
    entered: Entered,
    faults: Mapping[str, str],
    status: int = _WRONG,
) -> HTMLResponse:
    box = Box.of(services, member, entered, faults)
    return page(request, "order.html", section="order", status=status, box=box)
