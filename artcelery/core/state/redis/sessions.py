"""Who is signed in, by the clock of the server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields

from artcelery.core.state.octets import octets, text
from artcelery.core.state.protocol import Verdict
from artcelery.core.state.records import Session
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["RedisSessions"]

_NAMES = tuple(field.name for field in fields(Session))


class RedisSessions:
    """Sessions by their id, their user and their token."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("sessions")

    def epoch(self, user: str) -> int:
        """The user's epoch now."""
        return int(self._server.ask("HGET", b"artdag:user:" + octets(user), "epoch") or 0)

    def spend(self, token_hash: str, ttl_s: float) -> bool:
        """Use a token to sign in with: whether nobody did before, for so long."""
        return bool(self._server.write(self._script, "spend", token_hash, ttl_s, os.urandom(16).hex()))

    def begin(self, session: Session) -> bool:
        """Record a session; False when its epoch has passed, its token is revoked, or it has expired."""
        return bool(self._server.write(self._script, "begin", *_packed(session)))

    def check(self, id_hash: str, now: float) -> Verdict | None:
        """The session of that id, None when there is none that counts."""
        found = self._server.read(self._script, "check", id_hash, now)
        return Verdict(_session(id_hash.encode(), *found[1:]), float(found[0])) if found else None

    def verified(self, id_hash: str, at: float) -> bool:
        """Record that the token of a session was found valid again; False when the session is gone."""
        return bool(self._server.write(self._script, "verified", id_hash, at))

    def suspect(self, user: str, at: float) -> None:
        """Record that somebody says that a user signed out."""
        self._server.write(self._script, "suspect", octets(user), at)

    def may_ask(self, user: str, now: float, pause_s: float) -> bool:
        """Whether L2 may be asked about a user now; the next one who asks within `pause_s` may not."""
        return bool(self._server.write(self._script, "may_ask", octets(user), pause_s, os.urandom(16).hex()))

    def revoke(self, token_hash: str, ttl_s: float) -> bool:
        """Let no session of a token count any more, for so long; those that stand are forgotten. Whether some did.

        When its answer is lost it is called again, so that it surely happens; it then finds none any more.
        """
        return bool(self._server.write(self._script, "revoke", token_hash, ttl_s))

    def relent(self, token_hash: str, ttl_s: float) -> None:
        """Forget in so long, at the latest, that a token was revoked."""
        self._server.write(self._script, "relent", token_hash, ttl_s)

    def revoke_user(self, user: str, ttl_s: float) -> int:
        """Revoke all tokens of a user and count up the epoch; how many tokens there were.

        When its answer is lost it is called again, so that it surely happens; what it says is then too little.
        """
        return int(self._server.write(self._script, "revoke_user", octets(user), ttl_s))

    def of_user(self, user: str) -> Sequence[Session]:
        """The sessions of a user that count, oldest first."""
        found = [_session(*values) for values in self._server.read(self._script, "of_user", octets(user))]
        return sorted(found, key=lambda session: (session.created_at, session.id_hash))

    def forget(self, id_hash: str) -> None:
        """End one session."""
        self._server.write(self._script, "forget", id_hash)


def _packed(session: Session) -> list[Argument]:
    return [octets(session.user) if name == "user" else getattr(session, name) for name in _NAMES]


def _session(id_hash: bytes, user: bytes, *values: bytes) -> Session:
    token_hash, l2_origin, epoch, created_at, verified_at, expires_at, sealed = (value.decode() for value in values)
    times = (float(created_at), float(verified_at), float(expires_at))
    return Session(id_hash.decode(), text(user), token_hash, l2_origin, int(epoch), *times, sealed)
