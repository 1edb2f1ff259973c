from __future__ import annotations

import os
from collections.abc import Iterator
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
