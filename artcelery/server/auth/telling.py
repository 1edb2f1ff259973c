"""Errors of signing in, as a page where a browser asks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from artcelery.core.errors import ArtceleryError
from artcelery.server.auth.pages import page_of, wants_html
from artcelery.server.problems import problem_of

__all__ = ["TellingRoute"]


class TellingRoute(APIRoute):
    """A route whose errors are pages for people; programs get problems as everywhere."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route, with its errors told."""
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except ArtceleryError as error:
                if not wants_html(request):
                    raise
                return _page(error)
            except RequestValidationError:
                if not wants_html(request):
                    raise
                return page_of("That is not a sign-in", "The address is not complete; begin again.", 422)

        return told


def _page(error: ArtceleryError) -> Response:
    reply = problem_of(error)
    page = page_of("That did not work", error.message, reply.status_code)
    for name in ("www-authenticate", "retry-after"):
        if name in reply.headers:
            page.headers[name] = reply.headers[name]
    return page
