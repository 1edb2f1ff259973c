"""What SQLite's errors mean to the user, and what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artcelery.core.errors import ArtceleryError, StateError, StoreFullError, UnreachableError, UsageError
from artcelery.core.store.source import shown

__all__ = ["explained"]

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file at `path` into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explanation(shown(path), error) from error
    except UnicodeEncodeError as error:
        raise UsageError(f"{error.object!a} is not valid text; no run, result or file has such an id") from error


def _explanation(path: str, error: sqlite3.Error) -> ArtceleryError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(
            f"no room to record anything in {path}: {error}; free some with `artcelery cache prune --max-size SIZE`"
        )
    if code in _BUSY:
        return UnreachableError(f"{path} stays locked by another process ({error}); try again when that has ended")
    return StateError(_advice(path, code).format(path=path, error=error))


def _advice(path: str, code: int) -> str:
    if code in _DAMAGED:
        return (
            "{path} is damaged or no state file ({error}); move it and its -wal and -shm away to begin again: "
            "stored files stay, and what was rendered is rendered anew when asked for"
        )
    if code in _FORBIDDEN:
        return "{path} cannot be opened or written ({error}); check the permissions of the file and of its folder"
    if code == sqlite3.SQLITE_IOERR:
        return "{path} cannot be read or written ({error}); check the disk, its free space (`df`) and your quota"
    return "{path} cannot be used ({error})"
