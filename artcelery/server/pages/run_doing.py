"""What people do with a run on its page: cancel, retry, delete."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from artcelery.core.engine.people import Member
from artcelery.core.errors import ArtceleryError
from artcelery.server.given import MemberGiven, ServicesGiven, Share
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.run import run_page
from artcelery.server.problems import status_of
from artcelery.server.services import Services

__all__ = ["router"]

router = Pages()

_SAID_THERE = frozenset({400, 409, 413, 422, 429})
"""What is said on the page of the run, which is still there; all else is a page of its own."""


@router.post("/do/runs/{run_id}/cancel")
def cancel(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """Stop a run."""
    return _done(request, run_id, member, services, lambda: f"/run/{member.runs.cancel(run_id).id}")


@router.post("/do/runs/{run_id}/retry", dependencies=[Share])
def retry(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """Begin a run again."""

    def begin() -> str:
        return f"/run/{services.farm.ring(member.runs.retry(run_id)).id}"

    return _done(request, run_id, member, services, begin)


@router.post("/do/runs/{run_id}/delete")
def delete(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """Forget a run; when that cannot be, its page says why."""

    def forget() -> str:
        member.runs.remove(run_id)
        return "/runs"

    return _done(request, run_id, member, services, forget)


def _done(request: Request, run_id: str, member: Member, services: Services, do: Callable[[], str]) -> Response:
    """The way to what `do` says, or the page of the run with why it was refused."""
    try:
        return RedirectResponse(do(), 303)
    except ArtceleryError as error:
        if status_of(error) not in _SAID_THERE:
            raise
        return run_page(request, run_id, member, services, refused=error)
