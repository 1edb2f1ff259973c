"""How one signs in: with an L2, or as who operates the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from fastapi import Request

from artcelery.core.settings import Settings
from artcelery.server.pages.targets import wanted_by

__all__ = ["SIGN_IN", "Way", "WaysIn"]

SIGN_IN = "/sign-in"
_HOME = "/"


@dataclass(frozen=True, slots=True)
class Way:
    """A link: where it leads, what it says, and whether one is there already."""

    href: str
    words: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class WaysIn:
    """The links to sign in: one for each L2, and one `by_token` where the operator has one.

    With several L2s, or none, `main` leads to a page of them all; it is None where nobody signs in.
    """

    registries: Sequence[Way]
    by_token: Way | None
    main: Way | None

    @classmethod
    def of(cls, request: Request, target: str | None = None) -> Self:
        """Those that lead back to a target, which is the page that is wanted unless it is given."""
        settings: Settings = request.app.state.settings
        target = wanted_by(request) if target is None else target
        registries = [Way(_href("/auth/begin", target, l2=url), url.partition("://")[2]) for url in settings.l2_urls]
        all_ways = Way(_href(SIGN_IN, target), "Sign in")
        main = Way(registries[0].href, "Sign in") if len(registries) == 1 else all_ways
        has_token = settings.api_token is not None
        return cls(registries, all_ways if has_token else None, main if registries or has_token else None)


def _href(path: str, target: str, **said: str) -> str:
    query = urlencode(said if target in ("", _HOME) else {**said, "to": target})
    return f"{path}?{query}" if query else path
