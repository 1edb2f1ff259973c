"""Files newest first, found by index, in steps so short that no other thread is kept for long."""

from __future__ import annotations

from collections.abc import Iterator

from artcelery.core.state.octets import octets
from artcelery.core.state.protocol import FileFilter
from artcelery.core.state.sqlite.database import Database, Row

__all__ = ["walked"]

_STEPS = 2000
"""How many files are looked at in one go when few of them may match."""

_NEWEST_FIRST = "ORDER BY created_at DESC, content_hash DESC LIMIT"
_NOT_ASCII = "*[^\x01-\x7f]*"
# SQLite knows small letters only in ASCII: where a name is more than that, the caller looks.
_MAY_BE_CALLED = "(CAST(name AS TEXT) GLOB ? OR instr(lower(CAST(name AS TEXT)), CAST(? AS TEXT)))"

Place = tuple[str, ...]


def walked(database: Database, columns: str, user: bytes, after: Place, wanted: int, only: FileFilter) -> Iterator[Row]:
    """The columns of the user's files after that place, `wanted` at a time, of which the first is the content hash.

    All that match are among them, and of those whose names are not ASCII also some that do not.
    """
    filters: dict[str, Row | None] = {
        "user = ?": (user,),
        "kind = ?": None if only.kind is None else (only.kind,),
        "origin = ?": None if only.origin is None else (octets(only.origin),),
    }
    named: dict[str, Row | None] = {_MAY_BE_CALLED: (_NOT_ASCII, octets(only.name.casefold()))} if only.name else {}
    while True:
        passed: dict[str, Row | None] = {"(created_at, content_hash) < (?, ?)": after or None}
        end = _end_of_step(database, filters | passed) if named else ()
        within: dict[str, Row | None] = {"(created_at, content_hash) >= (?, ?)": end or None}
        where, values = _where(filters | passed | within | named)
        sql = f"SELECT created_at, {columns} FROM holdings WHERE {where} {_NEWEST_FIRST} ?"
        rows = database.read(sql, (*values, wanted))
        yield from (row[1:] for row in rows)
        if len(rows) < wanted and not end:
            return
        after = rows[-1][:2] if len(rows) == wanted else end


def _end_of_step(database: Database, conditions: dict[str, Row | None]) -> Place:
    """The place of the last file of a step; nothing when there are no more files than that."""
    where, values = _where(conditions)
    sql = f"SELECT created_at, content_hash FROM holdings WHERE {where} {_NEWEST_FIRST} 1 OFFSET ?"
    rows = database.read(sql, (*values, _STEPS - 1))
    return rows[0] if rows else ()


def _where(conditions: dict[str, Row | None]) -> tuple[str, Row]:
    used = {sql: values for sql, values in conditions.items() if values is not None}
    return " AND ".join(used), tuple(value for values in used.values() for value in values)
