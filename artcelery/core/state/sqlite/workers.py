"""The workers that are alive, by the clock of this machine."""

from __future__ import annotations

import time
from collections.abc import Sequence

from artcelery.core.state.holder import holder_is_dead
from artcelery.core.state.packing import pack_worker, unpack_worker
from artcelery.core.state.records import WorkerRecord
from artcelery.core.state.sqlite.database import Database

__all__ = ["SqliteWorkers"]


class SqliteWorkers:
    """Workers by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, worker: WorkerRecord, ttl_s: float) -> None:
        """Record a worker; it is forgotten when it is not recorded again within `ttl_s`."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM workers WHERE lapses_at < ?", (time.time(),))
            connection.execute(
                "INSERT OR REPLACE INTO workers (name, record, lapses_at) VALUES (?, ?, ?)",
                (worker.name, pack_worker(worker), time.time() + ttl_s),
            )

    def all(self) -> Sequence[WorkerRecord]:
        """The workers that are alive, by name."""
        sql = "SELECT record FROM workers WHERE lapses_at >= ? ORDER BY name"
        found = (unpack_worker(text) for (text,) in self._database.read(sql, (time.time(),)))
        return [worker for worker in found if not holder_is_dead(worker.holder)]

    def remove(self, name: str) -> None:
        """Forget a worker that stops."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM workers WHERE name = ?", (name,))
