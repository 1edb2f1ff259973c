"""The page of all ways in; who operates the server says their token there."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from artcelery.core.errors import QuotaError, SignInError
from artcelery.server.auth.by_token import TRIES_PAUSE_S, sign_in_by_token
from artcelery.server.auth.entering import entered
from artcelery.server.given import ServicesGiven
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.targets import targets_of
from artcelery.server.pages.ways_in import SIGN_IN, WaysIn
from artcelery.server.problems import status_of

__all__ = ["router"]

router = Pages()

Token = Annotated[str, Form()]


@router.get(SIGN_IN)
def ways_in(request: Request, to: Annotated[str, Query()] = "") -> HTMLResponse:
    """All ways to sign in; each leads to a page, where that is said."""
    return _form(request, targets_of(request).of(to))


@router.post(SIGN_IN)
def sign_in(request: Request, services: ServicesGiven, token: Token = "", to: Annotated[str, Form()] = "") -> Response:
    """Sign in who says the operator's token, and lead them on; a wrong one is said at its field, and never repeated."""
    target, address = targets_of(request).of(to), request.client.host if request.client else ""
    try:
        came = sign_in_by_token(services.engine.state.sessions, services.settings, token.strip(), address)
    except (SignInError, QuotaError) as error:
        return _form(request, target, error)
    return entered(request, services, came, target)


def _form(request: Request, target: str, refused: SignInError | QuotaError | None = None) -> HTMLResponse:
    status = status_of(refused) if refused else 200
    said = refused.message if refused else ""
    reply = page(
        request, "sign_in.html", status=status, ways_in=WaysIn.of(request, target), target=target, refused=said
    )
    if status == 401:
        reply.headers["WWW-Authenticate"] = "Bearer"
    elif refused:
        reply.headers["Retry-After"] = f"{TRIES_PAUSE_S:.0f}"
    return reply
