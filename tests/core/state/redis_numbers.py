"""Empty databases of one Redis server, as many as are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from tests.services import RedisServer, redis_server

COUNT = 64


class RedisNumbers:
    """One server for many tests: each folder has a database, which is empty when it is first asked for."""

    def __init__(self) -> None:
        self._server: RedisServer | None = None
        self._given: dict[Path, int] = {}
        self._count = 0

    @contextmanager
    def served_from(self, folder: Path) -> Iterator[None]:
        """Meanwhile the server runs."""
        with redis_server(folder) as self._server:
            yield

    def url(self, folder: Path) -> str:
        """The address of the database that stands for the folder."""
        assert self._server
        if folder not in self._given:
            number = self._count % COUNT
            self._given = {known: its for known, its in self._given.items() if its != number} | {folder: number}
            self._count += 1
            with Redis.from_url(self._server.url(number)) as client:
                client.flushdb()
        return self._server.url(self._given[folder])
