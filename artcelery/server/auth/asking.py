"""Who asks: the operator, a user of L2 who is signed in, or nobody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fastapi import Request

from artcelery.core.engine.people import OPERATOR, Who
from artcelery.core.errors import SignInError
from artcelery.core.settings import Settings
from artcelery.core.state.protocol import Verdict
from artcelery.core.state.records import Session
from artcelery.server.auth.bearing import Bearers
from artcelery.server.auth.by_token import is_of_token, stands_by_token
from artcelery.server.auth.cookies import SESSION
from artcelery.server.auth.doubting import Doubts
from artcelery.server.auth.sealing import is_secret, same, secret_id, unseal

if TYPE_CHECKING:
    from artcelery.server.services import Services

__all__ = ["bearer_of", "is_local", "who_asks"]

_ENDED = "your sign-in does not count any more; sign in again"


def who_asks(request: Request, services: Services) -> Who | None:
    """Who asks, None when nobody is signed in; SignInError when what they show does not count (any more)."""
    if is_local(services.settings) or _is_operator(request, services.settings):
        return OPERATOR
    token = bearer_of(request)
    if token is not None:
        return Who(_of_token(token, services).user)
    secret = SESSION.value(request, services.settings)
    return Who(_of_cookie(secret, services).user) if secret else None


def bearer_of(request: Request) -> str | None:
    """The token that a request shows, None when it shows none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_local(settings: Settings) -> bool:
    """Whether everybody who reaches this server is the one who runs it."""
    return not settings.l2_urls and settings.api_token is None


def _is_operator(request: Request, settings: Settings) -> bool:
    token, expected = bearer_of(request), settings.api_token
    return token is not None and expected is not None and same(token, expected.get_secret_value())


def _of_token(token: str, services: Services) -> Session:
    if not services.l2.origins:
        raise SignInError("this is not the token of this server (ARTCELERY_API_TOKEN)")
    sessions = services.engine.state.sessions
    return Bearers(sessions, services.l2, Doubts(sessions, services.l2)).session(token)


def _of_cookie(secret: str, services: Services) -> Session:
    sessions = services.engine.state.sessions
    verdict = sessions.check(secret_id(secret), time.time()) if is_secret(secret) else None
    if verdict is None or not verdict.session.sealed or not _stands(verdict, secret, services):
        raise SignInError(_ENDED)
    return verdict.session


def _stands(verdict: Verdict, secret: str, services: Services) -> bool:
    session = verdict.session
    if is_of_token(session):
        return stands_by_token(session, secret, services.settings)
    doubts = Doubts(services.engine.state.sessions, services.l2)
    return doubts.stands(verdict, lambda: unseal(session.sealed, secret))
