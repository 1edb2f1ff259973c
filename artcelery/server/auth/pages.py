"""The few pages of signing in and out: plain HTML that needs no script, and nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from string import Template

from fastapi import Request
from fastapi.responses import HTMLResponse

__all__ = ["page_of", "question", "wants_html"]

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}"
    "h1{font-size:1.5rem;overflow-wrap:anywhere}button{font:inherit;padding:.4rem 1.2rem;margin-right:1rem}"
)
_POLICY = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
_PAGE = Template(
    '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport"'
    f' content="width=device-width"><title>$title</title><style>{_STYLE}</style></head>\n'
    "<body><main><h1>$title</h1>\n<p>$text</p>\n$more</main></body>\n</html>\n"
)
_FORM = Template(
    '<form method="post" action="$action"><input type="hidden" name="code" value="$code">'
    '<button>$button</button><a href="/">Cancel</a></form>\n'
)


def wants_html(request: Request) -> bool:
    """Whether who asks reads pages, as browsers say."""
    return "text/html" in request.headers.get("accept", "").lower()


def page_of(title: str, text: str, status: int = 200, more: str = "") -> HTMLResponse:
    """A page with a heading and a paragraph; `more` is HTML that follows."""
    body = _PAGE.substitute(title=escape(title), text=escape(text), more=more)
    return HTMLResponse(body, status, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def question(title: str, text: str, button: str, action: str, code: str = "") -> HTMLResponse:
    """A page that asks, with a form that sends `code` to where the answer is awaited."""
    form = _FORM.substitute(action=escape(action), code=escape(code), button=escape(button))
    return page_of(title, text, more=form)
