"""Which requests were answered already, by the clock of this machine."""

from __future__ import annotations

import sqlite3
import time

from artcelery.core.state.octets import octets
from artcelery.core.state.records import Claim, Reply
from artcelery.core.state.sqlite.database import Database
from artcelery.core.state.sqlite.forgetting import forget_lapsed

__all__ = ["SqliteReplies", "is_answered", "write_reply"]

# What is claimed by an artcelery that records a key before its run has no reply yet: nobody answered it.
_STANDING = "SELECT fingerprint, reply FROM replies WHERE user = ? AND key = ? AND lapses_at > ? AND reply <> ''"


class SqliteReplies:
    """Replies by user and key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, user: str, key: str) -> Reply | None:
        """The reply to the request of a user's key, if it was answered."""
        rows = self._database.read(_STANDING, (octets(user), octets(key), time.time()))
        return Reply(*rows[0]) if rows else None


def is_answered(connection: sqlite3.Connection, claim: Claim) -> bool:
    """Whether the request was answered, asked inside the caller's transaction."""
    return connection.execute(_STANDING, (octets(claim.user), octets(claim.key), time.time())).fetchone() is not None


def write_reply(connection: sqlite3.Connection, claim: Claim, run_id: str) -> None:
    """Record, inside the caller's transaction, the run that answers a request."""
    forget_lapsed(connection, time.time())
    sql = "INSERT OR REPLACE INTO replies (user, key, fingerprint, reply, lapses_at) VALUES (?, ?, ?, ?, ?)"
    lapses_at = time.time() + claim.kept_s
    connection.execute(sql, (octets(claim.user), octets(claim.key), claim.fingerprint, run_id, lapses_at))
