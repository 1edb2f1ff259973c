"""A key names one run for ever, whatever moment its server is killed in."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from artcelery.core.engine import Engine, open_engine
from artcelery.core.settings import Settings
from tests.media_files import make_still, picture_array
from tests.server.l2_server import ReferenceL2, reference_l2
from tests.server.serving.program import Serve, serving
from tests.services import free_port, redis_server
from tests.worker.farm import until


@dataclass(frozen=True)
class House:
    """What outlives the servers of a test: their home, their state, an L2, and how they are asked."""

    folder: Path
    l2: ReferenceL2
    where: dict[str, str]
    port: int

    def serving(self) -> AbstractContextManager[Serve]:
        url = f"http://127.0.0.1:{self.port}"
        given = {**self.where, "ARTCELERY_L2_URLS": self.l2.origin, "ARTCELERY_PUBLIC_URL": url}
        return serving(self.folder, "--no-worker", "--port", str(self.port), **given)

    def engine(self) -> Engine:
        given = {"home": self.folder / "home", "redis_url": self.where.get("ARTCELERY_REDIS_URL")}
        return open_engine(Settings.model_validate(given))

    def runs(self) -> list[str]:
        with self.engine() as engine:
            return [run.id for run in engine.runs.page(limit=9).runs]

    def publish_picture(self) -> str:
        """A stored file that is nobody's and published."""
        with self.engine() as engine:
            picture = engine.assets.add(make_still(self.folder / "picture.png", picture_array(40, 30)))
        self.l2.publish(picture.content_hash)
        return picture.content_hash

    def asked(self, served: Serve, picture: str) -> httpx.Response:
        """What a user of L2 is answered who asks for a run with a key."""
        headers = {"Idempotency-Key": "one key", "Authorization": "Bearer ann-token"}
        with served.client() as client:
            return client.post("/runs", json={"recipe": "grayscale", "inputs": [picture]}, headers=headers)

    def kill(self, served: Serve, picture: str, is_time: Callable[[], object]) -> None:
        """Ask for a run, and kill the server when the time has come, whether it answered or not."""

        def ask() -> None:
            with suppress(httpx.HTTPError):
                self.asked(served, picture)

        with ThreadPoolExecutor(1) as threads:
            threads.submit(ask)
            until(is_time, "it is time to kill the server")
            served.stop(signal.SIGKILL)


@pytest.fixture(params=["sqlite", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where the servers of a test keep their state."""
    if request.param == "sqlite":
        yield {}
        return
    with redis_server(tmp_path / "redis") as server:
        yield {"ARTCELERY_REDIS_URL": server.url()}


@pytest.fixture
def house(tmp_path: Path, where: dict[str, str]) -> Iterator[House]:
    with reference_l2() as l2:
        house = House(tmp_path, l2, where, free_port())
        l2.give("ann-token", "ann", f"http://127.0.0.1:{house.port}")
        yield house


def test_a_key_whose_server_died_before_there_was_a_run_is_free(house: House) -> None:
    picture = house.publish_picture()
    with house.serving() as served:
        assert house.asked(served, "0" * 64).status_code == 400
        house.l2.forget_calls()
        house.l2.behave("slow", seconds=60)
        house.kill(served, picture, lambda: house.l2.calls("/assets/by-hash"))
    assert house.runs() == []
    house.l2.behave()
    with house.serving() as served:
        replies = [house.asked(served, picture) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [202, 202], replies[0].text
    assert [reply.json()["id"] for reply in replies] == house.runs() * 2


def test_a_key_whose_server_died_once_there_was_a_run_names_that(house: House) -> None:
    picture = house.publish_picture()
    with house.serving() as served:
        house.kill(served, picture, house.runs)
    (run_id,) = house.runs()
    with house.serving() as served:
        again = house.asked(served, picture)
        assert (again.status_code, again.json()["id"]) == (202, run_id), again.text
        with house.engine() as engine:
            engine.runs.cancel(run_id)
            engine.runs.remove(run_id)
        assert house.asked(served, picture).status_code == 404
    assert house.runs() == []
