"""A farm of real worker processes: how soon work begins, what distribution costs, and how it scales."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from redis import Redis

from artcelery.core.engine import Engine, Order
from artcelery.core.state.records import RunRecord
from artcelery.worker.bell import Bell
from artcelery.worker.farm import Farm
from artcelery.worker.making import make_app
from benchmarks.composing import sequence_of
from benchmarks.timing import Measured, Row, in_turn
from benchmarks.works import Bench
from tests.services import redis_server
from tests.worker.farm import TestFarm, Worker

BUSY = '''\
"""
@effect busy
@version 1.0.0

@param seed float
  @default 0.0
  Makes another picture.
"""

import numpy as np


def process_frame(frame, params, state):
    values = frame.astype(np.float32) + params["seed"]
    for _ in range(120):
        values = np.sqrt(values * values + 1) - np.tanh(values)
    return values.clip(0, 255).astype(np.uint8)
'''

KINDS = ("Redis", "embedded")


@contextmanager
def farm(bench: Bench, kind: str) -> Iterator[TestFarm]:
    """A farm without workers, in a folder of its own; Redis writes to the disk as docs/operations.md has it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ARTCELERY_", "AWS_"))}
    with tempfile.TemporaryDirectory(dir=bench.folder, prefix="farm-") as name:
        folder = Path(name)
        (folder / "home" / "effects").mkdir(parents=True)
        (folder / "home" / "effects" / "busy.py").write_text(BUSY)
        environment = {**kept, "ARTCELERY_HOME": f"{name}/home"}
        if kind == "embedded":
            yield from _closed(TestFarm(folder, environment))
            return
        with redis_server(folder / "redis", appendonly=True, options=("--appendfsync", "everysec")) as server:
            yield from _closed(TestFarm(folder, {**environment, "ARTCELERY_REDIS_URL": server.url(5)}))


def _closed(made: TestFarm) -> Iterator[TestFarm]:
    try:
        yield made
    finally:
        made.close()


def begin(bench: Bench) -> Iterator[Row]:
    """How soon an idle worker begins what is submitted, from the moment before the bell rings."""
    for kind, most_ms in (("Redis", 20), ("embedded", 150)):
        with farm(bench, kind) as made:
            made.start("one", "-c", "2")
            engine = made.engine()
            found = sorted(_begun_after_ms(made, engine, number) for number in range(10 + 4 * bench.runs))[2:]
        median = statistics.median(found)
        said = f"{median:.1f} ms (nine of ten: {found[len(found) * 9 // 10]:.1f} ms)"
        work = f"from submit to the start of work, an idle worker, {kind}, median"
        yield Row(work, said, "-", f"{median:.1f} ms", f"<= {most_ms} ms", median <= most_ms)


def _begun_after_ms(made: TestFarm, engine: Engine, number: int) -> float:
    submitted = engine.submit(engine.order_effect("hue", "cat", params={"degrees": number + 0.5}))
    rung_at = time.time()
    Bell(make_app(engine.settings), engine.state).ring(submitted.ready)
    made.wait(submitted.run)
    time.sleep(0.1)
    started = next(entry for entry in engine.state.journal.since(submitted.run.id) if entry.kind == "started")
    return (started.at - rung_at) * 1000


def overhead(bench: Bench) -> Iterator[Row]:
    """200 tiny passes by two processes of a worker, beside two at a time in one process."""
    parts = 200
    for kind in KINDS:
        with farm(bench, kind) as made:
            made.start("one", "-c", "2")
            engine, anew = made.engine(), ordered_parts(made, bench, parts)
            here = lambda: _timed(lambda: engine.run(anew(), jobs=2))  # noqa: B023, E731
            apart, alone = in_turn([lambda: rendered(made, engine, anew()), here], min(bench.runs, 3))  # noqa: B023
        each = (apart.wall_s - alone.wall_s) * 1000 / parts
        work = f"a cut of {parts} tiny parts, two processes of a worker, {kind}"
        rival = f"{alone.wall_s:.2f} s, --sync --jobs 2"
        yield Row(work, f"{apart.wall_s:.2f} s", rival, f"{each:.1f} ms a pass", "<= 10 ms", each <= 10)


def ordered_parts(made: TestFarm, bench: Bench, parts: int) -> Callable[[], Order]:
    """Orders of that many cuts, others each time."""
    film, engine, numbers = bench.film(10, "64x36"), made.engine(), count()

    def anew() -> Order:
        shift = next(numbers) / 10_000
        text = sequence_of([(0, round(0.04 * part + shift, 5), 0.1) for part in range(parts)], 1)
        return engine.order(made.config(text), {"film0": film})

    return anew


def scale(bench: Bench) -> Iterator[Row]:
    """Eight parts of an effect that keeps one core busy, by one worker and by two; then the same with sound, which one
    encoder writes at the end."""
    work = "8 parts of an effect in NumPy, two workers of one process each"
    yield _scaled(bench, work, bench.silent(20, "320x180"), 1.8)
    yield _scaled(bench, f"{work}, with sound", bench.film(20, "320x180"), None)


