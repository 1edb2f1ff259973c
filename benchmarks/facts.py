"""The state under a farm: lists, submissions, and what a Redis server spends on its calls."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from redis import Redis

import artcelery
from artcelery.core.engine import Engine
from artcelery.core.state.holder import holder_id
from artcelery.core.state.records import PassRecord, RunRecord, WorkerRecord
from artcelery.core.state.redis.runs import RedisRuns
from artcelery.core.state.redis.scripts import Script
from artcelery.core.state.redis.server import Argument, Server
from artcelery.core.state.sqlite import SqliteState
from artcelery.core.state.sqlite.runs import SqliteRuns
from artcelery.worker.abilities import abilities
from artcelery.worker.farm import Farm
from benchmarks.farm import KINDS, farm, ordered_parts, rendered
from benchmarks.timing import Row, run_once
from benchmarks.works import Bench
from tests.worker.farm import TestFarm

Call = Callable[[], object]


def lists(bench: Bench) -> Iterator[Row]:
    """The first page of 100,000 runs, and the memory of the command that prints it."""
    few, many = 1_000, 100_000
    for kind in KINDS:
        with farm(bench, kind) as made:
            engine = made.engine()
            run = engine.render("identity", "cat")
            command = [sys.executable, "-m", "artcelery", "runs", "list"]
            fill_runs(engine, run, 0, few)
            small = run_once(command, made.environment)
            fill_runs(engine, run, few, many)
            durations = [duration_ms(engine.runs.page) for _ in range(10 + bench.runs)]
            large = run_once(command, made.environment)
        page = statistics.median(durations)
        work = f"first page of {many:,} runs, {kind}"
        yield Row(work, f"{page:.1f} ms", "-", f"{page:.1f} ms", "<= 50 ms", page <= 50)
        ratio = large.peak_mb / small.peak_mb
        mine, rival = f"{large.peak_mb:.0f} MB", f"{small.peak_mb:.0f} MB, of {few:,} runs"
        yield Row(
            f"peak memory, runs list of {many:,}, {kind}", mine, rival, f"{ratio:.2f} x", "<= 1.1 x", ratio <= 1.1
        )


def submit(bench: Bench) -> Iterator[Row]:
    """A thousand runs, one after another, each with its order, its record and its message; no worker takes them."""
    for kind in KINDS:
        with farm(bench, kind) as made:
            engine = made.engine()
            submitter = Farm(engine)

            def one(number: int) -> None:
                submitter.submit(engine.order_effect("hue", "cat", params={"degrees": number / 10}))  # noqa: B023

            durations = sorted(duration_ms(lambda: one(number)) for number in range(1000))  # noqa: B023
        late = durations[989]
        said = f"{late:.1f} ms (median {durations[499]:.1f} ms)"
        work = f"submit of 1,000 runs, 99 of 100, {kind}"
        yield Row(work, said, "-", f"{late:.1f} ms", "<= 100 ms", late <= 100)


def calls(bench: Bench) -> Iterator[Row]:
    """Processor time of the Redis server for what a farm asks of it; docs/operations.md reckons with it."""
    with farm(bench, "Redis") as made:
        made.start("one", "-c", "2")
        engine, anew, parts = made.engine(), ordered_parts(made, bench, 100), 100
        rendered(made, engine, anew())
        with _spent_us(made) as spent:
            rendered(made, engine, anew())
        yield _cost("a pass, all that it asks, messages too", spent[0] / parts, 2500)
    for work, most_us, call in _asked():
        with farm(bench, "Redis") as made:
            engine = made.engine()
            repeated = call(engine)
            repeated()
            with _spent_us(made) as spent:
                for _ in range(_CALLS):
                    repeated()
        yield _cost(work, spent[0] / _CALLS, most_us)


_CALLS = 1000


def _cost(work: str, each_us: float, most_us: float) -> Row:
    said = f"{each_us:.0f} µs"
    return Row(f"time of the Redis server: {work}", said, "-", said, f"<= {most_us:g} µs", each_us <= most_us)


def _asked() -> list[tuple[str, float, Callable[[Engine], Call]]]:
    """Calls that a farm repeats: what they are, their limit, and how they are prepared."""
    return [
        ("a heartbeat of a pass", 200, _heartbeat),
        ("a worker says that it lives", 150, _beat),
        ("a sweep that finds nothing lost, 100 passes running", 150, _sweep),
        ("a look at 100 passes that are running, when a process has gone", 3000, _look),
        ("where a pass can go, 1 worker", 150, lambda engine: _workers(engine, 1)),
        ("where a pass can go, 100 workers", 5000, lambda engine: _workers(engine, 100)),
    ]


def _heartbeat(engine: Engine) -> Call:
    passes = engine.state.passes
    passes.plan("run-1", _passes("run-1", 1), time.time() + 60)
    begun = passes.begin("run-1", "0", "one", holder_id(), 60)
    return lambda: passes.renew("run-1", "0", begun.token, 60, 1)


def _beat(engine: Engine) -> Call:
    worker = _worker("one")
    return lambda: engine.state.workers.put(worker, 20)


def _sweep(engine: Engine) -> Call:
    _look(engine)
    return lambda: engine.state.passes.due(time.time(), time.time() + 60, 500)


def _look(engine: Engine) -> Call:
    passes = engine.state.passes
    for number in range(100):
        passes.plan(f"run-{number}", _passes(f"run-{number}", 1), time.time() + 60)
        passes.begin(f"run-{number}", "0", "one", holder_id(), 600)
    return passes.running


def _workers(engine: Engine, many: int) -> Call:
    for number in range(many):
        engine.state.workers.put(_worker(f"worker-{number}"), 600)
    return engine.state.workers.all


def _passes(run_id: str, many: int) -> list[PassRecord]:
    return [PassRecord(run_id, str(number), f"{run_id}-{number}", "film", frames=100) for number in range(many)]


def _worker(name: str) -> WorkerRecord:
    return WorkerRecord(name, holder_id(), artcelery.__version__, 1, 2, ("render",), tuple(abilities()), 1 << 34)


@contextmanager
def _spent_us(made: TestFarm) -> Iterator[list[float]]:
    """How many microseconds of processor time the server spends meanwhile."""
    spent: list[float] = []
    with Redis.from_url(made.environment["ARTCELERY_REDIS_URL"]) as client:
        before = _cpu_s(client)
        yield spent
        spent.append((_cpu_s(client) - before) * 1e6)


def _cpu_s(client: Redis) -> float:
    said: Any = client.info("cpu")
    return float(said["used_cpu_sys_main_thread"]) + float(said["used_cpu_user_main_thread"])


def duration_ms(work: Call) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


class Batches(Server):
    """Makes a thousand calls at once, to have many runs soon."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._calls: list[tuple[Argument, ...]] = []

    def write(self, script: Script, call: str, *arguments: Argument, again: bool = True) -> list[int]:
        self._calls.append(("EVALSHA", script.sha, 0, call, *arguments))
        if len(self._calls) == 1000:
            self.flush()
        return [1]

    def flush(self) -> None:
        self.ask_all(self._calls)
        self._calls = []


