"""Who is signed in, by the clock of this machine."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import fields

from artcelery.core.state.octets import octets, text
from artcelery.core.state.protocol import Verdict
from artcelery.core.state.records import Session
from artcelery.core.state.sqlite.database import Database, Row
from artcelery.core.state.sqlite.forgetting import forget_lapsed

__all__ = ["SqliteSessions"]

_DAY_S = 86400.0
"""How long a user is remembered at least who was suspected or revoked: longer than any sign-in takes."""

_NAMES = tuple(field.name for field in fields(Session))
_COLUMNS = ", ".join(f"sessions.{name}" for name in _NAMES)
_REVOKED = "SELECT 1 FROM tokens WHERE token_hash = {token} AND fate = 'revoked' AND lapses_at > ?"
_COUNTING = (
    f"SELECT coalesce(suspected_at, 0), {_COLUMNS} FROM sessions LEFT JOIN people ON people.user = sessions.user"
    " WHERE {which} = ? AND sessions.expires_at > ? AND sessions.epoch = coalesce(people.epoch, 0)"
    f" AND NOT EXISTS ({_REVOKED.format(token='sessions.token_hash')}) ORDER BY sessions.created_at, sessions.id_hash"
)


class SqliteSessions:
    """Sessions by their id, their user and their token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def epoch(self, user: str) -> int:
        """The user's epoch now."""
        rows = self._database.read("SELECT epoch FROM people WHERE user = ?", (octets(user),))
        return int(rows[0][0]) if rows else 0

    def spend(self, token_hash: str, ttl_s: float) -> bool:
        """Use a token to sign in with: whether nobody did before, for so long."""
        now = time.time()
        with self._database.write() as connection:
            forget_lapsed(connection, now)
            sql = "SELECT 1 FROM tokens WHERE token_hash = ? AND fate = 'spent' AND lapses_at > ?"
            if connection.execute(sql, (token_hash, now)).fetchone():
                return False
            _mark(connection, token_hash, "spent", now + ttl_s)
        return True

    def begin(self, session: Session) -> bool:
        """Record a session; False when its epoch has passed, its token is revoked, or it has expired."""
        now = time.time()
        with self._database.write() as connection:
            forget_lapsed(connection, now)
            if session.expires_at <= now or not _may_begin(connection, session, now):
                return False
            _insert(connection, session)
            sql = "UPDATE people SET lapses_at = max(lapses_at, ?) WHERE user = ?"
            connection.execute(sql, (session.expires_at, octets(session.user)))
        return True

    def check(self, id_hash: str, now: float) -> Verdict | None:
        """The session of that id, None when there is none that counts."""
        rows = self._database.read(_COUNTING.format(which="sessions.id_hash"), (id_hash, now, now))
        return Verdict(_session(rows[0]), rows[0][0]) if rows else None

    def verified(self, id_hash: str, at: float) -> bool:
        """Record that the token of a session was found valid again; False when the session is gone."""
        now = time.time()
        with self._database.write() as connection:
            if not connection.execute(_COUNTING.format(which="sessions.id_hash"), (id_hash, now, now)).fetchone():
                return False
            sql = "UPDATE sessions SET verified_at = max(verified_at, ?) WHERE id_hash = ?"
            connection.execute(sql, (at, id_hash))
        return True

    def suspect(self, user: str, at: float) -> None:
        """Record that somebody says that a user signed out."""
        with self._database.write() as connection:
            _remember(connection, user, _DAY_S)
            sql = "UPDATE people SET suspected_at = max(suspected_at, ?) WHERE user = ?"
            connection.execute(sql, (at, octets(user)))

    def may_ask(self, user: str, now: float, pause_s: float) -> bool:
        """Whether L2 may be asked about a user now; the next one who asks within `pause_s` may not."""
        with self._database.write() as connection:
            forget_lapsed(connection, now)
            # What lapses so much later is from before the clock was set back.
            sql = "SELECT 1 FROM asked WHERE user = ? AND lapses_at > ? AND lapses_at <= ?"
            if connection.execute(sql, (octets(user), now, now + 2 * pause_s)).fetchone():
                return False
            sql = "INSERT OR REPLACE INTO asked (user, lapses_at) VALUES (?, ?)"
            connection.execute(sql, (octets(user), now + pause_s))
        return True

    def revoke(self, token_hash: str, ttl_s: float) -> bool:
        """Let no session of a token count any more, for so long; those that stand are forgotten. Whether some did."""
        with self._database.write() as connection:
            forget_lapsed(connection, time.time())
            return _revoke(connection, token_hash, ttl_s)

    def relent(self, token_hash: str, ttl_s: float) -> None:
        """Forget in so long, at the latest, that a token was revoked."""
        with self._database.write() as connection:
            sql = "UPDATE tokens SET lapses_at = min(lapses_at, ?) WHERE token_hash = ? AND fate = 'revoked'"
            connection.execute(sql, (time.time() + ttl_s, token_hash))

    def revoke_user(self, user: str, ttl_s: float) -> int:
        """Revoke all tokens of a user and count up the epoch; how many tokens there were."""
        with self._database.write() as connection:
            sql = "SELECT DISTINCT token_hash FROM sessions WHERE user = ? AND expires_at > ?"
            tokens = connection.execute(sql, (octets(user), time.time())).fetchall()
            for (token_hash,) in tokens:
                _revoke(connection, token_hash, ttl_s)
            _remember(connection, user, max(ttl_s, _DAY_S))
            connection.execute("UPDATE people SET epoch = epoch + 1 WHERE user = ?", (octets(user),))
        return len(tokens)

    def of_user(self, user: str) -> Sequence[Session]:
        """The sessions of a user that count, oldest first."""
        now = time.time()
        return [
            _session(row)
            for row in self._database.read(_COUNTING.format(which="sessions.user"), (octets(user), now, now))
        ]

    def forget(self, id_hash: str) -> None:
        """End one session."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE id_hash = ?", (id_hash,))


def _may_begin(connection: sqlite3.Connection, session: Session, now: float) -> bool:
    row = connection.execute("SELECT epoch FROM people WHERE user = ?", (octets(session.user),)).fetchone()
    is_revoked = connection.execute(_REVOKED.format(token="?"), (session.token_hash, now)).fetchone()
    return session.epoch == (row[0] if row else 0) and not is_revoked


def _insert(connection: sqlite3.Connection, session: Session) -> None:
    sql = f"INSERT OR REPLACE INTO sessions ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
    values = {name: getattr(session, name) for name in _NAMES} | {"user": octets(session.user)}
    connection.execute(sql, tuple(values.values()))


def _revoke(connection: sqlite3.Connection, token_hash: str, ttl_s: float) -> bool:
    sql = "SELECT coalesce(max(expires_at), 0) FROM sessions WHERE token_hash = ?"
    (expires_at,) = connection.execute(sql, (token_hash,)).fetchone()
    _mark(connection, token_hash, "revoked", max(time.time() + ttl_s, expires_at))
    return connection.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,)).rowcount > 0


def _mark(connection: sqlite3.Connection, token_hash: str, fate: str, lapses_at: float) -> None:
    connection.execute(
        "INSERT INTO tokens (token_hash, fate, lapses_at) VALUES (?, ?, ?)"
        " ON CONFLICT (token_hash, fate) DO UPDATE SET lapses_at = max(lapses_at, excluded.lapses_at)",
        (token_hash, fate, lapses_at),
    )


def _remember(connection: sqlite3.Connection, user: str, for_s: float) -> None:
    """Have a place for what is said of the user, for so long and as long as there are sessions that it is said of."""
    forget_lapsed(connection, time.time())
    connection.execute(
        "INSERT INTO people (user, epoch, suspected_at, lapses_at)"
        " SELECT ?1, 0, 0, max(?2, coalesce((SELECT max(expires_at) FROM sessions WHERE user = ?1), 0)) WHERE true"
        " ON CONFLICT (user) DO UPDATE SET lapses_at = max(lapses_at, excluded.lapses_at)",
        (octets(user), time.time() + for_s),
    )


def _session(row: Row) -> Session:
    """The session of a row, which what is said of its user stands before."""
    _, id_hash, user, *more = row
    return Session(id_hash, text(user), *more)
