from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis

from artcelery.core.state.protocol import State
from artcelery.core.state.redis import RedisState
from artcelery.core.state.sqlite import SqliteState
from tests.core.state.redis_numbers import RedisNumbers
from tests.services import RedisServer, redis_server

Open = Callable[[], State]
NUMBERS = RedisNumbers()
FACTORIES: dict[str, Callable[[Path], State]] = {
    "sqlite": lambda folder: SqliteState.open(folder / "state.db"),
    "redis": lambda folder: RedisState.open(NUMBERS.url(folder)),
}


@pytest.fixture(scope="session", autouse=True)
def _one_redis_server() -> Iterator[None]:
    with TemporaryDirectory() as folder, NUMBERS.served_from(Path(folder)):
        yield


@pytest.fixture(params=FACTORIES)
def open_state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens one and the same state, empty at first, as often as wanted; each implementation in turn."""
    opened: list[State] = []

    def open_again() -> State:
        opened.append(FACTORIES[request.param](tmp_path))
        return opened[-1]

    yield open_again
    for state in opened:
        state.close()


@pytest.fixture
def state(open_state: Open) -> State:
    return open_state()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path / "redis", appendonly=True) as running:
        yield running


@pytest.fixture
def client(server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(server.url()) as opened:
        yield opened
