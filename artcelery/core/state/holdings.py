"""Lists of files: where they begin, what is meant, and a page of what was found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from artcelery.core.state.octets import octets
from artcelery.core.state.paging import cursor_at, position
from artcelery.core.state.protocol import FileFilter, FilePage
from artcelery.core.state.records import Holding

__all__ = ["beginning", "folded", "is_meant", "page_of"]


def folded(name: str) -> bytes:
    """A name, or a part of one, in small letters: so they are compared."""
    return octets(name.casefold())


def beginning(cursor: str | None, only: FileFilter) -> tuple[str, ...]:
    """The place after which a page begins, newest first; nothing for that of the newest file."""
    places = [position(cursor), () if only.before is None else (only.before, "")]
    return min((place for place in places if place), default=())


def is_meant(holding: Holding, only: FileFilter) -> bool:
    """Whether a file is called so, and as large, as is looked for."""
    is_called = not only.name or folded(only.name) in folded(holding.name)
    is_large = only.least_bytes is None or holding.size_bytes >= only.least_bytes
    return is_called and is_large and (only.most_bytes is None or holding.size_bytes <= only.most_bytes)


def page_of(found: Iterator[Holding], limit: int) -> FilePage:
    """The page of the first of them; no more are asked for than tell whether another page follows."""
    holdings = tuple(islice(found, limit + 1))
    files = holdings[:limit]
    follows = len(holdings) > limit
    return FilePage(files, cursor_at(files[-1].created_at, files[-1].content_hash) if follows else None)
