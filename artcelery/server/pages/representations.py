"""One address for people and programs: the edge where it is decided who gets which."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from fastapi.responses import RedirectResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artcelery.server.pages.accepting import takes_page
from artcelery.server.pages.routing import Pair, find_pair

__all__ = ["VARY", "Represented"]

VARY = "Accept, HX-Request"
_SUFFIX = ".json"


class Represented:
    """An application whose pages are JSON for who does not want pages, and for all with `.json` behind the path."""

    def __init__(self, app: ASGIApp, pairs: Sequence[Pair]) -> None:
        self._app, self._pairs = app, pairs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        bare = path.removesuffix(_SUFFIX)
        pair = find_pair(self._pairs, path) or find_pair(self._pairs, bare)
        if pair is None:
            await self._app(scope, receive, send)
        elif bare == path and takes_page(Headers(scope=scope)):
            await self._page(pair, scope, receive, _varying(send, scope))
        else:
            inner = _as_json(scope, pair.json_of(bare) or bare)
            await self._app(inner, receive, _varying(send, scope, inner))

    async def _page(self, pair: Pair, scope: Scope, receive: Receive, send: Send) -> None:
        if pair.json_of(scope["path"]):
            scope.setdefault("state", {})["as_json"] = _with_query(scope, quote(scope["path"]) + _SUFFIX)
            await self._app(scope, receive, send)
        else:
            await _see_other(scope, pair.page_of(scope["path"]) or "/")(scope, receive, send)


def _as_json(scope: Scope, path: str) -> Scope:
    if scope["path"] == path:
        return scope
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers["Accept"] = "application/json"
    del headers["HX-Request"]
    return {**scope, "path": path, "raw_path": quote(path).encode(), "headers": headers.raw}


def _see_other(scope: Scope, path: str) -> RedirectResponse:
    return RedirectResponse(_with_query(scope, quote(path)), 303)


def _with_query(scope: Scope, path: str) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _varying(send: Send, scope: Scope, inner: Scope | None = None) -> Send:
    """What sends a reply that depends on what the client wants; who looks from outside sees which route it came to."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).add_vary_header(VARY)
            if inner is not None and "route" in inner:
                scope["route"] = inner["route"]
        await send(message)

    return sending
