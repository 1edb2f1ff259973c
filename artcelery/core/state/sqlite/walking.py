"""Files newest first, found by index, in steps so short that no other thread is kept for long."""

from __future__ import annotations

from collections.abc import Iterator

from artcelery.core.state.holdings import folded
from artcelery.core.state.octets import octets
from artcelery.core.state.protocol import FileFilter
from artcelery.core.state.sqlite.database import Database, Row
from artcelery.core.state.sqlite.tables import IS_PAPER

__all__ = ["IS_CALLED", "walked"]

_STEPS = 2000
"""How many files are looked at in one go when few of them may match."""

_NEWEST_FIRST = "ORDER BY created_at DESC, content_hash DESC LIMIT"
# SQLite knows small letters only in ASCII: where a name is more than that, Python is asked.
_LETTERS = (
    "CASE WHEN length(name) = length(CAST(name AS TEXT)) THEN CAST(lower(CAST(name AS TEXT)) AS BLOB)"
    " ELSE folded(name) END"
)
IS_CALLED = f"instr({_LETTERS}, ?)"
"""Whether the column `name` has a part in it, which is in small letters."""

Place = tuple[str, ...]
Conditions = dict[str, Row | None]


def walked(database: Database, columns: str, user: bytes, after: Place, wanted: int, only: FileFilter) -> Iterator[Row]:
    """The columns of the user's files that match, after that place, `wanted` at a time; they begin with the hash."""
    filters: Conditions = {
        "user = ?": (user,),
        "kind = ?": None if only.kind is None else (only.kind,),
        "origin = ?": None if only.origin is None else (octets(only.origin),),
        "created_at >= ?": None if only.since is None else (only.since,),
        f"{'' if only.papers else 'NOT '}{IS_PAPER}": None if only.papers is None else (),
    }
    looked_for: Conditions = {
        IS_CALLED: (folded(only.name),) if only.name else None,
        "size_bytes >= ?": None if only.least_bytes is None else (only.least_bytes,),
        "size_bytes <= ?": None if only.most_bytes is None else (only.most_bytes,),
    }
    while True:
        passed: Conditions = filters | {"(created_at, content_hash) < (?, ?)": after or None}
        end = _end_of_step(database, passed) if only.is_looked_for else ()
        step: Conditions = passed | {"(created_at, content_hash) >= (?, ?)": end or None} | looked_for
        rows = _files(database, columns, step, user, wanted)
        yield from (row[1:] for row in rows)
        if len(rows) < wanted and not end:
            return
        after = rows[-1][:2] if len(rows) == wanted else end


def _files(database: Database, columns: str, conditions: Conditions, user: bytes, limit: int) -> list[Row]:
    """The first files of those that are meant; which they are is read from the index alone."""
    where, values = _where(conditions)
    hashes = f"SELECT content_hash AS meant FROM holdings WHERE {where} {_NEWEST_FIRST} ?"
    which = f"({hashes}) CROSS JOIN holdings ON user = ? AND content_hash = meant"
    sql = f"SELECT created_at, {columns} FROM {which} {_NEWEST_FIRST} ?"
    return database.read(sql, (*values, limit, user, limit))


def _end_of_step(database: Database, conditions: Conditions) -> Place:
    """The place of the last file of a step; nothing when there are no more files than that."""
    where, values = _where(conditions)
    sql = f"SELECT created_at, content_hash FROM holdings WHERE {where} {_NEWEST_FIRST} 1 OFFSET ?"
    rows = database.read(sql, (*values, _STEPS - 1))
    return rows[0] if rows else ()


def _where(conditions: Conditions) -> tuple[str, Row]:
    used = {sql: values for sql, values in conditions.items() if values is not None}
    return " AND ".join(used), tuple(value for values in used.values() for value in values)
