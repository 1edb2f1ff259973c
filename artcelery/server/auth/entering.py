"""The end of every sign-in in a browser: a new cookie, and the way to where its user wanted to go."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse

from artcelery.server.auth.cookies import ASKED, BEGUN, SESSION, TARGET
from artcelery.server.auth.sealing import is_secret, secret_id
from artcelery.server.auth.signing_in import SignedIn
from artcelery.server.services import Services

__all__ = ["entered"]


def entered(request: Request, services: Services, signed_in: SignedIn, target: str) -> RedirectResponse:
    """A browser's way on, to a page of this server or the first one, with a new cookie in place of every one it had."""
    before = SESSION.value(request, services.settings)
    if is_secret(before):
        services.engine.state.sessions.forget(secret_id(before))
    reply = RedirectResponse(target or "/", 303)
    for cookie in (BEGUN, ASKED, TARGET):
        cookie.drop(reply, services.settings)
    SESSION.put(reply, services.settings, signed_in.secret, signed_in.left_s)
    return reply
