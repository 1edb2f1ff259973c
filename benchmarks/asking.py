"""Requests to a server: known results, long lists, who is signed in, and many who follow one run."""

from __future__ import annotations

import asyncio
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

from artcelery.core.engine import Engine
from artcelery.core.hashing import hash_bytes
from artcelery.core.state.holder import holder_id
from artcelery.core.state.records import MediaFact, Session
from artcelery.core.state.redis.media import RedisMedia
from artcelery.core.state.sqlite import SqliteState
from artcelery.core.state.sqlite.media import SqliteMedia
from benchmarks.facts import Batches, OneTransaction, duration_ms, fill_runs
from benchmarks.farm import KINDS
from benchmarks.serving import connected, site
from benchmarks.timing import Row
from benchmarks.works import Bench
from tests.server.serving.program import Serve
from tests.worker.farm import TestFarm

ORDER = json.dumps({"recipe": "identity", "inputs": ["cat"]})
JSON = {"Content-Type": "application/json"}
_A_SECOND = 50
_HANDS = 8


def orders(bench: Bench) -> Iterator[Row]:
    """Orders whose result is known, so many a second, whether those before are answered or not."""
    for kind in KINDS:
        with site(bench, kind) as (served, made):
            made.engine().render("identity", "cat")
            _paced(served, _order, 2 * _A_SECOND)
            found = _paced(served, _order, 10 * _A_SECOND)
        median, late = statistics.median(found), _ninety_ninth(found)
        said = f"{median:.1f} ms, 99 of 100: {late:.1f} ms"
        reached = median <= 15 and late <= 60
        yield Row(f"POST /runs, result known, {_A_SECOND} a second, {kind}", said, "-", said, "<= 15, 60 ms", reached)


def pages(bench: Bench) -> Iterator[Row]:
    """The first pages of long lists, and the memory of the server that gives them."""
    for kind in KINDS:
        with site(bench, kind) as (served, made):
            engine = made.engine()
            run = engine.render("identity", "cat")
            fill_runs(engine, run, 0, 1_000)
            fill_files(engine, 0, 1_000)
            _read(served, "/runs")
            _read(served, "/cache")
            before = _memory_mb(served)
            fill_runs(engine, run, 1_000, 100_000)
            yield _page(f"GET /runs of 100,000 runs, {kind}", _read(served, "/runs"))
            fill_files(engine, 1_000, 1_000_000)
            yield _page(f"GET /cache of 1,000,000 files, {kind}", _read(served, "/cache"))
            yield _page(f"GET /cache?papers=false of 1,000,000 files, {kind}", _read(served, "/cache?papers=false"))
            after = _memory_mb(served)
        rival, ratio = f"{before:.0f} MB, of 1,000 each", after / before
        work = f"memory of the server that lists them, {kind}"
        yield Row(work, f"{after:.0f} MB", rival, f"{ratio:.2f} x", "<= 1.1 x", ratio <= 1.1)


def session(bench: Bench) -> Iterator[Row]:
    """The question of each request: does this session count?"""
    for kind in KINDS:
        with site(bench, kind) as (_, made):
            sessions, at = made.engine().state.sessions, time.time()
            known = [
                Session(str(number), "@a@l2", f"t{number}", "https://l2", 0, at, at, at + 3600) for number in range(50)
            ]
            if not all(sessions.begin(item) for item in known):
                raise SystemExit("a session did not begin")
            found = [duration_ms(lambda: sessions.check("7", time.time())) for _ in range(2_000)]  # noqa: B023
        late, median = _ninety_ninth(found), statistics.median(found)
        said = f"{late:.2f} ms (median {median:.2f} ms)"
        yield Row(f"check of a session, 99 of 100, {kind}", said, "-", f"{late:.2f} ms", "<= 2 ms", late <= 2)


def listeners(bench: Bench) -> Iterator[Row]:
    """200 clients that follow one run, and what that costs the others."""
    for kind in KINDS:
        with site(bench, kind) as (served, made):
            engine = made.engine()
            waiting = engine.submit(engine.order_effect("dog", "cat")).run.id
            alone = _ninety_ninth(_paced(served, _look, 5 * _A_SECOND))
            heard, beside = asyncio.run(_followed(served, made, waiting, 200))
            crowded = _ninety_ninth(beside)
        late = max(heard)
        said = f"{late:.0f} ms (median {statistics.median(heard):.0f} ms)"
        yield Row(f"an event to the last of 200 clients, {kind}", said, "-", f"{late:.0f} ms", "<= 200 ms", late <= 200)
        ratio, work = crowded - alone, f"GET /runs meanwhile, 99 of 100, {kind}"
        mine, rival = f"{crowded:.1f} ms", f"{alone:.1f} ms, nobody follows"
        yield Row(work, mine, rival, f"{ratio:+.1f} ms", "<= +20 ms", ratio <= 20)


