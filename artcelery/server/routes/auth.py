"""Routes of signing in and out; `docs/sign-in.md` tells the whole way."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, unquote, urlencode

from fastapi import APIRouter, BackgroundTasks, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from artcelery.core.errors import UsageError
from artcelery.server.auth import revoking
from artcelery.server.auth.cookies import ASKED, BEGUN, SESSION, TARGET
from artcelery.server.auth.doubting import Doubts
from artcelery.server.auth.entering import entered
from artcelery.server.auth.names import user_at
from artcelery.server.auth.pages import notice, question
from artcelery.server.auth.sealing import code_of
from artcelery.server.auth.signing_in import PENDING_S, SignIns
from artcelery.server.auth.signing_out import cookie_session, sign_out
from artcelery.server.given import ServicesGiven
from artcelery.server.models.auth import Received, Revoke, Revoked, RevokeUser, SignedOut, SignOut
from artcelery.server.pages.accepting import prefers_page
from artcelery.server.pages.targets import targets_of
from artcelery.server.problems import responses
from artcelery.server.security.origins import Origin
from artcelery.server.security.sites import is_from_here
from artcelery.server.services import Services

__all__ = ["router"]

router = APIRouter(tags=["auth"])

_SEE_OTHER: dict[int | str, dict[str, Any]] = {303: {"description": "See Other"}}
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}


@router.get("/auth/begin", status_code=303, response_class=RedirectResponse, responses=responses(400, 422))
def begin_sign_in(
    request: Request,
    services: ServicesGiven,
    l2: Annotated[
        str | None, Query(max_length=300, description="The L2 to sign in with; the only one, if unsaid.")
    ] = None,
    to: Annotated[str, Query(description="The page of this server to lead to then; all else leads to `/`.")] = "",
) -> Response:
    """Send a browser to L2, to come back with a token."""
    origin = _chosen(services, l2)
    query = urlencode({"l1_server": (services.settings.public_url or "").rstrip("/")})
    reply = RedirectResponse(f"{origin}/auth/login?{query}", 303)
    if is_from_here(request.headers):  # or else another site could begin a sign-in, and end it with a token of its own
        BEGUN.put(reply, services.settings, quote(str(origin), safe=""), PENDING_S)
    if target := targets_of(request).of(to):
        TARGET.put(reply, services.settings, target, PENDING_S)
    else:
        TARGET.drop(reply, services.settings)
    return reply


@router.get("/auth", status_code=303, response_class=RedirectResponse, responses=responses(401, 422, 503))
def sign_in(
    request: Request,
    services: ServicesGiven,
    auth_token: Annotated[
        str, Query(min_length=1, max_length=4096, description="The token that L2 gave; serves once.")
    ],
) -> Response:
    """Sign in with a token of L2, or be asked first when this server did not send its user there."""
    begun_with = services.l2.origin(unquote(BEGUN.value(request, services.settings)))
    came = _sign_ins(services).take(auth_token, begun_with)
    if not came.kept:
        return entered(request, services, came, _target(request, services))
    reply = RedirectResponse("/auth/confirm", 303)
    ASKED.put(reply, services.settings, came.secret, PENDING_S)
    return reply


@router.get("/auth/confirm", response_class=HTMLResponse, responses={**_PAGE, **responses(401, 503)})
def ask_to_sign_in(request: Request, services: ServicesGiven) -> Response:
    """Ask whether a sign-in is meant that this server did not begin."""
    secret = ASKED.value(request, services.settings)
    held = _sign_ins(services).held(secret)
    text = f"{held.l2_origin} sent you here to sign in. If you did not mean to, cancel: somebody else may have."
    return question(request, f"Sign in as {held.user}?", text, "Sign in", "/auth/confirm", code_of(secret))


@router.post(
    "/auth/confirm", status_code=303, response_class=RedirectResponse, responses=responses(401, 403, 413, 422, 503)
)
def confirm_sign_in(
    request: Request,
    services: ServicesGiven,
    code: Annotated[str, Form(max_length=100, description="What the page shows that asks; serves once.")],
) -> Response:
    """Sign in, as was asked."""
    came = _sign_ins(services).confirm(ASKED.value(request, services.settings), code)
    return entered(request, services, came, _target(request, services))


@router.post("/auth/revoke", response_model=Revoked, responses=responses(403, 413, 422, 503))
def revoke_token(services: ServicesGiven, said: Revoke, later: BackgroundTasks) -> Revoked:
    """Let a token count no more; who holds it may do that."""
    sessions, l2 = services.engine.state.sessions, services.l2
    if l2.origins and not revoking.revoke_token(sessions, said.token):
        later.add_task(revoking.weigh, sessions, l2, said.token)
    return Revoked()


@router.post("/auth/revoke-user", response_model=Received, responses=responses(400, 403, 413, 422, 503))
def revoke_user(services: ServicesGiven, said: RevokeUser) -> Received:
    """Hear that a user signed out at L2, which is then asked whether that is true."""
    Doubts(services.engine.state.sessions, services.l2).say(user_at(said.username, _known(services, said.l2_server)))
    return Received()


@router.get("/logout", response_model=SignOut, responses={**_PAGE, **responses(503)})
def ask_to_sign_out(request: Request, services: ServicesGiven) -> Response:
    """Who is signed in, and for a browser the question whether to end that; nothing changes."""
    session = cookie_session(request, services)
    if not prefers_page(request.headers):
        return JSONResponse(SignOut(user=session.user if session else None).model_dump())
    if session is None:
        return notice(request, "Nobody is signed in", "There is nothing to sign out of in this browser.")
    who = session.user or "who operates this server"
    return question(request, "Sign out?", f"You are signed in as {who}.", "Sign out", "/logout")


@router.post("/logout", response_model=SignedOut, responses={**_SEE_OTHER, **responses(403, 413, 503)})
def log_out(request: Request, services: ServicesGiven) -> Response:
    """End the session of a cookie or the use of a token, here and at once; a browser goes to the first page."""
    ended = sign_out(request, services)
    reply: Response = JSONResponse(SignedOut(signed_out=ended).model_dump())
    if prefers_page(request.headers):
        reply = RedirectResponse("/", 303)
    SESSION.drop(reply, services.settings)
    return reply


def _sign_ins(services: Services) -> SignIns:
    return SignIns(services.engine.state.sessions, services.l2)


def _target(request: Request, services: Services) -> str:
    """Where the way in was taken; empty where that is not known (any more)."""
    return targets_of(request).of(TARGET.value(request, services.settings))


def _chosen(services: Services, l2: str | None) -> Origin:
    """The L2 that is named, or the only one."""
    if l2 is None and len(services.l2.origins) == 1:
        return services.l2.origins[0]
    return _known(services, l2 or "")


def _known(services: Services, l2: str) -> Origin:
    origin = services.l2.origin(l2)
    if origin is None:
        known = ", ".join(map(str, services.l2.origins)) or "none: nobody signs in here unless l2_urls is set"
        raise UsageError(f"this server does not know the L2 {l2[:100]!r}; it knows {known}")
    return origin
