"""Many runs, and whatever may happen to a farm meanwhile: at the end all is as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from redis import Redis

from artcelery.core.engine import open_engine
from artcelery.core.errors import NotAllowedError
from artcelery.core.state.records import RunRecord
from artcelery.worker.farm import Farm
from tests.core.test_kept import SEEDS, graph, make_files
from tests.worker.farm import TestFarm, Worker, until

APPEND = Path(__file__).parent.parent / "core" / "effect" / "files" / "append.py"
OVER = ("completed", "failed", "cancelled")
Order = tuple[str, dict[str, Path]]


def orders(chance: random.Random, files: dict[str, Path]) -> Iterator[Order]:
    """Films of parts, a film as long as a sound turns out to be, and graphs of all kinds where some nodes are kept."""
    film = {"id": "plain", "type": "SOURCE", "config": {"input": True}}
    for number in range(2):
        cuts = [chance.randrange(40) / 100 for _ in range(4)]
        parts = [segment(f"p{at}", "plain", offset=cut, duration=0.16) for at, cut in enumerate(cuts)]
        joined = {"id": "out", "type": "SEQUENCE", "inputs": [part["id"] for part in parts]}
        yield order(f"parts-{number}", [film, *parts, joined], files)
    song = {"id": "s16", "type": "SOURCE", "config": {"input": True}}
    facts = {"id": "facts", "type": "ANALYZE", "config": {"features": ["duration"]}, "inputs": "s16"}
    cut = segment("cut", "plain", duration="${facts.duration}")
    out = {"id": "out", "type": "EFFECT", "config": {"effect": "sepia"}, "inputs": "cut"}
    yield order("stages", [song, film, facts, {**cut, "cache": True}, out], files)
    for seed in chance.sample(SEEDS, 5):
        nodes, output, _ = graph(seed)
        inner = [node["id"] for node in nodes if node["type"] != "SOURCE" and node["id"] != output]
        kept = {name for name in inner if chance.random() < 0.5}
        renamed = [{**node, **({"cache": True} if node["id"] in kept else {})} for node in nodes]
        yield order(f"graph-{seed}", renamed, files, output)


def segment(name: str, source: str, **config: object) -> dict[str, Any]:
    return {"id": name, "type": "SEGMENT", "config": config, "inputs": source}


def order(name: str, nodes: list[dict[str, Any]], files: dict[str, Path], output: str = "out") -> Order:
    sources = {node["id"]: files[node["id"]] for node in nodes if node["type"] == "SOURCE"}
    return yaml.safe_dump({"name": name, "dag": {"nodes": nodes, "output": output}}), sources


@dataclass
class Chaos:
    """What happens to a farm."""

    farm: TestFarm
    chance: random.Random
    cancelled: set[str] = field(default_factory=set)

    def a_child_is_killed(self) -> None:
        pool = psutil.Process(self._worker().pid).children()
        for child in self.chance.sample(pool, 1):
            os.kill(child.pid, signal.SIGKILL)

    def a_worker_is_killed(self) -> None:
        worker = self._worker()
        worker.kill()
        self._start_again(worker)

    def a_worker_is_restarted(self) -> None:
        worker = self._worker()
        assert worker.stop() == 0
        self._start_again(worker)

    def a_process_sleeps(self) -> None:
        pids = [child.pid for child in psutil.Process(self._worker().pid).children()]
        for pid in self.chance.sample(pids, 1):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                time.sleep(0.3)
                os.kill(pid, signal.SIGCONT)

    def messages_are_lost(self) -> None:
        if "ARTCELERY_REDIS_URL" in self.farm.environment:
            with Redis.from_url(self.farm.environment["ARTCELERY_REDIS_URL"]) as client:
                for queue in ("render", "effects", "probe"):
                    client.delete(f"artdag:queue:{queue}")
            return
        for path in (self.farm.folder / "home" / "queue" / "messages").glob("*.msg"):
            path.unlink(missing_ok=True)

    def the_cache_is_pruned(self) -> None:
        self.farm.engine().cache.prune()

    def a_run_is_cancelled(self) -> str | None:
        engine = self.farm.engine()
        going = [run for run in engine.runs.page(limit=100).runs if run.status not in OVER]
        for run in self.chance.sample(going, min(1, len(going))):
            with suppress(NotAllowedError):  # it is over by now
                engine.runs.cancel(run.id)
                self.cancelled.add(run.id)
                return run.id
        return None

    def a_run_is_cancelled_and_begun_again_by_two(self) -> None:
        if (run_id := self.a_run_is_cancelled()) is None:
            return
        threads = [threading.Thread(target=self._retry, args=[run_id]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert run_id not in self.cancelled

    def _retry(self, run_id: str) -> None:
        with suppress(NotAllowedError):
            Farm(self.farm.engine()).retry(run_id)
            self.cancelled.discard(run_id)

    def _worker(self) -> Worker:
        return self.chance.choice([worker for worker in self.farm.workers if worker.process.poll() is None])

    def _start_again(self, worker: Worker) -> None:
        self.farm.start(worker.log.stem.removeprefix("worker-"), "-c", "2", ARTCELERY_GRACE_S="1")


EVENTS: list[Callable[[Chaos], object]] = [
    Chaos.a_child_is_killed,
    Chaos.a_worker_is_killed,
    Chaos.a_worker_is_restarted,
    Chaos.a_process_sleeps,
    Chaos.messages_are_lost,
    Chaos.the_cache_is_pruned,
    Chaos.the_cache_is_pruned,
    Chaos.a_run_is_cancelled,
    Chaos.a_run_is_cancelled_and_begun_again_by_two,
    Chaos.a_run_is_cancelled_and_begun_again_by_two,
]
"""Two of them end processes, so that no pass is hit so often that it is given up."""


@pytest.mark.parametrize("seed", [7])
def test_whatever_happens_every_run_ends_as_it_would_have_here(farm: TestFarm, seed: int) -> None:
    chance = random.Random(seed)
    farm.engine().add_effect(APPEND)
    wanted = list(orders(chance, make_files(made(farm.folder / "files"))))
    for name in ("one", "two"):
        farm.start(name, "-c", "2", ARTCELERY_GRACE_S="1")
    chaos, runs = Chaos(farm, chance), [(farm.submit(*item), item) for item in [*wanted, *wanted]]
    for event in chance.sample(EVENTS, len(EVENTS)):
        event(chaos)
        time.sleep(chance.random() / 2)
    runs += [(farm.submit(*item), item) for item in wanted[:3]]
    settled(farm, [run for run, _ in runs])
    for run, item in runs:
        if run.id in chaos.cancelled:
            assert farm.engine().runs.get(run.id).status == "cancelled"
        else:
            assert_is_as_here(farm, run, item)
    assert_nothing_is_left(farm)


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def settled(farm: TestFarm, runs: list[RunRecord]) -> None:
    """All runs are over; what would be due in a minute is due now."""
    passes, engine = farm.engine().state.passes, farm.engine()
    waiting = [(item.run_id, item.name) for run in runs for item in passes.of_run(run.id) if item.status == "ready"]
    for run_id, name in waiting:
        passes.explain(run_id, name, "its message may be lost", time.time())
    until(lambda: all(engine.state.runs.status(run.id) in OVER for run in runs), "all runs are over", 90)
    until(lambda: not engine.workers().running, "nobody renders", 10)


def assert_is_as_here(farm: TestFarm, run: RunRecord, item: Order) -> None:
    """The run is completed once, and has the output, the papers and the journal of one that was left in peace."""
    engine, (config, inputs) = farm.engine(), item
    ended = farm.wait(run, seconds=1)
    with open_engine(farm.settings(home=farm.folder / "apart", redis_url=None)) as here:
        here.add_effect(APPEND)
        same = here.run(here.order(farm.config(config), inputs))
        record = here.runs.provenance(same.id)
    assert (ended.output_hash, ended.output_key, ended.output_name) == (
        same.output_hash,
        same.output_key,
        same.output_name,
    )
    found = engine.runs.provenance(run.id)
    assert found["output"] == record["output"]
    assert [(node["type"], node["key"]) for node in found["nodes"]] == [
        (node["type"], node["key"]) for node in record["nodes"]
    ]
    entries = engine.runs.journal(run.id)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1].kind == "completed"
    assert [entry.kind for entry in entries].count("completed") == 1
    assert records_of(farm, run.id) == [ended.provenance_hash]


def records_of(farm: TestFarm, run_id: str) -> list[str]:
    """The provenance records of a run in the store."""
    found = []
    for path in (farm.folder / "home" / "cache").rglob("*"):
        if path.is_file() and path.stat().st_size < 1 << 20 and path.read_bytes()[:1] == b"{":
            with suppress(ValueError):
                if json.loads(path.read_bytes()).get("task_id") == run_id:
                    found.append(path.name)
    return found


def assert_nothing_is_left(farm: TestFarm) -> None:
    engine, cache = farm.engine(), farm.folder / "home" / "cache"
    assert {name.partition("@")[0] for name in (item.name for item in engine.workers().workers)} == {"one", "two"}
    assert not engine.state.passes.waiting()
    assert engine.state.passes.due(1e12, 1e12, 10) == []
    assert not [path for path in cache.rglob("*") if ".tmp" in path.parts and path.is_file()]
    for worker in farm.workers:
        if worker.process.poll() is None:
            assert worker.stop() == 0
    groups = {worker.pid for worker in farm.workers}
    until(lambda: not alive_in(groups), "no process is left", 15)


def alive_in(groups: set[int]) -> list[int]:
    found = []
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if process.info["status"] != psutil.STATUS_ZOMBIE and os.getpgid(process.pid) in groups:
                found.append(process.pid)
    return found
