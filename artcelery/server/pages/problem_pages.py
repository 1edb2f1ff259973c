"""Problems as pages, where pages are wanted: whoever made them, and whatever refused the request."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artcelery.server.pages.accepting import prefers_page
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


class Dressed:
    """An application whose problems are pages for who wants pages: same status, same words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            scope.setdefault("state", {})
            await self._app(scope, receive, _Dressing(scope, receive, send))
        else:
            await self._app(scope, receive, send)


class _Dressing:
    """What sends a reply; a problem is held until it is whole, and sent as a page."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
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
        reply = _problem_page(Request(self._scope), Problem.model_validate_json(self._body))
        headers = MutableHeaders(scope=begin)
        for name, value in reply.headers.items():
            headers[name] = value
        await self._send({**begin, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": bytes(reply.body)})


def _is_problem(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith(PROBLEM_TYPE)


def _problem_page(request: Request, problem: Problem) -> HTMLResponse:
    return page(
        request,
        "problem.html",
        status=problem.status,
        title=_TITLES.get(problem.status, _OTHER),
        problem=problem,
        ways_in=WaysIn.of(request) if problem.status == 401 else None,
    )
