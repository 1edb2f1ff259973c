"""Who works on what."""

from __future__ import annotations

import os
import sqlite3
import time

from artcelery.core.state.holder import holder_is_dead
from artcelery.core.state.sqlite.database import Database, Row

__all__ = ["SqliteLeases", "give_back", "keep", "take"]

_HELD = "SELECT holder, lapses_at FROM leases WHERE key = ?"
_KEPT_S = 86400.0
"""How long a lease that lapsed is kept: while nobody took it, its holder may wake up and go on."""


class SqliteLeases:
    """Leases by key, by the clock of this machine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, key: str, holder: str, ttl_s: float) -> str | None:
        """A token when the key was free, lapsed, or held by a process that is gone; else None."""
        if _held_until(self._database.read(_HELD, (key,))):  # without keeping others from writing
            return None
        with self._database.write() as connection:
            return take(connection, key, holder, ttl_s)[0] or None

    def renew(self, key: str, token: str, ttl_s: float) -> bool:
        """Whether the lease is still ours; it then lasts `ttl_s` from now."""
        with self._database.write() as connection:
            return keep(connection, key, token, ttl_s)

    def release(self, key: str, token: str) -> None:
        """Give the key free, if it is still ours."""
        with self._database.write() as connection:
            give_back(connection, key, token)


def take(connection: sqlite3.Connection, key: str, holder: str, ttl_s: float) -> tuple[str, float]:
    """A token (empty when another holds the key), and when the lease lapses."""
    if until := _held_until(connection.execute(_HELD, (key,)).fetchall()):
        return "", until
    token, lapses_at = os.urandom(16).hex(), time.time() + ttl_s
    connection.execute("DELETE FROM leases WHERE lapses_at < ?", (time.time() - _KEPT_S,))
    sql = "INSERT OR REPLACE INTO leases (key, token, holder, lapses_at) VALUES (?, ?, ?, ?)"
    connection.execute(sql, (key, token, holder, lapses_at))
    return token, lapses_at


def keep(connection: sqlite3.Connection, key: str, token: str, ttl_s: float) -> bool:
    """Whether the lease is still ours; it then lasts `ttl_s` from now."""
    sql = "UPDATE leases SET lapses_at = ? WHERE key = ? AND token = ?"
    return connection.execute(sql, (time.time() + ttl_s, key, token)).rowcount > 0


def give_back(connection: sqlite3.Connection, key: str, token: str) -> bool:
    """Give the key free; whether it was ours."""
    return connection.execute("DELETE FROM leases WHERE key = ? AND token = ?", (key, token)).rowcount > 0


def _held_until(rows: list[Row]) -> float:
    """When the lease lapses that stands in the way; 0 when none does."""
    held = (lapses_at for holder, lapses_at in rows if lapses_at > time.time() and not holder_is_dead(holder))
    return max(held, default=0.0)
