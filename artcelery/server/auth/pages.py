"""The pages of signing in and out: they need no script."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from artcelery.server.pages.rendering import page

__all__ = ["notice", "question"]


def question(request: Request, title: str, text: str, button: str, action: str, code: str = "") -> HTMLResponse:
    """A page that asks, with a form that sends `code` to where the answer is awaited."""
    return page(request, "question.html", title=title, text=text, button=button, action=action, code=code)


def notice(request: Request, title: str, text: str) -> HTMLResponse:
    """A page that says something, with a way on."""
    return page(request, "question.html", title=title, text=text, action="")
