"""Results by key and encoding."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from artcelery.core.state.records import Result
from artcelery.core.state.sqlite.database import Database

__all__ = ["SqliteResults", "write_result"]

_COLUMNS = "key, encoding, content_hash, size_bytes, seconds, created_at, run_id"
_BATCH = 900  # older SQLite takes 999 parameters in a statement


class SqliteResults:
    """Results by key and encoding."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, encoding: str) -> Result | None:
        """The result, or None."""
        return self.get_many([(key, encoding)]).get((key, encoding))

    def get_many(self, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
        """Those of the (key, encoding) pairs that have a result."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for key, encoding in pairs:
            wanted[encoding].add(key)
        return {
            (result.key, result.encoding): result
            for encoding, keys in wanted.items()
            for batch in _batches(sorted(keys))
            for result in self._batch(encoding, batch)
        }

    def put(self, result: Result) -> Result:
        """Record a result; the one that stands afterwards (the first to be recorded wins)."""
        with self._database.write() as connection:
            return write_result(connection, result)

    def of_content(self, content_hash: str) -> Sequence[Result]:
        """Every result that is this file."""
        sql = f"SELECT {_COLUMNS} FROM results WHERE content_hash = ? ORDER BY encoding, key"
        return [Result(*row) for row in self._database.read(sql, (content_hash,))]

    def forget(self, content_hash: str) -> int:
        """Forget every result that is this file; how many there were."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM results WHERE content_hash = ?", (content_hash,)).rowcount

    def _batch(self, encoding: str, keys: Sequence[str]) -> Iterator[Result]:
        marks = ", ".join("?" * len(keys))
        sql = f"SELECT {_COLUMNS} FROM results WHERE encoding = ? AND key IN ({marks})"
        return (Result(*row) for row in self._database.read(sql, (encoding, *keys)))


def write_result(connection: sqlite3.Connection, result: Result) -> Result:
    """Record a result inside the caller's transaction; the one that stands afterwards."""
    connection.execute(
        f"INSERT OR IGNORE INTO results ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            result.key,
            result.encoding,
            result.content_hash,
            result.size_bytes,
            result.seconds,
            result.created_at,
            result.run_id,
        ),
    )
    sql = f"SELECT {_COLUMNS} FROM results WHERE encoding = ? AND key = ?"
    return Result(*connection.execute(sql, (result.encoding, result.key)).fetchone())


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))
