"""Which requests were answered already, by the clock of this machine."""

from __future__ import annotations

import time

from artcelery.core.state.octets import octets
from artcelery.core.state.sqlite.database import Database
from artcelery.core.state.sqlite.forgetting import forget_lapsed

__all__ = ["SqliteReplies"]


class SqliteReplies:
    """Replies by user and key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, user: str, key: str, fingerprint: str, ttl_s: float) -> tuple[str, str] | None:
        """None when the key is free, and claimed now; else the fingerprint and the reply of who came first."""
        named, now = (octets(user), octets(key)), time.time()
        with self._database.write() as connection:
            forget_lapsed(connection, now)
            sql = "SELECT fingerprint, reply FROM replies WHERE user = ? AND key = ? AND lapses_at > ?"
            if standing := connection.execute(sql, (*named, now)).fetchone():
                return standing[0], standing[1]
            sql = "INSERT OR REPLACE INTO replies (user, key, fingerprint, reply, lapses_at) VALUES (?, ?, ?, '', ?)"
            connection.execute(sql, (*named, fingerprint, now + ttl_s))
        return None

    def keep(self, user: str, key: str, reply: str, ttl_s: float) -> None:
        """Record the reply to a claimed key."""
        with self._database.write() as connection:
            sql = "UPDATE replies SET reply = ?, lapses_at = ? WHERE user = ? AND key = ?"
            connection.execute(sql, (reply, time.time() + ttl_s, octets(user), octets(key)))

    def release(self, user: str, key: str) -> None:
        """Give a claimed key back; one that has its reply keeps it."""
        with self._database.write() as connection:
            sql = "DELETE FROM replies WHERE user = ? AND key = ? AND reply = ''"
            connection.execute(sql, (octets(user), octets(key)))
