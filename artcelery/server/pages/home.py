"""The first page: what this server is, a box to order a run, the last runs, and how busy it is."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from artcelery.core.engine.people import Member
from artcelery.core.state.protocol import RunFilter
from artcelery.server.given import Asker, MemberGiven, ServicesGiven
from artcelery.server.pages.glances import Glance
from artcelery.server.pages.ordering.box import Box
from artcelery.server.pages.ordering.entered import Entered
from artcelery.server.pages.rendering import fragment, page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.run_rows import Row
from artcelery.server.pages.ways_in import WaysIn
from artcelery.server.services import Services

__all__ = ["router"]

router = Pages()

_TILES = 12


@router.page("/", json="/")
def home(request: Request, services: ServicesGiven, who: Asker) -> HTMLResponse:
    """What this server is; for who is signed in, what they can do here."""
    if who is None:
        return page(request, "welcome.html", section="home", ways_in=WaysIn.of(request))
    return _home(request, services, services.member(who))


@router.part("/glance")
def glance(member: MemberGiven, services: ServicesGiven) -> HTMLResponse:
    """How busy the server is, for pages that follow it."""
    return fragment("parts/glance.html", glance=Glance.of(services.engine, member.who))


def _home(request: Request, services: Services, member: Member) -> HTMLResponse:
    runs = member.runs.page(limit=_TILES, only=RunFilter()).runs
    return page(
        request,
        "home.html",
        section="home",
        box=Box.of(services, member, Entered.of(request.query_params.multi_items())),
        rows=[Row.of(run, member.files) for run in runs],
        glance=Glance.of(services.engine, member.who),
        with_users=member.who.is_operator,
    )
