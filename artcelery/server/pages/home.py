"""The first page: what this server is, and how to begin."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from artcelery.server.given import Asker, ServicesGiven
from artcelery.server.pages.frame import ways_in
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages

__all__ = ["router"]

router = Pages()


@router.page("/", json="/")
def home(request: Request, services: ServicesGiven, who: Asker) -> HTMLResponse:
    """What this server is; for who is signed in, what they can do here."""
    needs_sign_in = who is None
    return page(request, "home.html", section="home", needs_sign_in=needs_sign_in, ways_in=ways_in(services.settings))
