"""What happened to each run, in order."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

from artcelery.core.state.records import Entry
from artcelery.core.state.sqlite.database import Database

__all__ = ["SqliteJournal", "write_entry"]


class SqliteJournal:
    """Entries by run and number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, run_id: str, kind: str, data: Mapping[str, Any]) -> int:
        """Add an entry of plain values; its number."""
        with self._database.write() as connection:
            return write_entry(connection, run_id, kind, data)

    def since(self, run_id: str, number: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """The entries after that number, oldest first."""
        sql = "SELECT number, at, kind, data FROM journal WHERE run_id = ? AND number > ? ORDER BY number LIMIT ?"
        rows = self._database.read(sql, (run_id, number, limit))
        return [Entry(number, at, kind, json.loads(data)) for number, at, kind, data in rows]


def write_entry(connection: sqlite3.Connection, run_id: str, kind: str, data: Mapping[str, Any]) -> int:
    """Add an entry inside the caller's transaction; its number."""
    sql = "SELECT coalesce(max(number), 0) + 1 FROM journal WHERE run_id = ?"
    number = int(connection.execute(sql, (run_id,)).fetchone()[0])
    connection.execute(
        "INSERT INTO journal (run_id, number, at, kind, data) VALUES (?, ?, ?, ?, ?)",
        (run_id, number, time.time(), kind, json.dumps(dict(data), separators=(",", ":"))),
    )
    return number
