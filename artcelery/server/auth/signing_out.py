"""Signing out here: the session ends, and its token counts no more."""

from __future__ import annotations

import time

from fastapi import Request

from artcelery.core.state.records import Session
from artcelery.server.auth.asking import bearer_of
from artcelery.server.auth.by_token import is_of_token, stands_by_token
from artcelery.server.auth.cookies import SESSION
from artcelery.server.auth.revoking import revoke_session, revoke_token
from artcelery.server.auth.sealing import is_secret, secret_id
from artcelery.server.services import Services

__all__ = ["cookie_session", "sign_out"]


def cookie_session(request: Request, services: Services) -> Session | None:
    """The session that a browser's cookie opens, None when there is none that counts."""
    secret = SESSION.value(request, services.settings)
    verdict = services.engine.state.sessions.check(secret_id(secret), time.time()) if is_secret(secret) else None
    session = verdict.session if verdict else None
    if session and is_of_token(session) and not stands_by_token(session, secret, services.settings):
        return None
    return session


def sign_out(request: Request, services: Services) -> bool:
    """Let what a request shows count no more, be it a token or a cookie; whether it showed anything that did."""
    sessions, token = services.engine.state.sessions, bearer_of(request)
    if token and services.l2.origins:
        revoke_token(sessions, token)
        return True
    session = cookie_session(request, services)
    if session is not None:
        revoke_session(sessions, session)
    return session is not None
