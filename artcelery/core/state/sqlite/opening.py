"""Opening the state file: for writing, made when it is missing; for reading, touching nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from artcelery.core.errors import StateError
from artcelery.core.state.holdings import folded
from artcelery.core.state.octets import text
from artcelery.core.state.sqlite.database import Database, ReadOnlyDatabase
from artcelery.core.state.sqlite.explaining import explained
from artcelery.core.state.sqlite.schema import VERSION, complete_for_reading, create_tables, standing_version
from artcelery.core.store.folders import make_folder
from artcelery.core.store.source import shown

__all__ = ["open_for_reading", "open_for_writing"]

_PATIENCE_S = 30.0
_making = threading.Lock()

_Done = TypeVar("_Done")


def open_for_writing(path: Path, wait_s: float = _PATIENCE_S) -> Database:
    """The database at `path`; it and its folder are made when missing, for the user alone.

    Where others write, `wait_s` is how long that is waited for.
    """
    with _openable(path):
        make_folder(path.parent)
        _make_file(path)
    return Database(path, lambda: _connect_writing(path, wait_s), wait_s)


def _make_file(path: Path) -> None:
    """Make the file when it is missing; one that is there is never opened and closed.

    Closing a file gives up all locks that this process has on it, also those of SQLite's connections: another process
    then takes itself for the last one, and removes the log that these still write to.
    """
    with _making, suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def open_for_reading(path: Path) -> Database:
    """The database at `path`, or an empty one in memory when there is none."""
    reading = _Reading(path)
    return ReadOnlyDatabase(path, reading.connect, _PATIENCE_S, reading.changed)


class _Reading:
    """Connections that change nothing on disk, and whether somebody else did.

    A file in WAL mode can be read with locks only through its `-shm`, which SQLite makes when it is missing. So the
    file is read as if it were immutable as long as its log is missing or empty: then the file is all there is. When
    there is a log, another process has the file open (or was killed), the `-shm` exists and serves.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] | None = None

    def connect(self) -> sqlite3.Connection:
        self._seen = self._look()
        if self._seen is not None and self._seen[0] == 0:
            return _empty()
        how = "mode=ro" if self._seen is None else "mode=ro&immutable=1"
        return _connect_reading(self._path, f"{self._path.absolute().as_uri()}?{how}")

    def changed(self) -> bool:
        """Whether somebody wrote since the file was opened without locks."""
        return self._seen is not None and self._look() != self._seen

    def _look(self) -> tuple[int, ...] | None:
        """Size and other marks of the file; None when there is a log, so that locks are needed."""
        with _openable(self._path):
            if _marks(self._path.with_name(self._path.name + "-wal"))[0]:
                return None
            return _marks(self._path)


def _marks(path: Path) -> tuple[int, ...]:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return (0,)
    if stat.S_ISDIR(facts.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _connect_writing(path: Path, wait_s: float) -> sqlite3.Connection:
    with explained(path), _closed_on_failure(_connection(str(path), wait_s)) as connection:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        if not _in_transaction(connection, "DEFERRED", lambda: _is_ready(connection, path)):
            _in_transaction(connection, "IMMEDIATE", lambda: _make_tables(connection, path))
        return connection


def _make_tables(connection: sqlite3.Connection, path: Path) -> bool:
    if not _is_ready(connection, path):
        create_tables(connection)
    return True


def _is_ready(connection: sqlite3.Connection, path: Path) -> bool:
    return standing_version(connection, path) == VERSION


def _connect_reading(path: Path, uri: str) -> sqlite3.Connection:
    with explained(path), _closed_on_failure(_connection(uri)) as connection:
        standing = _in_transaction(connection, "DEFERRED", lambda: standing_version(connection, path))
        if standing:
            if standing < VERSION:
                complete_for_reading(connection, standing)
            return connection
        connection.close()
        return _empty()


def _empty() -> sqlite3.Connection:
    connection = _connection(":memory:")
    create_tables(connection)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connection(name: str, wait_s: float = _PATIENCE_S) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name, timeout=wait_s, isolation_level=None, check_same_thread=False, uri=name.startswith("file:")
    )
    connection.create_function("folded", 1, lambda name: folded(text(name)), deterministic=True)
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to its write-ahead log; SQLite refuses that without waiting while others look at the file."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _in_transaction(connection: sqlite3.Connection, kind: str, work: Callable[[], _Done]) -> _Done:
    connection.execute(f"BEGIN {kind}")
    done = work()
    connection.execute("COMMIT")
    return done


@contextmanager
def _closed_on_failure(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


@contextmanager
def _openable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{shown(path)} cannot be opened: {error.strerror}; check the permissions, or set ARTCELERY_HOME"
        raise StateError(message) from error
