from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from tests.services import RedisServer, redis_server
from tests.worker.farm import TestFarm


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


def environment_of(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ARTCELERY_", "AWS_"))}
    return {**kept, "ARTCELERY_HOME": str(folder / "home"), "PYTHONUTF8": "1", "ARTCELERY_LEASE_S": "4"}


@contextmanager
def farm_on(redis: RedisServer, folder: Path) -> Iterator[TestFarm]:
    """A farm on a Redis of its own."""
    farm = TestFarm(folder, {**environment_of(folder), "ARTCELERY_REDIS_URL": redis.url(5)})
    try:
        yield farm
    finally:
        farm.close()


@pytest.fixture(params=["embedded", "redis"])
def farm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestFarm]:
    """A farm with no service at all, and one on Redis."""
    environment = environment_of(tmp_path)
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        with Redis.from_url(server.url(5)) as client:
            client.flushall()
        environment["ARTCELERY_REDIS_URL"] = server.url(5)
    made = TestFarm(tmp_path, environment)
    yield made
    made.close()
