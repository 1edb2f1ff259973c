"""Addresses of pages: each has a place of its own, and most say where a program finds the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from artcelery.server.given import Share
from artcelery.server.pages.accepting import takes_page

__all__ = ["Pages", "Pair", "find_pair"]

_Handler = TypeVar("_Handler", bound=Callable[..., Any])
_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Pair:
    """The template of a page's path, and of the path of the same as JSON; they may be equal."""

    page: str
    json: str

    def page_of(self, path: str) -> str | None:
        """The page of what is at that path as JSON, None when that is another."""
        return _translated(path, self.json, self.page)

    def json_of(self, path: str) -> str | None:
        """Where the same as a page is as JSON, None when that is another page."""
        return _translated(path, self.page, self.json)


def find_pair(pairs: Sequence[Pair], path: str) -> Pair | None:
    """The pair of which a path is one side, if any."""
    return next((pair for pair in pairs if pair.json_of(path) or pair.page_of(path)), None)


class PageRoute(APIRoute):
    """A page that is also JSON: there for clients that want pages, while all others come to the API."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for this page."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not takes_page(Headers(scope=scope)):
            return Match.NONE, {}
        return super().matches(scope)


class Pages(APIRouter):
    """The routes of some pages; none of them is in the description of the API."""

    def __init__(self) -> None:
        super().__init__(include_in_schema=False, default_response_class=HTMLResponse)
        self.paths: list[str] = []
        self.pairs: list[Pair] = []

    def page(self, path: str, *, json: str | None = None, takes_long: bool = False) -> Callable[[_Handler], _Handler]:
        """Have a function make the page at a path.

        With `json`, programs that ask for the path get what the API has there, at once; and browsers that ask for that
        path of the API are sent to the page. `{names}` of both are the same. One that may take long is made in
        the share of who asks.
        """
        self.paths.append(path)
        if json is not None:
            self.pairs.append(Pair(path, json))
        route = APIRoute if json is None else PageRoute

        def added(handler: _Handler) -> _Handler:
            shares = [Share] if takes_long else []
            self.add_api_route(path, handler, methods=["GET", "HEAD"], route_class_override=route, dependencies=shares)
            return handler

        return added

    def part(self, path: str) -> Callable[[_Handler], _Handler]:
        """Have a function make a part of pages, which is no page that anybody comes to."""
        return self.api_route(path, methods=["GET", "HEAD"])


def _translated(path: str, source: str, target: str) -> str | None:
    pattern = _PARAMETER.sub(r"(?P<\1>[^/]+)", source)
    match = re.fullmatch(pattern, path)
    return target.format(**match.groupdict()) if match else None
