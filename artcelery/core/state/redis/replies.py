"""Which requests were answered already, by the clock of the server."""

from __future__ import annotations

from artcelery.core.state.octets import octets
from artcelery.core.state.records import Claim, Reply
from artcelery.core.state.redis.owning import quoted
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["RedisReplies", "pack_claim"]


class RedisReplies:
    """Replies by user and key."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("replies")

    def find(self, user: str, key: str) -> Reply | None:
        """The reply to the request of a user's key, if it was answered."""
        found = self._server.read(self._script, "find", _named(user, key))
        return Reply(*map(bytes.decode, found)) if found else None


def pack_claim(claim: Claim | None) -> tuple[Argument, ...]:
    """A claim, or that there is none, as scripts take it."""
    return ("", "", "") if claim is None else (_named(claim.user, claim.key), claim.fingerprint, claim.kept_s)


def _named(user: str, key: str) -> bytes:
    return octets(f"{quoted(user)}:{key}")
