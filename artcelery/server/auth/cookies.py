"""The cookies of a server: who is signed in, which sign-in is under way, and to which page it leads."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request, Response
from starlette.datastructures import Headers

from artcelery.core.settings import Settings
from artcelery.server.security.origins import public_origin

__all__ = ["ASKED", "BEGUN", "SESSION", "TARGET", "Cookie", "has_session"]


_LONGEST_S = 400 * 86400.0
"""Browsers keep no cookie for longer."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that no script sees and no other site's form sends; with https of this host alone, and never without."""

    name: str

    def value(self, request: Request, settings: Settings) -> str:
        """What a browser holds, "" when there is none."""
        return request.cookies.get(self._name(settings), "")

    def put(self, response: Response, settings: Settings, value: str, for_s: float) -> None:
        """Have the browser keep a value for so long."""
        age, secure = int(min(for_s, _LONGEST_S)), _is_https(settings)
        response.set_cookie(self._name(settings), value, age, secure=secure, httponly=True, samesite="lax")

    def drop(self, response: Response, settings: Settings) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self._name(settings), secure=_is_https(settings), httponly=True, samesite="lax")

    def _name(self, settings: Settings) -> str:
        return f"__Host-{self.name}" if _is_https(settings) else self.name


SESSION = Cookie("artcelery_session")
BEGUN = Cookie("artcelery_begun")
ASKED = Cookie("artcelery_asked")
TARGET = Cookie("artcelery_to")


def has_session(headers: Headers) -> bool:
    """Whether a browser sends the cookie of one who is signed in."""
    return any(SESSION.name in cookie for cookie in headers.getlist("cookie"))


def _is_https(settings: Settings) -> bool:
    public = public_origin(settings)
    return public is not None and public.is_https
