"""What people do with a run on its page: cancel, retry, delete."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from artcelery.core.errors import ArtceleryError, NotFoundError
from artcelery.server.given import MemberGiven, ServicesGiven, Share
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.run import run_page

__all__ = ["router"]

router = Pages()


@router.post("/do/runs/{run_id}/cancel")
def cancel(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """Stop a run."""
    try:
        run = member.runs.cancel(run_id)
    except NotFoundError:
        raise
    except ArtceleryError as error:
        return run_page(request, run_id, member, services, refused=error)
    return RedirectResponse(f"/run/{run.id}", 303)


@router.post("/do/runs/{run_id}/retry", dependencies=[Share])
def retry(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """Begin a run again."""
    try:
        submitted = member.runs.retry(run_id)
    except NotFoundError:
        raise
    except ArtceleryError as error:
        return run_page(request, run_id, member, services, refused=error)
    services.farm.ring(submitted)
    return RedirectResponse(f"/run/{submitted.run.id}", 303)


@router.post("/do/runs/{run_id}/delete")
def delete(request: Request, run_id: str, member: MemberGiven, services: ServicesGiven) -> Response:
    """Forget a run; when that cannot be, its page says why."""
    try:
        member.runs.remove(run_id)
    except NotFoundError:
        raise
    except ArtceleryError as error:
        return run_page(request, run_id, member, services, refused=error)
    return RedirectResponse("/runs", 303)
