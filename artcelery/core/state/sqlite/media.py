"""What is known of stored files, and of files on disk that were hashed before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields

from artcelery.core.state.octets import octets
from artcelery.core.state.records import FileFact, MediaFact
from artcelery.core.state.settling import is_settled
from artcelery.core.state.sqlite.database import Database

__all__ = ["SqliteMedia", "write_unknown"]

_FIELDS = tuple(field.name for field in fields(MediaFact))


class SqliteMedia:
    """Facts of stored files by content hash, and content hashes of files by path."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, content_hash: str) -> MediaFact | None:
        """What is known of the file, or None."""
        rows = self._database.read("SELECT fact FROM media WHERE content_hash = ?", (content_hash,))
        return _fact(rows[0][0]) if rows else None

    def get_many(self, content_hashes: Iterable[str]) -> Mapping[str, MediaFact]:
        """What is known of those of the files of which something is."""
        sql = "SELECT fact FROM media WHERE content_hash IN (SELECT value FROM json_each(?))"
        facts = (_fact(text) for (text,) in self._database.read(sql, (json.dumps(list(content_hashes)),)))
        return {fact.content_hash: fact for fact in facts}

    def put(self, fact: MediaFact) -> None:
        """Record what is known; empty fields leave what was known before."""
        with self._database.write() as connection:
            _write(connection, _completed(fact, _known(connection, fact)))

    def learn(self, facts: Sequence[MediaFact]) -> None:
        """Record of each file what is not known of it yet."""
        with self._database.write() as connection:
            for fact in facts:
                write_unknown(connection, fact)

    def all(self) -> Sequence[MediaFact]:
        """All facts, in the order of the content hashes."""
        return [_fact(text) for (text,) in self._database.read("SELECT fact FROM media ORDER BY content_hash")]

    def remove(self, content_hash: str) -> None:
        """Forget what is known of the file."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM media WHERE content_hash = ?", (content_hash,))

    def hash_of_file(self, file: FileFact) -> str | None:
        """The content hash of an unchanged file: every number equals what was recorded."""
        sql = (
            "SELECT content_hash FROM files WHERE path = ? AND device = ? AND inode = ? AND size_bytes = ?"
            " AND mtime_ns = ? AND ctime_ns = ?"
        )
        rows = self._database.read(sql, _file_columns(file))
        return rows[0][0] if rows else None

    def remember_file(self, file: FileFact) -> None:
        """Record the hash of a file; of one so young that it may still change unseen, nothing is kept."""
        if not is_settled(file):
            return self._forget_file(file)
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO files (path, device, inode, size_bytes, mtime_ns, ctime_ns, content_hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*_file_columns(file), file.content_hash),
            )
        return None

    def _forget_file(self, file: FileFact) -> None:
        path = octets(file.path)
        if self._database.read("SELECT 1 FROM files WHERE path = ?", (path,)):
            with self._database.write() as connection:
                connection.execute("DELETE FROM files WHERE path = ?", (path,))


def write_unknown(connection: sqlite3.Connection, fact: MediaFact) -> None:
    """Record, inside the caller's transaction, what is not known of the file yet."""
    _write(connection, _completed(_known(connection, fact), fact))


def _known(connection: sqlite3.Connection, fact: MediaFact) -> MediaFact:
    """What is known of the file, or else what is told now."""
    row = connection.execute("SELECT fact FROM media WHERE content_hash = ?", (fact.content_hash,)).fetchone()
    return _fact(row[0]) if row else fact


def _write(connection: sqlite3.Connection, fact: MediaFact) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO media (content_hash, fact) VALUES (?, ?)", (fact.content_hash, json.dumps(asdict(fact)))
    )


def _completed(fact: MediaFact, other: MediaFact) -> MediaFact:
    """The fact, with what is empty in it from the other."""
    return MediaFact(*(getattr(fact, name) or getattr(other, name) for name in _FIELDS))


def _fact(text: str) -> MediaFact:
    return MediaFact(**json.loads(text))


def _file_columns(file: FileFact) -> tuple[bytes, int, int, int, int, int]:
    return (
        octets(file.path),
        file.device,
        _signed(file.inode),
        file.size_bytes,
        file.mtime_ns,
        file.ctime_ns,
    )


def _signed(number: int) -> int:
    """The number as SQLite can hold it: some file systems number their files with all 64 bits."""
    return number - (1 << 64) if number >= 1 << 63 else number
