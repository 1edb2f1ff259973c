"""Lists of files: what a part of a name matches, and a page of what was found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from artcelery.core.state.paging import cursor_at
from artcelery.core.state.protocol import FilePage
from artcelery.core.state.records import Holding

__all__ = ["is_called", "page_of"]


def is_called(holding: Holding, part: str | None) -> bool:
    """Whether that is a part of the file's name, whatever its case."""
    return not part or part.casefold() in holding.name.casefold()


def page_of(found: Iterator[Holding], limit: int) -> FilePage:
    """The page of the first of them; no more are asked for than tell whether another page follows."""
    holdings = tuple(islice(found, limit + 1))
    files = holdings[:limit]
    follows = len(holdings) > limit
    return FilePage(files, cursor_at(files[-1].created_at, files[-1].content_hash) if follows else None)
