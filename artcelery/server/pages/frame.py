"""What stands around every page: where else to go, who is signed in, and which server this is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from fastapi import Request

from artcelery import __version__
from artcelery.core.engine.people import Who
from artcelery.core.settings import Settings

__all__ = ["Frame", "Way", "ways_in"]

_EVERYBODYS = {"runs": "Runs", "media": "Media", "recipes": "Recipes", "effects": "Effects"}
_OPERATORS = {"workers": "Workers"}


@dataclass(frozen=True, slots=True)
class Way:
    """A link: where it leads, what it says, and whether one is there already."""

    href: str
    words: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page's layout shows beside the page itself."""

    ways: Sequence[Way]
    user: str
    way_in: Way | None
    is_home: bool
    as_json: str
    version: str = __version__

    @classmethod
    def of(cls, request: Request, section: str) -> Self:
        """The frame for one who asks; who that is, is known where a route asked for it."""
        settings: Settings = request.app.state.settings
        asked, who = hasattr(request.state, "who"), getattr(request.state, "who", None)
        sections = _EVERYBODYS | _OPERATORS if _is_operator(who, settings) else _EVERYBODYS
        ways = [Way(f"/{name}", words, name == section) for name, words in sections.items()]
        way_in = _way_in(settings) if asked and who is None else None
        return cls(ways, who.user if who else "", way_in, section == "home", getattr(request.state, "as_json", ""))


def ways_in(settings: Settings) -> Sequence[Way]:
    """The links to sign in, one for each L2."""
    return [Way(f"/auth/begin?{urlencode({'l2': url})}", url.partition("://")[2]) for url in settings.l2_urls]


def _is_operator(who: Who | None, settings: Settings) -> bool:
    """Whether the operator asks; who that is was not asked for every page, and where nobody signs in it is clear."""
    return who.is_operator if who else not settings.l2_urls and settings.api_token is None


def _way_in(settings: Settings) -> Way | None:
    ways = ways_in(settings)
    if not ways:
        return None
    return Way(ways[0].href, "Sign in") if len(ways) == 1 else Way("/#sign-in", "Sign in")
