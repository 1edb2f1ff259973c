"""Pages made of templates, with the headers that all of them have."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from artcelery.server.pages.frame import Frame
from artcelery.server.pages.icons import icon
from artcelery.server.pages.statics import statics
from artcelery.server.pages.wording import FILTERS

__all__ = ["PAGE_HEADERS", "fragment", "page"]

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}


def page(request: Request, template: str, *, section: str = "", status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page; `section` is the place in the navigation where it belongs."""
    body = _environment().get_template(template).render(frame=Frame.of(request, section), **values)
    return HTMLResponse(body, status, PAGE_HEADERS)


def fragment(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A part of a page, for its script to put in."""
    return HTMLResponse(_environment().get_template(template).render(**values), status, PAGE_HEADERS)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(static=statics().url, icon=icon)
    environment.filters.update(FILTERS)
    return environment
