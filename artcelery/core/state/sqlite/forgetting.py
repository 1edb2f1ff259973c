"""What lapses is forgotten when something is written anyway: some of it each time, so that no call takes long."""

from __future__ import annotations

import sqlite3

__all__ = ["forget_lapsed"]

_MOST = 100
_LAPSING = {
    "sessions": ("id_hash", "expires_at"),
    "people": ("user", "lapses_at"),
    "asked": ("user", "lapses_at"),
    "tokens": ("token_hash, fate", "lapses_at"),
    "replies": ("user, key", "lapses_at"),
}


def forget_lapsed(connection: sqlite3.Connection, now: float) -> None:
    """Forget some of the sessions, marks of tokens and users, and replies whose time is over."""
    for table, (key, time) in _LAPSING.items():
        sql = f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {time} < ? LIMIT ?)"
        connection.execute(sql, (now, _MOST))
