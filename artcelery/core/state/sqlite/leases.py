"""Who works on what."""

from __future__ import annotations

import os
import time

from artcelery.core.state.holder import holder_is_dead
from artcelery.core.state.sqlite.database import Database, Row

__all__ = ["SqliteLeases"]

_HELD = "SELECT holder, lapses_at FROM leases WHERE key = ?"


class SqliteLeases:
    """Leases by key, by the clock of this machine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, key: str, holder: str, ttl_s: float) -> str | None:
        """A token when the key was free, lapsed, or held by a process that is gone; else None."""
        if _is_held(self._database.read(_HELD, (key,))):  # without keeping others from writing
            return None
        with self._database.write() as connection:
            if _is_held(connection.execute(_HELD, (key,)).fetchall()):
                return None
            token = os.urandom(16).hex()
            connection.execute(
                "INSERT OR REPLACE INTO leases (key, token, holder, lapses_at) VALUES (?, ?, ?, ?)",
                (key, token, holder, time.time() + ttl_s),
            )
        return token

    def renew(self, key: str, token: str, ttl_s: float) -> bool:
        """Whether the lease is still ours; it then lasts `ttl_s` from now."""
        with self._database.write() as connection:
            sql = "UPDATE leases SET lapses_at = ? WHERE key = ? AND token = ?"
            return connection.execute(sql, (time.time() + ttl_s, key, token)).rowcount > 0

    def release(self, key: str, token: str) -> None:
        """Give the key free, if it is still ours."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM leases WHERE key = ? AND token = ?", (key, token))


def _is_held(rows: list[Row]) -> bool:
    return any(lapses_at > time.time() and not holder_is_dead(holder) for holder, lapses_at in rows)
