"""Machines that share a Redis and a bucket, and no disk."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.core.store.services import BUCKET, Proxy, s3_service
from tests.media_files import make_film
from tests.services import RedisServer, free_port
from tests.worker.conftest import environment_of
from tests.worker.farm import TestFarm, until
from tests.worker.test_runs import SLOW, local_hash

OWN = '''\
"""Red and blue change places.

@effect swapped
"""

def process_frame(frame, params, state):
    return frame[..., ::-1]
'''
CUTS = """\
name: swapped-cuts
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: swapped, type: EFFECT, config: {effect: swapped}, inputs: film}
    - {id: a, type: SEGMENT, config: {offset: 0, duration: 0.4}, inputs: swapped}
    - {id: b, type: SEGMENT, config: {offset: 0.8, duration: 0.4}, inputs: swapped}
    - {id: facts, type: ANALYZE, config: {features: [duration]}, inputs: film}
    - {id: c, type: SEGMENT, config: {duration: "${facts.duration}"}, inputs: swapped}
    - {id: cut, type: SEQUENCE, inputs: [a, b, c]}
  output: cut
"""


@pytest.fixture(scope="module")
def bucket() -> Iterator[int]:
    with s3_service() as port:
        yield port


@pytest.fixture
def machine(tmp_path: Path, redis: RedisServer, bucket: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestFarm]:
    """The machine that submits; workers are started with homes of their own."""
    with Redis.from_url(redis.url(5)) as client:
        client.flushall()
    environment = environment_of(tmp_path) | {
        "ARTCELERY_REDIS_URL": redis.url(5),
        "ARTCELERY_STORE_URL": f"s3://{BUCKET}/{tmp_path.name}",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{bucket}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_REGION": "us-east-1",
    }
    for name in ("AWS_ENDPOINT_URL", "AWS_ALLOW_HTTP", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, environment[name])
    farm = TestFarm(tmp_path, environment)
    yield farm
    farm.close()


def test_machines_without_a_shared_disk_make_the_film_that_one_would(machine: TestFarm) -> None:
    film = make_film(machine.folder / "film.mp4", seconds=1.4)
    (machine.folder / "swapped.py").write_text(OWN)
    machine.engine().add_effect(machine.folder / "swapped.py")
    for name, queues in (("one", "probe,render"), ("two", "effects")):
        machine.start(name, "-c", "1", "--queues", queues, ARTCELERY_HOME=str(machine.folder / name))
    run = machine.wait(machine.submit(CUTS, {"film": film}))
    started = {
        entry.data["worker"].split("@")[0] for entry in machine.engine().runs.journal(run.id) if entry.kind == "started"
    }
    assert started == {"one", "two"}
    effects = machine.folder / "apart" / "effects"
    effects.mkdir(parents=True)
    (effects / "swapped.py").write_text(OWN)
    assert (run.output_hash, run.output_key) == local_hash(machine, CUTS, {"film": film})
    output = machine.engine().output_path(run)
    assert output.is_relative_to(machine.folder / "home")
    assert output.stat().st_size > 1000


def test_a_worker_whose_network_is_cut_goes_on_and_takes_new_work_when_it_is_back(
    tmp_path: Path, redis: RedisServer
) -> None:
    with Redis.from_url(redis.url(5)) as client:
        client.flushall()
    farm = TestFarm(tmp_path, environment_of(tmp_path) | {"ARTCELERY_REDIS_URL": redis.url(5)})
    cable = Proxy(redis.port)
    try:
        farm.start("one", "-c", "1", ARTCELERY_REDIS_URL=f"redis://127.0.0.1:{cable.port}/5")
        engine = farm.engine()
        run = farm.submit(SLOW, {"film": make_film(tmp_path / "film.mp4", seconds=8)})
        until(lambda: any(item.done for item in engine.workers().running), "it renders")
        cable.close()
        time.sleep(6)  # longer than the lease lasts
        assert engine.runs.get(run.id).status == "running"
        cable = Proxy(redis.port, at=cable.port)
        farm.wait(run)
        farm.wait(farm.submit(FLAT, {"film": make_film(tmp_path / "small.mp4", seconds=0.4)}))
    finally:
        farm.close()
        cable.close()


def test_flower_shows_the_tasks(machine: TestFarm) -> None:
    port = free_port()
    words = ["flower", f"--port={port}", "--address=127.0.0.1", "--persistent=False"]
    command = [sys.executable, "-m", "celery", "-A", "artcelery.worker.app", *words]
    environment = {**machine.environment, "FLOWER_UNAUTHENTICATED_API": "true"}
    with (machine.folder / "flower.log").open("wb") as log:
        flower = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=machine.folder)
    try:
        until(lambda: "Flower" in page(port, ""), "Flower answers")
        machine.start("one", "-c", "1", ARTCELERY_HOME=str(machine.folder / "one"))
        film = make_film(machine.folder / "film.mp4", seconds=0.4)
        machine.wait(machine.submit(FLAT, {"film": film}))
        until(lambda: "artcelery.execute" in page(port, "api/tasks"), "it is shown", 20)
    finally:
        flower.terminate()
        flower.wait(30)


FLAT = """\
name: flat
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: small, type: RESIZE, config: {width: 32, height: 32}, inputs: film}
  output: small
"""


def page(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""
