"""One connection to a SQLite file, and its transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any

from artcelery.core.errors import StateError, UnreachableError
from artcelery.core.state.sqlite.explaining import explained
from artcelery.core.store.source import shown

__all__ = ["Database", "ReadOnlyDatabase", "Row"]

_LOOK_S = 0.1
_HARDLY_MS = 50
_PATIENCE_S = 30.0

Row = tuple[Any, ...]
Connect = Callable[[], sqlite3.Connection]


class Database:
    """One connection, shared by all threads of a process; a forked process gets its own.

    `wait_s` is how long another process is waited for that locks the file: by the thread that has the connection, and
    by those behind it, all at once. While others only work, threads wait for their turn with more patience.
    """

    def __init__(self, path: Path, connect: Connect, wait_s: float) -> None:
        self._path = path
        self._connect = connect
        self._wait_s = wait_s
        self._lock = threading.RLock()
        self._locked_at = -inf
        self._abandoned: list[sqlite3.Connection] = []
        self._connection = connect()
        self._pid = os.getpid()

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of one query, as they were at one moment."""
        with self._alone(), explained(self._path):
            return self._own_connection().execute(sql, parameters).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes in; durable at the end, or without any effect."""
        with self._alone(), explained(self._path):
            connection = self._own_connection()
            self._begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock, explained(self._path):
            if self._pid == os.getpid():
                self._connection.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Meanwhile no other thread uses the connection."""
        self._acquire()
        try:
            yield
        finally:
            self._lock.release()

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Begin a transaction that writes; a file that was locked a moment ago is hardly waited for."""
        was_locked = time.monotonic() - self._locked_at < self._wait_s
        if was_locked:
            connection.execute(f"PRAGMA busy_timeout = {_HARDLY_MS}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not was_locked and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                self._locked_at = time.monotonic()
            raise
        finally:
            if was_locked:
                connection.execute(f"PRAGMA busy_timeout = {round(self._wait_s * 1000)}")
        self._locked_at = -inf

    def _acquire(self) -> None:
        began = time.monotonic()
        while not self._lock.acquire(timeout=_LOOK_S):
            waited_s = time.monotonic() - began
            if waited_s >= self._wait_s and self._locked_at >= began:
                raise UnreachableError(f"{shown(self._path)} stays locked by another process; try again in a moment")
            if waited_s >= _PATIENCE_S:
                raise UnreachableError(f"{shown(self._path)} is used by too many at once; try again in a moment")

    def _own_connection(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            # SQLite forbids even to close a connection that was opened before the fork.
            self._abandoned.append(self._connection)
            self._connection, self._pid = self._connect(), os.getpid()
        return self._connection


class ReadOnlyDatabase(Database):
    """A database that writes nothing at all, not even the files that SQLite keeps beside its own.

    While no other process has the file open, it is read without any lock, for which SQLite would need such files.
    Should somebody write meanwhile, which the file and its log then show, the query is asked again with locks.
    """

    def __init__(self, path: Path, connect: Connect, wait_s: float, changed: Callable[[], bool]) -> None:
        super().__init__(path, connect, wait_s)
        self._changed = changed

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._alone():
            try:
                rows = super().read(sql, parameters)
            except StateError:
                if not self._changed():
                    raise
            else:
                if not self._changed():
                    return rows
            self._connection.close()
            self._connection = self._connect()
            return self.read(sql, parameters)
