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

_SECTIONS = (("runs", "/runs", "Runs"), ("media", "/media", "Media"), ("recipes", "/recipes", "Recipes"))
_MORE = (("effects", "/effects", "Effects"), ("workers", "/workers", "Workers"))


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
        ways = [Way(href, words, name == section) for name, href, words in (*_SECTIONS, *_more(who, settings))]
        way_in = _way_in(settings) if asked and who is None else None
        return cls(ways, who.user if who else "", way_in, section == "home", getattr(request.state, "as_json", ""))


def ways_in(settings: Settings) -> Sequence[Way]:
    """The links to sign in, one for each L2."""
    return [Way(f"/auth/begin?{urlencode({'l2': url})}", url.partition("://")[2]) for url in settings.l2_urls]


def _more(who: Who | None, settings: Settings) -> Sequence[tuple[str, str, str]]:
    is_operator = who.is_operator if who else not settings.l2_urls and settings.api_token is None
    return _MORE if is_operator else _MORE[:1]


def _way_in(settings: Settings) -> Way | None:
    ways = ways_in(settings)
    if not ways:
        return None
    return Way(ways[0].href, "Sign in") if len(ways) == 1 else Way("/#sign-in", "Sign in")
