"""The files that are somebody's, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import fields

from artcelery.core.state.holdings import beginning, page_of
from artcelery.core.state.octets import octets, text
from artcelery.core.state.protocol import FileFilter, FilePage, Files
from artcelery.core.state.protocol.people import ANY_FILE
from artcelery.core.state.records import Holding, MediaFact
from artcelery.core.state.sqlite.database import Database, Row
from artcelery.core.state.sqlite.media import write_unknown
from artcelery.core.state.sqlite.walking import walked

__all__ = ["files_of", "holders_of"]

_NAMES = tuple(field.name for field in fields(Holding))
_COLUMNS = ", ".join(_NAMES)
_ONE = f"SELECT {_COLUMNS} FROM holdings WHERE user = ? AND content_hash = ?"


class _Files:
    """The files of a user."""

    def __init__(self, database: Database, user: str) -> None:
        self._database = database
        self._user = octets(user)

    def put(self, holding: Holding) -> None:
        """Record a file as theirs; what was recorded of it before stands, but where it was empty."""
        with self._database.write() as connection:
            row = connection.execute(_ONE, (self._user, holding.content_hash)).fetchone()
            standing = _holding(row) if row else holding
            whole = Holding(*(getattr(standing, name) or getattr(holding, name) for name in _NAMES))
            self._forget(connection, holding.content_hash)
            sql = f"INSERT INTO holdings (user, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
            connection.execute(sql, (self._user, *_row(whole)))

    def get(self, content_hash: str) -> Holding | None:
        """What is recorded of the file, None when it is not theirs."""
        rows = self._database.read(_ONE, (self._user, content_hash))
        return _holding(rows[0]) if rows else None

    def page(self, *, limit: int = 50, cursor: str | None = None, only: FileFilter = ANY_FILE) -> FilePage:
        """Files, newest first."""
        limit = max(limit, 1)
        rows = walked(self._database, _COLUMNS, self._user, beginning(cursor, only), limit + 1, only)
        return page_of(map(_holding, rows), limit)

    def total(self) -> tuple[int, int]:
        """How many files there are, and how many bytes."""
        rows = self._database.read("SELECT files, bytes FROM holding_totals WHERE user = ?", (self._user,))
        return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)

    def remove(self, content_hash: str) -> bool:
        """Let go of a file; whether it was theirs."""
        with self._database.write() as connection:
            return self._forget(connection, content_hash)

    def _forget(self, connection: sqlite3.Connection, content_hash: str) -> bool:
        sql = "DELETE FROM holdings WHERE user = ? AND content_hash = ?"
        return connection.execute(sql, (self._user, content_hash)).rowcount > 0


class _StoredFiles(_Files):
    """All stored files, which are those of the machine's own user.

    What is known of them are the facts of `media`; triggers keep the list of them. Their kind is that of the clip.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database, "")

    def put(self, holding: Holding) -> None:
        """Record what is not known yet of a stored file."""
        fact = MediaFact(
            holding.content_hash, holding.size_bytes, None, holding.name, holding.origin, holding.created_at
        )
        with self._database.write() as connection:
            write_unknown(connection, fact)

    def _forget(self, connection: sqlite3.Connection, content_hash: str) -> bool:
        return connection.execute("DELETE FROM media WHERE content_hash = ?", (content_hash,)).rowcount > 0


def files_of(database: Database, user: str) -> Files:
    """The files of a user."""
    return _Files(database, user) if user else _StoredFiles(database)


def holders_of(database: Database, content_hash: str) -> Sequence[str]:
    """The users whose file it is, but the machine's own, who may read all."""
    sql = "SELECT user FROM holdings WHERE content_hash = ? AND user <> x'' ORDER BY user"
    return [text(user) for (user,) in database.read(sql, (content_hash,))]


def _row(holding: Holding) -> Row:
    hash_and_size = (holding.content_hash, holding.size_bytes)
    return (*hash_and_size, holding.kind, octets(holding.name), octets(holding.origin), holding.created_at)


def _holding(row: Row) -> Holding:
    content_hash, size_bytes, kind, name, origin, created_at = row
    return Holding(content_hash, size_bytes, kind, text(name), text(origin), created_at)