def _scaled(bench: Bench, work: str, film: Path, least: float | None) -> Row:
    numbers = count(1)
    with farm(bench, "Redis") as made:
        engine = made.engine()

        def anew() -> Order:
            return engine.order(made.config(_busy_parts(8, next(numbers))), {"film": film})

        def by(names: Sequence[str]) -> Measured:
            workers = [made.start(name, "-c", "1", OMP_NUM_THREADS="1") for name in names]
            _warm(made, engine, workers)
            measured = rendered(made, engine, anew())
            for worker in workers:
                worker.stop()
            return measured

        one, two = in_turn([lambda: by(["one"]), lambda: by(["one", "two"])], min(bench.runs, 3))
    ratio = one.wall_s / two.wall_s
    bar = f">= {least:g} x" if least else "-"
    return Row(
        work, f"{two.wall_s:.2f} s", f"{one.wall_s:.2f} s, one worker", f"{ratio:.2f} x", bar, ratio >= (least or 0)
    )


def _busy_parts(parts: int, seed: float) -> str:
    lines = ["name: busy", "dag:", "  nodes:", "    - {id: film, type: SOURCE, config: {input: true}}"]
    for part in range(parts):
        lines += [
            f"    - {{id: cut{part}, type: SEGMENT, config: {{offset: {2 * part}, duration: 2}}, inputs: film}}",
            f"    - {{id: busy{part}, type: EFFECT, config: {{effect: busy, params: {{seed: {seed}}}}},"
            f" inputs: cut{part}}}",
        ]
    names = ", ".join(f"busy{part}" for part in range(parts))
    return "\n".join([*lines, f"    - {{id: all, type: SEQUENCE, inputs: [{names}]}}", "  output: all\n"])


_warming = count()


def _warm(made: TestFarm, engine: Engine, workers: Sequence[Worker]) -> None:
    """Have each process of the workers render something small, so that all is loaded."""
    runs = [
        Farm(engine).submit(engine.order_effect("busy", "cat", params={"seed": -1.0 - next(_warming)}))
        for _ in range(4 * len(workers))
    ]
    for run in runs:
        made.wait(run)


def trips(bench: Bench) -> Iterator[Row]:
    """What a worker's processes ask of Redis for a pass: without the broker, and without heartbeats (one a second)."""
    parts = 100
    with farm(bench, "Redis") as made:
        worker, engine, anew = made.start("one", "-c", "2"), made.engine(), ordered_parts(made, bench, parts)
        rendered(made, engine, anew())
        with _overheard(made) as commands:
            rendered(made, engine, anew())
        ports = _ports(worker)
        scripts = {getattr(engine.state, name)._script.sha: name for name in _SCRIPTED}
    calls = Counter(_call(item["command"], scripts) for item in commands if item["client_port"] in ports)
    calls = Counter({name: number for name, number in calls.items() if name and name != "passes.renew"})
    most = ", ".join(f"{name} {number / parts:.2f}" for name, number in calls.most_common(8))
    each = calls.total() / parts
    yield Row("round trips to Redis for a pass", f"{each:.1f} ({most})", "-", f"{each:.1f}", "<= 6", each <= 6)


_SCRIPTED = ("journal", "leases", "media", "passes", "results", "runs", "workers")


@contextmanager
def _overheard(made: TestFarm) -> Iterator[list[dict[str, Any]]]:
    """What clients ask of Redis meanwhile, filled when it is over; not what its scripts do."""
    with Redis.from_url(made.environment["ARTCELERY_REDIS_URL"]) as client, client.monitor() as monitor:
        heard: list[dict[str, Any]] = []

        def listen() -> None:
            for item in monitor.listen():
                if item["command"] == "ECHO it ends":
                    return
                if item["client_type"] != "lua":
                    heard.append(item)

        thread = threading.Thread(target=listen)
        thread.start()
        yield heard
        client.echo("it ends")
        thread.join()


def _ports(worker: Worker) -> set[str]:
    """The ports from which the processes of a worker's pool speak."""
    children = psutil.Process(worker.pid).children(recursive=True)
    pool = [child for child in children if "artcelery.worker.tending" not in child.cmdline()]
    return {str(item.laddr.port) for child in pool for item in child.net_connections("tcp")}


def _call(command: str, scripts: Mapping[str, str]) -> str:
    """What is asked of the state; nothing for what is asked of the broker."""
    words = command.split(" ", 4)
    if words[0] == "EVALSHA":
        return f"{scripts[words[1]]}.{words[3]}"
    asks = any(word.startswith("artdag:") and not word.startswith("artdag:queue:") for word in words[1:2])
    return words[0].lower() if asks else ""


def _timed(work: Callable[[], object]) -> Measured:
    began = time.perf_counter()
    work()
    return Measured(time.perf_counter() - began, 0, 0)


def rendered(made: TestFarm, engine: Engine, order: Order) -> Measured:
    """What workers take for an order, from its submission to its end; who waits looks seldom, so as to cost nothing."""
    began = time.time()
    run: RunRecord | None = Farm(engine).submit(order)
    while run and run.status in ("pending", "running"):
        time.sleep(0.2)
        run = engine.state.runs.get(run.id)
    if not run or run.status != "completed" or not run.finished_at:
        raise SystemExit(f"{run and run.error}\n{made.logs()}")
    return Measured(datetime.fromisoformat(run.finished_at).timestamp() - began, 0, 0)


WORKS = {"begin": begin, "overhead": overhead, "scale": scale, "trips": trips}
