"""Problems as pages, where pages are wanted: whoever made them, and whatever refused the request."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artcelery.server.pages.accepting import prefers_page
from artcelery.server.pages.held import Held, Holding
from artcelery.server.pages.rendering import page
from artcelery.server.pages.representations import VARY
from artcelery.server.pages.ways_in import WaysIn
from artcelery.server.problems import PROBLEM_TYPE, Problem

__all__ = ["Dressed"]

_TITLES = {
    400: "That cannot be asked like this",
    401: "You are not signed in",
    403: "That is not allowed",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "That cannot be done now",
    413: "That is too large",
    421: "This server has another name",
    422: "Something in it is wrong",
    429: "That is too much at once",
    503: "The server cannot answer just now",
    507: "The server's disk is full",
}
_OTHER = "That did not work"
_FORMS = "/do/"
_LATER = frozenset({401, 429, 500, 503, 507})
"""After which the same form may well be taken when it is sent again."""


class Dressed:
    """An application whose problems are pages for who wants pages: same status, same words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        holding = Holding(scope, receive) if _is_form(scope) else None
        await self._app(scope, holding.receive if holding else receive, _Dressing(scope, holding, send))


class _Dressing:
    """What sends a reply; a problem is held until it is whole, and sent as a page."""

    def __init__(self, scope: Scope, holding: Holding | None, send: Send) -> None:
        self._scope, self._holding, self._send = scope, holding, send
        self._begin: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            MutableHeaders(scope=message).add_vary_header(VARY)
            if prefers_page(Headers(scope=self._scope)):
                self._begin = message
                return
        elif self._begin is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._begin)
            return
        await self._send(message)

    async def _send_page(self, begin: Message) -> None:
        problem = Problem.model_validate_json(self._body)
        held = await self._holding.held() if self._holding and problem.status in _LATER else None
        reply = _problem_page(Request(self._scope), problem, held)
        headers = MutableHeaders(scope=begin)
        for name, value in reply.headers.items():
            headers[name] = value
        await self._send({**begin, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": bytes(reply.body)})


def _is_problem(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith(PROBLEM_TYPE)


def _is_form(scope: Scope) -> bool:
    """Whether a page's form is sent, to which the reply will be a page."""
    return scope["method"] == "POST" and scope["path"].startswith(_FORMS) and prefers_page(Headers(scope=scope))


def _problem_page(request: Request, problem: Problem, held: Held | None) -> HTMLResponse:
    return page(
        request,
        "problem.html",
        status=problem.status,
        title=_TITLES.get(problem.status, _OTHER),
        problem=problem,
        ways_in=WaysIn.of(request) if problem.status == 401 else None,
        held=held,
    )
