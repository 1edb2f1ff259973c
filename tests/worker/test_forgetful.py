"""A Redis that is started again with nothing in it, while workers are at runs that it knew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.media_files import make_film
from tests.services import RedisServer, redis_server
from tests.worker.conftest import farm_on
from tests.worker.farm import TestFarm, until
from tests.worker.faults import Paced, film_with, running


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that keeps nothing."""
    with redis_server(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def farm(forgetful: RedisServer, tmp_path: Path) -> Iterator[TestFarm]:
    with farm_on(forgetful, tmp_path) as farm:
        yield farm


def test_a_run_that_the_state_forgot_is_given_up_and_others_are_rendered(
    farm: TestFarm, forgetful: RedisServer, tmp_path: Path
) -> None:
    film, paced = make_film(tmp_path / "film.mp4", size=(160, 120), rate=10, seconds=12), Paced(farm)
    farm.start("one", "-c", "1")
    lost = farm.submit(film_with("paced"), {"film": film})
    running(farm.engine(), lost)
    words = [sys.executable, "-m", "artcelery", "runs", "wait", lost.id]
    with subprocess.Popen(words, env=farm.environment, stderr=subprocess.PIPE, text=True) as waiting:
        forgetful.restart()
        said = waiting.communicate(timeout=60)[1]
    assert (waiting.returncode, "Traceback" in said) == (2, False), said
    assert lost.id[:8] in said
    other = farm.submit(film_with("sepia"), {"film": film})
    assert farm.wait(other).output_hash  # though nothing lets the pass of the lost run go on
    temporary = farm.folder / "home" / "cache" / ".tmp"
    until(lambda: not list(temporary.glob("*/*")), "nothing is left of it")
    assert "Traceback" not in farm.logs()
    with Redis.from_url(forgetful.url(5)) as client:
        assert [key for key in client.scan_iter() if lost.id.encode() in key] == []
    again = farm.submit(film_with("paced"), {"film": film})
    paced.go()
    assert farm.wait(again).output_hash
