"""The workers that are alive, by the clock of the server."""

from __future__ import annotations

from collections.abc import Sequence

from artcelery.core.state.holder import holder_is_dead
from artcelery.core.state.octets import octets
from artcelery.core.state.packing import pack_worker, unpack_worker
from artcelery.core.state.records import WorkerRecord
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Server

__all__ = ["RedisWorkers"]


class RedisWorkers:
    """Workers by name."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("workers")

    def put(self, worker: WorkerRecord, ttl_s: float) -> None:
        """Record a worker; it is forgotten when it is not recorded again within `ttl_s`."""
        self._server.write(self._script, "put", octets(worker.name), pack_worker(worker), ttl_s)

    def all(self) -> Sequence[WorkerRecord]:
        """The workers that are alive, by name."""
        found = map(unpack_worker, self._server.read(self._script, "all"))
        return sorted((worker for worker in found if not holder_is_dead(worker.holder)), key=lambda worker: worker.name)

    def remove(self, name: str) -> None:
        """Forget a worker that stops."""
        self._server.write(self._script, "remove", octets(name))
