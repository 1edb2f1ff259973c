"""The guards before every route."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artcelery.core.errors import ForbiddenError
from artcelery.core.settings import Settings
from artcelery.server.auth.cookies import has_session
from artcelery.server.problems import problem, problem_of
from artcelery.server.security.bodies import WHOLE_S, limit_of, limited, says_too_much, too_large
from artcelery.server.security.headers import adding, standing_headers
from artcelery.server.security.hosts import Hosts, Named
from artcelery.server.security.origins import l2_origins
from artcelery.server.security.sites import SAFE_METHODS, is_taken_in, says_whence, why_foreign

__all__ = ["guard"]

_FOR_OTHERS = "/cache/"
"""Files, which other sites show where they are published; each says itself who may."""


def guard(app: FastAPI, settings: Settings) -> None:
    """Let no request through that comes from a foreign host or, where it would change something, another site."""
    l2_origins(settings)  # what is wrong with them is said now, not when the first user comes
    app.add_middleware(
        _Guard, hosts=Hosts.of(settings), headers=standing_headers(settings), whole_s=min(WHOLE_S, settings.silence_s)
    )


class _Guard:
    def __init__(self, app: ASGIApp, hosts: Hosts, headers: Mapping[str, str], whole_s: float) -> None:
        self._app, self._hosts, self._headers, self._whole_s = app, hosts, headers, whole_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._guarded(scope, receive, _Sending(adding(self._headers, scope["path"], send)))
        else:  # there are no web sockets here
            await send({"type": "websocket.close", "code": 1008})

    async def _guarded(self, scope: Scope, receive: Receive, sending: _Sending) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, sending)
            return
        limit = limit_of(scope["path"])
        try:
            await self._app(scope, receive if limit is None else limited(receive, limit, self._whole_s), sending)
        except Exception:
            # Starlette's own reply would come from outside of this guard, without its headers; it logs what is raised.
            if not sending.begun:
                reply = problem(500, "this should not have happened; the server's log says more", "internal")
                await reply(scope, receive, sending)
            raise

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        named = Named.of(headers.get("host", ""))
        if named is None or len(headers.getlist("host")) > 1 or not self._hosts.knows(named):
            return _unknown_host(headers.get("host", ""))
        if "content-length" in headers and "transfer-encoding" in headers:
            return _of_two_lengths()
        if scope["method"] not in SAFE_METHODS and (why := self._why_refused(headers, named)):
            return problem_of(ForbiddenError(f"this would change something, and {why}; open this server's own pages"))
        if is_taken_in(headers) and not scope["path"].startswith(_FOR_OTHERS):
            return problem_of(ForbiddenError("no other site may have this in its pages; follow a link to it"))
        limit = limit_of(scope["path"])
        if limit is not None and says_too_much(headers, limit):
            refused = too_large(limit)
            return problem(refused.status_code, refused.detail, "too-large")
        return None

    def _why_refused(self, headers: Headers, named: Named) -> str | None:
        if has_session(headers) and "authorization" not in headers and not says_whence(headers):
            return "a browser's cookie came without Origin and Sec-Fetch-Site"
        return why_foreign(headers, named, self._hosts)


class _Sending:
    """What sends a reply, and knows whether it has begun."""

    def __init__(self, send: Send) -> None:
        self._send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


def _of_two_lengths() -> Response:
    """A proxy may have read it otherwise (RFC 9112, 6.1): what comes behind it is not answered."""
    said = "the request says how long it is in two ways; send `Content-Length` or `Transfer-Encoding`"
    return problem(400, said, "usage", headers={"Connection": "close"})


def _unknown_host(said: str) -> Response:
    return problem(
        421,
        f"this server is not called {said[:100]!r}; ask for it by its own name, or add the name to allowed_hosts"
        " (ARTCELERY_ALLOWED_HOSTS)",
        "host-unknown",
    )
