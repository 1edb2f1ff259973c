"""Places in lists, newest first, and the states that end a run."""

from __future__ import annotations

from collections.abc import Sequence

from artcelery.core.errors import NotFoundError, UsageError
from artcelery.core.state.protocol import ConfigPage
from artcelery.core.state.records import ConfigRecord, RunRecord

__all__ = ["FINAL", "PREFIX_LENGTH", "REOPENED", "config_page", "cursor_after", "cursor_at", "gone", "position"]

FINAL = frozenset({"completed", "failed", "cancelled"})
REOPENED = frozenset({"failed", "cancelled"})
PREFIX_LENGTH = 6


def cursor_after(run: RunRecord) -> str:
    """The cursor of the page that follows this run."""
    return cursor_at(run.created_at, run.id)


def cursor_at(created_at: str, id: str) -> str:
    """The cursor of the page that follows what was created then and has this id."""
    return f"{created_at}~{id}"


def position(cursor: str | None) -> tuple[str, ...]:
    """When that was created, and its id, that a page follows; nothing for the first page."""
    if cursor is None:
        return ()
    created_at, mark, id = cursor.partition("~")
    if not mark:
        raise UsageError(f"{cursor!r} is no cursor of this list; use the one that the page before gave")
    return created_at, id


def config_page(found: Sequence[ConfigRecord], limit: int) -> ConfigPage:
    """The page of the first of them; there is one more than its limit where another follows."""
    configs = tuple(found[:limit])
    return ConfigPage(configs, configs[-1].id if len(found) > limit else None)


def gone(cursor: str) -> NotFoundError:
    """What to tell who goes on after something that has been removed."""
    return NotFoundError(f"there is no config {cursor!r} to go on after; begin anew without a cursor")