class OneTransaction:
    """A database in which all is one transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @contextmanager
    def write(self) -> Iterator[Any]:
        yield self._connection


def fill_runs(engine: Engine, run: RunRecord, first: int, end: int) -> None:
    """Record copies of a run, one a millisecond, of which one in a thousand runs."""
    plain = replace(run, nodes=(), hashes=(), inputs={}, holder="")
    if isinstance(engine.state, SqliteState):
        with engine.state._database.write() as connection:
            _put_all(SqliteRuns(OneTransaction(connection)), plain, first, end)  # type: ignore[arg-type]
        return
    assert engine.settings.redis_url
    server = Batches(engine.settings.redis_url.get_secret_value())
    _put_all(RedisRuns(server), plain, first, end)
    server.flush()
    server.close()


def _put_all(runs: SqliteRuns | RedisRuns, plain: RunRecord, first: int, end: int) -> None:
    for number in range(first, end):
        created_at = f"2026-01-01T00:{number // 60_000:02}:{number // 1000 % 60:02}.{number % 1000:03}Z"
        status = "completed" if number % 1000 else "running"
        runs.put(replace(plain, id=f"{number:026}", created_at=created_at, status=status))  # type: ignore[arg-type]


WORKS = {"lists": lists, "submit": submit, "calls": calls}
