"""Recipes by name: the newest of a name stands for all that are called so, as effects and changed copies are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from artcelery.core.engine.people.configs import MemberConfigs
from artcelery.core.state.records import ConfigRecord

__all__ = ["Shelf", "Title", "of_name", "titles"]

_AT_ONCE = 200
_MOST_READ = 2000


@dataclass(frozen=True, slots=True)
class Title:
    """The newest recipe of a name, and how many others have it."""

    newest: ConfigRecord
    others: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some recipes, and the cursor that the next ones begin at (None at the end)."""

    titles: Sequence[Title]
    cursor: str | None = None


def titles(configs: MemberConfigs, limit: int, cursor: str | None = None, part: str = "") -> Shelf:
    """So many names (those with that part in them), in their order.

    They are fewer where very many recipes have the same names; then the cursor leads on from there.
    """
    found: list[Title] = []
    for read, record in enumerate(_walk(configs, cursor, part), 1):
        if found and found[-1].newest.name == record.name:
            found[-1] = Title(found[-1].newest, found[-1].others + 1)
        else:
            if len(found) == limit:
                return Shelf(found, cursor)
            found.append(Title(record))
        cursor = record.id
        if read == _MOST_READ:
            return Shelf(found, cursor)
    return Shelf(found)


def of_name(configs: MemberConfigs, name: str, limit: int, cursor: str | None = None) -> Shelf:
    """The recipes of one name, the newest first."""
    newest = configs.find(name)
    if newest is None or newest.name != name:
        return Shelf([])
    first = [] if cursor else [newest]
    others = takewhile(lambda record: record.name == name, _walk(configs, cursor or newest.id))
    found = [*first, *islice(others, limit + 1 - len(first))]
    more = found[limit - 1].id if len(found) > limit else None
    return Shelf([Title(record) for record in found[:limit]], more)


def _walk(configs: MemberConfigs, cursor: str | None, part: str = "") -> Iterator[ConfigRecord]:
    """All recipes with that part in their names, from there on."""
    while True:
        page = configs.page(limit=_AT_ONCE, cursor=cursor, part=part)
        yield from page.configs
        if page.cursor is None:
            return
        cursor = page.cursor
