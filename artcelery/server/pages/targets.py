"""Where a sign-in leads: to the page of this server that was wanted, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from fastapi import Request

from artcelery.core.settings import Settings
from artcelery.server.auth.cookies import TARGET

__all__ = ["Targets", "targets_of", "wanted_by"]

_MOST = 2000
_WRITTEN = re.compile(r"/[!-\[\]-~]*")  # visible ASCII, but for the backslash, which browsers take for a slash
_PARAMETER = re.compile(r"{\w+}")
_PLAIN = "/?=&%+:@!$'()*"
"""What stands as it is in an address; whatever else a cookie would have to quote is written with a percent sign."""
_TOKEN = "auth_token"


class Targets:
    """The addresses that a sign-in may lead to: those of whole pages, by the templates of their paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = re.compile("|".join(_PARAMETER.sub(r"[^/\\\\]+", path) for path in paths))

    def of(self, text: str) -> str:
        """An address as links and cookies carry it; empty where it is no page's here, is too long or holds a token."""
        if len(text) > _MOST or not _WRITTEN.fullmatch(text):
            return ""
        path, _, query = text.partition("?")
        if not self._is_page(path) or any(name == _TOKEN for name, _ in parse_qsl(query)):
            return ""
        address = quote(text, safe=_PLAIN)
        return address if len(address) <= _MOST else ""

    def _is_page(self, path: str) -> bool:
        try:
            meant = unquote(path, errors="strict")
        except UnicodeDecodeError:
            return False
        is_plain = meant.isprintable() and not {".", ".."}.intersection(meant.split("/"))
        return is_plain and self._paths.fullmatch(meant) is not None


def targets_of(request: Request) -> Targets:
    """Where sign-ins at the server may lead that this request came to."""
    targets: Targets = request.app.state.targets
    return targets


def wanted_by(request: Request) -> str:
    """The page that one asks for, or whose form they sent, or that their sign-in was begun for; empty where none is."""
    settings: Settings = request.app.state.settings
    said = (_asked_for(request), _come_from(request), TARGET.value(request, settings))
    return next(filter(None, map(targets_of(request).of, said)), "")


def _asked_for(request: Request) -> str:
    if request.method not in ("GET", "HEAD"):
        return ""
    return _joined(quote(request.scope["path"]), request.scope["query_string"].decode("latin-1"))


def _come_from(request: Request) -> str:
    try:
        came = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # it is no address
        return ""
    return _joined(came.path, came.query) if came.netloc == request.url.netloc else ""


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