def fill_files(engine: Engine, first: int, end: int) -> None:
    """Record copies of the fact of a file, one a millisecond."""
    fact = next(item for item in engine.state.media.all() if item.clip)
    if isinstance(engine.state, SqliteState):
        with engine.state._database.write() as connection:
            _put_files(SqliteMedia(OneTransaction(connection)), fact, first, end)  # type: ignore[arg-type]
        return
    assert engine.settings.redis_url
    server = Batches(engine.settings.redis_url.get_secret_value())
    _put_files(RedisMedia(server), fact, first, end)
    server.flush()
    server.close()


def _put_files(media: SqliteMedia | RedisMedia, fact: MediaFact, first: int, end: int) -> None:
    for number in range(first, end):
        minute, second = number // 60_000, number / 1000 % 60
        at, content_hash = f"2026-01-01T00:{minute:02}:{second:06.3f}Z", hash_bytes(str(number).encode())
        media.put(replace(fact, content_hash=content_hash, name=f"file-{number}.png", created_at=at))


def _page(work: str, found: Sequence[float]) -> Row:
    median = statistics.median(found)
    return Row(work, f"{median:.1f} ms", "-", f"{median:.1f} ms", "<= 25 ms", median <= 25)


def _read(served: Serve, path: str, times: int = 100) -> list[float]:
    """How long each page takes, read on and on."""
    connection, found, cursor = connected(served.url), list[float](), ""
    for _ in range(times):
        began = time.perf_counter()
        said = _asked(connection, "GET", f"{path}{'&' if '?' in path else '?'}limit=50{cursor}")
        found.append((time.perf_counter() - began) * 1000)
        cursor = f"&cursor={said['cursor']}" if said["cursor"] else ""
    connection.close()
    return found


def _memory_mb(served: Serve) -> float:
    lines = Path(f"/proc/{served.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _order(connection: HTTPConnection) -> None:
    if _asked(connection, "POST", "/runs", ORDER)["status"] != "completed":
        raise SystemExit("a known result was not known")


def _look(connection: HTTPConnection) -> None:
    _asked(connection, "GET", "/runs?limit=1")


def _asked(connection: HTTPConnection, method: str, path: str, body: str | None = None) -> dict[str, object]:
    connection.request(method, path, body, JSON if body else {})
    reply = connection.getresponse()
    said = reply.read()
    if reply.status >= 300:
        raise SystemExit(f"{method} {path}: {reply.status} {said[:500].decode()}")
    return dict(json.loads(said))


def _paced(served: Serve, call: Callable[[HTTPConnection], object], many: int) -> list[float]:
    """How long each call takes from the moment it was due, in milliseconds."""
    numbers, found, began = count(), list[float](), time.perf_counter() + 0.1
    lock = threading.Lock()

    def work() -> None:
        connection = connected(served.url)
        while True:
            with lock:
                number = next(numbers)
            if number >= many:
                return connection.close()
            due = began + number / _A_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            call(connection)
            found.append((time.perf_counter() - due) * 1000)

    with ThreadPoolExecutor(_HANDS) as pool:
        for done in [pool.submit(work) for _ in range(_HANDS)]:
            done.result()
    return found


def _ninety_ninth(found: Sequence[float]) -> float:
    return sorted(found)[len(found) * 99 // 100]


async def _followed(served: Serve, made: TestFarm, run_id: str, many: int) -> tuple[list[float], list[float]]:
    """How late each client hears of each step of a pass, and how long others wait meanwhile, in milliseconds."""
    steps, told = 15, dict[int, float]()
    heard: list[dict[int, float]] = [{} for _ in range(many)]
    clients = [asyncio.create_task(_listen(served, run_id, item, steps)) for item in heard]
    await asyncio.sleep(3)
    beside = asyncio.create_task(asyncio.to_thread(_paced, served, _look, 4 * _A_SECOND))
    await asyncio.to_thread(_work, made, run_id, steps, told)
    await asyncio.wait_for(asyncio.gather(*clients), 60)
    return [(item[step] - told[step]) * 1000 for item in heard for step in told], await beside


def _work(made: TestFarm, run_id: str, steps: int, told: dict[int, float]) -> None:
    """Do the one pass of a run, step by step, and note when it was told."""
    passes = made.engine().state.passes
    token = passes.begin(run_id, "apply_dog", "hand", holder_id(), 60).token
    for step in range(1, steps + 1):
        time.sleep(0.25)
        told[step] = time.perf_counter()
        passes.renew(run_id, "apply_dog", token, 60, step)


async def _listen(served: Serve, run_id: str, heard: dict[int, float], steps: int) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /runs/{run_id}/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    while steps not in heard:
        line = await reader.readline()
        if line.startswith(b"data: ") and (done := json.loads(line[6:]).get("done")):
            heard[int(done)] = time.perf_counter()
        if not line:
            raise SystemExit("a stream ended too soon")
    writer.close()


WORKS = {"orders": orders, "pages": pages, "session": session, "listeners": listeners}
