"""The state in one Redis server."""

from __future__ import annotations

from collections.abc import Sequence

from artcelery.core.errors import StateError
from artcelery.core.state.owned import Owned
from artcelery.core.state.redis.files import RedisFiles, holders_of
from artcelery.core.state.redis.journal import RedisJournal
from artcelery.core.state.redis.leases import RedisLeases
from artcelery.core.state.redis.media import RedisMedia
from artcelery.core.state.redis.names import RedisAssets, RedisConfigs
from artcelery.core.state.redis.passes import RedisPasses
from artcelery.core.state.redis.replies import RedisReplies
from artcelery.core.state.redis.results import RedisResults
from artcelery.core.state.redis.runs import RedisRuns
from artcelery.core.state.redis.server import Server
from artcelery.core.state.redis.sessions import RedisSessions
from artcelery.core.state.redis.workers import RedisWorkers

__all__ = ["FORMAT", "RedisState"]

FORMAT = 1
_FORMAT_KEY = "artdag:format"


class RedisState:
    """All facts in one Redis server, for any number of machines."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.shown = server.shown
        self.results = RedisResults(server)
        self.runs = RedisRuns(server)
        self.assets = RedisAssets(server, "")
        self.configs = RedisConfigs(server, "")
        self.media = RedisMedia(server)
        self.leases = RedisLeases(server)
        self.passes = RedisPasses(server)
        self.journal = RedisJournal(server)
        self.workers = RedisWorkers(server)
        self.sessions = RedisSessions(server)
        self.replies = RedisReplies(server)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> RedisState:
        """The state in the server at `url`: redis://HOST:PORT/NUMBER, rediss:// with TLS, or unix:///PATH?db=NUMBER.

        With `read_only`, writing is a StateError. UnreachableError when the server does not answer.
        """
        server = Server(url, read_only=read_only)
        try:
            _check_format(server, read_only)
        except BaseException:
            server.close()
            raise
        return cls(server)

    def belongings(self, user: str) -> Owned:
        """What is one user's."""
        server = self._server
        return Owned(RedisAssets(server, user), RedisConfigs(server, user), RedisFiles(server, user))

    def holders(self, content_hash: str) -> Sequence[str]:
        """The users whose file it is, but the machine's own, who may read all."""
        return holders_of(self._server, content_hash)

    def warnings(self) -> list[str]:
        """What is set in the server so that facts may be lost, each with the line that mends it."""
        from artcelery.core.state.redis.durability import warnings

        return warnings(self._server)

    def close(self) -> None:
        """Close the connections."""
        self._server.close()


def _check_format(server: Server, read_only: bool) -> None:
    standing = server.ask("GET", _FORMAT_KEY)
    if standing is None and not read_only:
        server.tell("SET", _FORMAT_KEY, FORMAT, "NX")
        standing = server.ask("GET", _FORMAT_KEY)
    if standing is not None and not _is_readable(standing):
        raise StateError(
            f"{server.shown} was written by a newer artcelery (format {standing.decode(errors='replace')}, this one"
            f" reads {FORMAT}); upgrade artcelery, or give this one a database number of its own"
        )


def _is_readable(standing: bytes) -> bool:
    return standing.isdigit() and int(standing) <= FORMAT
