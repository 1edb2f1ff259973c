"""Who works on what, by the clock of the server."""

from __future__ import annotations

import os

from artcelery.core.state.holder import holder_is_dead
from artcelery.core.state.octets import text
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Server

__all__ = ["RedisLeases"]


class RedisLeases:
    """Leases by key; machines whose clocks differ agree on when one lapses."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("leases")

    def acquire(self, key: str, holder: str, ttl_s: float) -> str | None:
        """A token when the key was free, lapsed, or held by a process that is gone; else None."""
        token = os.urandom(16).hex()
        other = self._server.write(self._script, "acquire", key, token, holder, ttl_s, "")
        if other and holder_is_dead(text(other[1])):
            other = self._server.write(self._script, "acquire", key, token, holder, ttl_s, other[0])
        return None if other else token

    def renew(self, key: str, token: str, ttl_s: float) -> bool:
        """Whether the lease is still ours; it then lasts `ttl_s` from now."""
        return bool(self._server.write(self._script, "renew", key, token, ttl_s))

    def release(self, key: str, token: str) -> None:
        """Give the key free, if it is still ours."""
        self._server.write(self._script, "release", key, token)
