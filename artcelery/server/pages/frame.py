"""What stands around every page: where else to go, who is signed in, and which server this is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from fastapi import Request

from artcelery import __version__
from artcelery.core.engine.people import Who
from artcelery.core.settings import Settings
from artcelery.server.auth.asking import is_local
from artcelery.server.pages.ways_in import Way, WaysIn

__all__ = ["Frame"]

_EVERYBODYS = {"runs": "Runs", "media": "Media", "recipes": "Recipes", "effects": "Effects"}
_OPERATORS = {"workers": "Workers"}


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
        way_in = WaysIn.of(request).main if asked and who is None else None
        return cls(ways, _called(who, settings), way_in, section == "home", getattr(request.state, "as_json", ""))


def _called(who: Who | None, settings: Settings) -> str:
    """The name of who is signed in; empty where nobody is, or needs to be."""
    if who is None or not who.is_operator:
        return who.user if who else ""
    return "" if is_local(settings) else "Operator"


def _is_operator(who: Who | None, settings: Settings) -> bool:
    """Whether the operator asks; who that is was not asked for every page, and where nobody signs in it is clear."""
    return who.is_operator if who else is_local(settings)
