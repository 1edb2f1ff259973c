"""What is pruned is nobody's: also when it becomes somebody's meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from artcelery.core.engine import Engine
from artcelery.core.state.holder import holder_id
from artcelery.core.state.records import Holding
from tests.server.files.people import People, new_picture, uploaded


@pytest.fixture
def engine(people: People) -> Engine:
    """The engine of the server, as who operates it works with it."""
    return people.server.services.engine


@contextmanager
def pruned_meanwhile(engine: Engine) -> Iterator[None]:
    """Pruning, again and again."""
    over = threading.Event()

    def prune() -> None:
        while not over.is_set():
            engine.cache.prune(max_size_bytes=0)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(prune)
        try:
            yield
        finally:
            over.set()
            done.result()


def test_what_becomes_somebodys_while_it_is_looked_at_is_not_pruned(people: People, engine: Engine) -> None:
    data = new_picture()
    name = uploaded(people.operator(), data)
    token = engine.state.leases.acquire(f"file:{name}", holder_id(), 60)  # as an upload does that has come
    assert token
    found: list[str] = []
    pruning = threading.Thread(
        target=lambda: found.extend(item.content_hash for item in engine.cache.prune(max_size_bytes=0).items)
    )
    pruning.start()
    pruning.join(0.5)
    assert pruning.is_alive()
    engine.state.belongings("@late@l2.example.com").files.put(Holding(name, len(data)))
    engine.state.leases.release(f"file:{name}", token)
    pruning.join(60)
    assert name not in found
    assert people.operator().get(f"/cache/{name}").content == data
    engine.state.belongings("@late@l2.example.com").files.remove(name)


def test_uploads_of_what_is_known_survive_that_it_is_pruned(people: People, engine: Engine) -> None:
    pictures = [new_picture() for _ in range(30)]
    operator, client = people.operator(), people.client("keeper")
    with pruned_meanwhile(engine):
        for data in pictures:
            uploaded(operator, data)
            name = uploaded(client, data)
            assert client.get(f"/cache/{name}").content == data
    listed = {item["content_hash"] for item in client.get("/cache", params={"limit": 1000}).json()["files"]}
    assert len(listed) == len(pictures)
    assert all(client.get(f"/cache/{name}").status_code == 200 for name in listed)
