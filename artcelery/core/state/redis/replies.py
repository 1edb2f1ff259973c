"""Which requests were answered already, by the clock of the server."""

from __future__ import annotations

import os

from artcelery.core.state.octets import octets
from artcelery.core.state.redis.owning import quoted
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Server

__all__ = ["RedisReplies"]


class RedisReplies:
    """Replies by user and key."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("replies")

    def claim(self, user: str, key: str, fingerprint: str, ttl_s: float) -> tuple[str, str] | None:
        """None when the key is free, and claimed now; else the fingerprint and the reply of who came first."""
        asked = (_named(user, key), fingerprint, ttl_s, os.urandom(16).hex())
        found = self._server.write(self._script, "claim", *asked)
        return (found[0].decode(), found[1].decode()) if found else None

    def keep(self, user: str, key: str, reply: str, ttl_s: float) -> None:
        """Record the reply to a claimed key."""
        self._server.write(self._script, "keep", _named(user, key), reply, ttl_s)

    def release(self, user: str, key: str) -> None:
        """Give a claimed key back; one that has its reply keeps it."""
        self._server.write(self._script, "release", _named(user, key))


def _named(user: str, key: str) -> bytes:
    return octets(f"{quoted(user)}:{key}")
