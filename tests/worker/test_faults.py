"""Whatever dies, hangs, comes twice or gets lost: runs complete, once, with the bytes of a local render, or say why."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from artcelery.core.engine import open_engine
from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import RunRecord, WorkerRecord
from artcelery.worker.bell import Bell
from artcelery.worker.making import make_app
from artcelery.worker.message import TASK, call_of
from tests.core.store.services import TOKEN, CacheService
from tests.media_files import make_film
from tests.services import RedisServer, redis_server
from tests.worker.conftest import farm_on
from tests.worker.farm import TestFarm, until
from tests.worker.faults import (
    Paced,
    attempts,
    children_of,
    effect,
    ended,
    entries,
    film_with,
    frozen,
    pid_of,
    running,
    tenders_of,
)

SEPIA = film_with("sepia")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mp4", size=(160, 120), rate=10, seconds=12)


def local_hash(farm: TestFarm, config: str, film: Path) -> str | None:
    """The output of the same order rendered in this process, in a home of its own."""
    apart = farm.settings(home=farm.folder / "apart", redis_url=None, store_url=None)
    with open_engine(apart) as engine:
        for path in (farm.folder / "home" / "effects").glob("*.py"):
            engine.add_effect(path)
        return engine.run(engine.order(farm.config(config), {"film": film})).output_hash


def test_a_pass_whose_process_or_whole_worker_is_killed_goes_on_elsewhere(farm: TestFarm, film: Path) -> None:
    paced, engine = Paced(farm), farm.engine()
    workers = {name: farm.start(name, "-c", "1") for name in ("one", "two")}
    run = farm.submit(film_with("paced"), {"film": film})
    first = running(engine, run)
    os.kill(pid_of(first), signal.SIGKILL)
    until(lambda: len(entries(engine, run, "started")) == 2, "it is begun again")
    second = running(engine, run)
    workers[second.worker.split("@")[0]].kill()
    until(lambda: len(entries(engine, run, "started")) == 3, "another worker begins it")
    third = running(engine, run)
    assert third.worker != second.worker
    paced.go()
    assert farm.wait(run).output_hash == local_hash(farm, film_with("paced"), film)


def test_a_pass_that_ends_its_worker_each_time_fails_its_run_and_no_other(farm: TestFarm, film: Path) -> None:
    folder = effect(farm, "deadly", "import signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    farm.start("one", "-c", "1")
    deadly, fine = farm.submit(film_with("deadly"), {"film": film}), farm.submit(SEPIA, {"film": film})
    failed = farm.wait(deadly, "failed")
    assert failed.error == {
        "code": "render-failed",
        "message": "the pass 'slow' ended its worker 3 times; it is not tried again",
    }
    assert attempts(folder) == 3
    assert farm.engine().runs.passes(deadly.id) == []
    assert entries(farm.engine(), deadly, "failed")[0].data["pass"] == "slow"
    assert farm.wait(fine).output_hash == local_hash(farm, SEPIA, film)


def test_a_pass_that_takes_all_memory_fails_its_run_and_no_other(farm: TestFarm, film: Path) -> None:
    body = "taken = globals().setdefault('taken', [])\nwhile True:\n    taken.append(bytearray(1 << 26))"
    folder, worker = effect(farm, "hungry", body), farm.start("one", "-c", "1")
    (child,) = children_of(worker)
    _, most = resource.prlimit(child, resource.RLIMIT_DATA)
    resource.prlimit(child, resource.RLIMIT_DATA, (1 << 30, most))
    run = farm.wait(farm.submit(film_with("hungry"), {"film": film}), "failed")
    assert "MemoryError" in str(run.error)
    assert attempts(folder) <= 3
    assert farm.wait(farm.submit(SEPIA, {"film": film})).output_hash


def test_a_message_that_comes_again_while_its_pass_is_rendered_leaves_at_once(farm: TestFarm, film: Path) -> None:
    paced, engine = Paced(farm), farm.engine()
    for name in ("one", "two"):
        farm.start(name, "-c", "1")
    run = farm.submit(film_with("paced"), {"film": film})
    record, bell = running(engine, run), Bell(make_app(farm.settings()), engine.state)
    bell.ring([record] * 5)
    until(lambda: bell.waiting(record.queue) == 0, "the other worker has taken all of them")
    farm.wait(farm.submit(SEPIA, {"film": film}))
    assert engine.workers().running[0].holder == record.holder
    paced.go()
    farm.wait(run)
    assert [entry.data["attempt"] for entry in entries(engine, run, "started")] == [1]


def test_a_pass_that_takes_longer_than_redis_waits_is_rendered_once(redis_farm: TestFarm, film: Path) -> None:
    farm, engine = redis_farm, redis_farm.engine()
    paced, farm.environment["ARTCELERY_VISIBILITY_S"] = Paced(farm), "2"
    workers = [farm.start(name, "-c", "1", ARTCELERY_LOG_LEVEL="INFO") for name in ("one", "two")]
    run = farm.submit(film_with("paced"), {"film": film})
    until(lambda: all("received" in worker.log.read_text() for worker in workers), "Redis hands it to the other too")
    paced.go()
    farm.wait(run)
    assert [entry.data["attempt"] for entry in entries(engine, run, "started")] == [1]


def sizes(count: int) -> str:
    return f"""\
name: size-{count}
dag:
  nodes:
    - {{id: cat, type: SOURCE, config: {{asset: cat}}}}
    - {{id: small, type: RESIZE, config: {{width: {count + 8}, height: 8}}, inputs: cat}}
  output: small
"""


def test_runs_complete_whose_messages_got_lost(farm: TestFarm) -> None:
    runs, engine = [farm.submit(sizes(number)) for number in range(50)], farm.engine()
    lose_messages(farm)
    a_minute_later(farm)
    farm.start("one")
    for run in runs:
        farm.wait(run)
    assert {len(entries(engine, run, "started")) for run in runs} == {1}


def lose_messages(farm: TestFarm) -> None:
    """What a broker does that loses its memory."""
    if "ARTCELERY_REDIS_URL" not in farm.environment:
        for path in (farm.folder / "home" / "queue" / "messages").iterdir():
            path.unlink()
        return
    with Redis.from_url(farm.environment["ARTCELERY_REDIS_URL"]) as client:
        keys = list(client.scan_iter("artdag:queue:*"))
        assert keys
        client.delete(*keys)


def a_minute_later(farm: TestFarm) -> None:
    """All that nobody has begun is due."""
    moment = time.time()
    assert farm.engine().state.passes.due(moment + 61, moment, 1000)


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that loses nothing it has answered for."""
    with redis_server(tmp_path / "redis", appendonly=True) as server:
        yield server


@pytest.fixture
def redis_farm(durable: RedisServer, tmp_path: Path) -> Iterator[TestFarm]:
    with farm_on(durable, tmp_path) as farm:
        yield farm


def test_no_run_is_lost_or_fails_while_redis_is_away(redis_farm: TestFarm, durable: RedisServer, film: Path) -> None:
    farm, paced = redis_farm, Paced(redis_farm)
    farm.start("one", "-c", "2")
    slow = farm.submit(film_with("paced"), {"film": film})
    running(farm.engine(), slow)
    runs = [slow, *(farm.submit(sizes(number)) for number in range(10))]
    for second in range(2):
        durable.kill()
        if second == 0:
            paced.go()  # it ends while nobody can be told
            assert_unreachable(farm)
        durable.start()
        runs += [farm.submit(sizes(100 + 10 * second + number)) for number in range(5)]
        farm.wait(runs[-1])
    for run in runs:
        farm.wait(run)
    assert [entry.data["attempt"] for entry in entries(farm.engine(), slow, "started")][-1] <= 2


def test_a_worker_goes_on_whenever_redis_is_started_again(redis_farm: TestFarm, durable: RedisServer) -> None:
    farm, number = redis_farm, 0
    farm.start("one", "-c", "2")
    for restart in range(6):
        time.sleep(0.05 * restart)  # it is at something else each time
        durable.restart()
        runs = [farm.submit(sizes(number + more)) for more in range(5)]
        number += 5
        farm.wait(runs[restart % 2 * 4], seconds=60)


def assert_unreachable(farm: TestFarm) -> None:
    words = [sys.executable, "-m", "artcelery", "runs", "list"]
    answer = subprocess.run(words, env=farm.environment, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 5, answer.stderr
    assert "does not answer" in answer.stderr


@pytest.mark.parametrize("stuck", [False, True], ids=["between frames", "in a frame"])
def test_a_worker_that_stops_gives_back_what_it_cannot_finish(farm: TestFarm, film: Path, stuck: bool) -> None:
    paced, engine = Paced(farm, stuck=stuck), farm.engine()
    worker = farm.start("one", "-c", "1", ARTCELERY_GRACE_S="0.5", ARTCELERY_HARD_S="8")
    run = farm.submit(film_with("paced"), {"film": film})
    until(lambda: attempts(paced.folder), "it is rendered")
    pids = children_of(worker)
    assert worker.stop(60) == 0
    until(lambda: ended(pids), "its child has ended")
    assert [item.status for item in engine.runs.passes(run.id)] == ["ready"]
    assert [entry.data["reason"] for entry in entries(engine, run, "waiting")] == ["its worker stops"]
    farm.start("two", "-c", "1")
    paced.go()
    farm.wait(run)
    assert [entry.data["attempt"] for entry in entries(engine, run, "started")] == [1, 1]


def test_a_worker_that_stops_finishes_what_it_can(farm: TestFarm, film: Path) -> None:
    paced, worker = Paced(farm), farm.start("one", "-c", "1")
    farm.wait(farm.submit(SEPIA, {"film": film}))
    (child,) = children_of(worker)
    os.kill(child, signal.SIGKILL)
    until(lambda: children_of(worker) not in ([], [child]), "another takes its place")
    run = farm.submit(film_with("paced"), {"film": film})
    running(farm.engine(), run)
    worker.process.terminate()
    engine = farm.engine()
    until(lambda: [item.stopping for item in engine.workers().workers] == [True], "it says that it stops")
    paced.go()
    assert worker.process.wait(60) == 0
    assert not engine.workers().workers
    assert [entry.kind for entry in farm.engine().runs.journal(run.id)].count("started") == 2
    assert farm.wait(run, seconds=0.1).output_hash


def test_ctrl_c_twice_gives_back_at_once(farm: TestFarm, film: Path) -> None:
    Paced(farm)
    worker, engine = farm.start("one", "-c", "1"), farm.engine()
    run = farm.submit(film_with("paced"), {"film": film})
    running(engine, run)
    pids = children_of(worker)
    worker.signal_all(signal.SIGINT)
    until(lambda: "Warm shutdown" in worker.log.read_text(), "it has heard that it is to stop")
    worker.signal_all(signal.SIGINT)
    worker.process.wait(60)
    until(lambda: ended(pids), "its child has ended")
    assert [(item.status, item.attempts) for item in engine.runs.passes(run.id)] == [("ready", 0)]


@pytest.mark.parametrize("late", [False, True], ids=["while it is rendered", "when the run is over"])
def test_a_process_that_wakes_late_changes_nothing(farm: TestFarm, film: Path, late: bool) -> None:
    paced, engine = Paced(farm), farm.engine()
    for name in ("one", "two"):
        farm.start(name, "-c", "1")
    run = farm.submit(film_with("paced"), {"film": film})
    first = running(engine, run)
    with frozen(pid_of(first), engine):
        until(lambda: len(entries(engine, run, "started")) == 2, "the other worker begins it")
        assert running(engine, run).worker != first.worker
        if late:
            paced.go()
            before = farm.wait(run), engine.runs.journal(run.id)
    if not late:
        temporary = farm.folder / "home" / "cache" / ".tmp"
        until(lambda: len(list(temporary.glob("*/*"))) == 1, "the one that woke has given up")
        paced.go()
        before = farm.wait(run), engine.runs.journal(run.id)
    os.kill(pid_of(first), 0)
    for size in range(4):  # both workers are done with it: each renders something else
        farm.wait(farm.submit(sizes(size)))
    until(lambda: not engine.workers().running, "nobody renders")
    assert before == (engine.runs.get(run.id), engine.runs.journal(run.id))
    assert [entry.kind for entry in before[1]].count("completed") == 1
    assert before[0].output_hash == local_hash(farm, film_with("paced"), film)
    assert records_of(engine, run) == [before[0].provenance_hash]


def records_of(engine: object, run: RunRecord) -> list[str]:
    """The provenance records of a run that lie in the store."""
    found = []
    store = engine._context.store  # type: ignore[attr-defined]
    for blob in store.blobs():
        data = store.find(blob.content_hash).read_bytes()
        if run.id.encode() in data:
            found.append(blob.content_hash)
    return found


def test_two_runs_of_one_key_on_two_workers_render_it_once(farm: TestFarm, film: Path) -> None:
    paced, engine = Paced(farm), farm.engine()
    for name in ("one", "two"):
        farm.start(name, "-c", "1")
    runs = [farm.submit(film_with("paced"), {"film": film}) for _ in range(2)]
    until(lambda: engine.workers().running, "one is rendered")
    farm.wait(farm.submit(SEPIA, {"film": film}))
    paced.go()
    outputs = {farm.wait(run).output_hash for run in runs}
    assert len(outputs) == 1
    assert len([entry for run in runs for entry in entries(engine, run, "started")]) == 1
    assert len([entry for run in runs for entry in entries(engine, run, "finished")]) == 2


def test_a_cancelled_run_drops_what_waits_and_frees_what_is_held(farm: TestFarm, film: Path) -> None:
    Paced(farm)
    config = """\
name: parts
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: a, type: EFFECT, config: {effect: paced}, inputs: film}
    - {id: b, type: EFFECT, config: {effect: invert}, inputs: a}
    - {id: cut, type: SEQUENCE, inputs: [a, b]}
  output: cut
"""
    engine, worker = farm.engine(), farm.start("one", "-c", "1")
    run = farm.submit(config, {"film": film})
    record = running(engine, run)
    assert {item.status for item in engine.runs.passes(run.id)} > {"running"}
    engine.runs.cancel(run.id)
    temporary = farm.folder / "home" / "cache" / ".tmp"
    until(lambda: not list(temporary.glob("*/*")), "the encoder has stopped and left nothing")
    assert engine.runs.passes(run.id) == engine.workers().running == []
    until(lambda: engine.state.leases.acquire(f"{record.key}:{record.encoding}", "me", 60), "the lease is free")
    assert farm.wait(farm.submit(SEPIA, {"film": film})).output_hash
    cancelled = engine.runs.get(run.id)
    assert (cancelled.status, cancelled.error) == ("cancelled", {"code": "cancelled", "message": "it was cancelled"})
    assert worker.process.poll() is None


def test_a_message_of_another_version_is_refused_by_name(farm: TestFarm, film: Path) -> None:
    engine, app = farm.engine(), make_app(farm.settings())
    farm.start("one", "-c", "1")
    submitted = engine.submit(engine.order(farm.config(SEPIA), {"film": film}))
    (record,) = submitted.ready
    app.send_task(TASK, [{**call_of(record), "format": 99, "version": "9.9"}], queue=record.queue)
    until(lambda: entries(engine, submitted.run, "waiting"), "it is refused")
    reason = entries(engine, submitted.run, "waiting")[0].data["reason"]
    assert "the worker one@" in reason
    assert "artcelery 9.9 (format 99)" in reason
    farm.wait(submitted.run)


def test_a_worker_that_cannot_do_a_pass_is_not_given_it_and_refuses_it(farm: TestFarm, film: Path) -> None:
    engine, app = farm.engine(), make_app(farm.settings())
    strange = WorkerRecord("strange@x", holder_id(), "9.9", 99, 1, ("render", "effects"), memory_bytes=1 << 40)
    engine.state.workers.put(strange, 600)
    farm.start("one", "-c", "1")
    submitted = engine.submit(engine.order(farm.config(SEPIA), {"film": film}))
    run, (record,) = submitted.run, submitted.ready
    newer = replace(record, requires=(*record.requires, "op:RESIZE:99"))
    rest = [replace(item, waits_for=((record.key, record.encoding),)) for item in engine.state.passes.of_run(run.id)]
    engine.state.passes.plan(run.id, [newer, rest[1]], time.time() + 60)
    Bell(app, engine.state).ring([newer])
    (shown,) = engine.runs.passes(run.id)
    assert "no worker that is alive can do it" in shown.reason
    assert "lacks op:RESIZE:99" in shown.reason
    assert "strange@x lacks format 1 (it is artcelery 9.9, which reads format 99)" in shown.reason
    app.send_task(TASK, [call_of(newer)], queue=record.queue)
    until(lambda: len(entries(engine, run, "waiting")) > 1, "the worker refuses it")
    assert "cannot do it: it lacks op:RESIZE:99" in entries(engine, run, "waiting")[1].data["reason"]
    assert engine.runs.passes(run.id)[0].attempts == 0


def test_a_pass_goes_only_to_workers_that_can_do_it(farm: TestFarm, film: Path) -> None:
    head = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["nonexistent-package"]\n# ///\n'
    effect(farm, "choosy", "", head)
    farm.start("one", "-c", "1")
    run, engine = farm.submit(film_with("choosy"), {"film": film}), farm.engine()
    (waiting,) = engine.runs.passes(run.id)
    assert "one@" in waiting.reason
    assert "lacks python:nonexistent-package" in waiting.reason
    assert [entry.data["reason"] for entry in entries(engine, run, "waiting")] == [waiting.reason]
    package = farm.folder / "packages" / "nonexistent_package-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: nonexistent-package\nVersion: 1.0\n")
    farm.start("two", "-c", "1", PYTHONPATH=str(package.parent))
    farm.wait(run)
    assert {entry.data["worker"].split("@")[0] for entry in entries(engine, run, "started")} == {"two"}


def test_nothing_of_a_worker_remains_when_its_parent_is_killed(farm: TestFarm, film: Path) -> None:
    paced, engine = Paced(farm), farm.engine()
    worker = farm.start("one", "-c", "2")
    run = farm.submit(film_with("paced"), {"film": film})
    running(engine, run)
    orphans = [item for item in group_of(worker.pid) if item != worker.pid]
    assert len(orphans) == 3
    os.kill(worker.pid, signal.SIGKILL)
    until(lambda: ended(orphans), "its children, and what tends, have ended")
    farm.start("two", "-c", "1")
    paced.go()
    assert farm.wait(run).output_hash == local_hash(farm, film_with("paced"), film)
    assert [entry.data["attempt"] for entry in entries(engine, run, "started")] == [1, 1]


def test_a_worker_that_is_killed_leaves_no_temporary_file(farm: TestFarm, film: Path) -> None:
    temporary = farm.folder / "temporary"
    temporary.mkdir()
    worker = farm.start("one", "-c", "2", TMPDIR=str(temporary))
    farm.wait(farm.submit(SEPIA, {"film": film}))
    worker.kill()
    until(lambda: not group_of(worker.pid), "all of it has ended")
    assert list(temporary.rglob("*")) == []


def group_of(group: int) -> list[int]:
    from tests.worker.test_runs import alive_in_group

    return alive_in_group(group)


def test_what_tends_is_started_again(farm: TestFarm) -> None:
    worker = farm.start("one", "-c", "1")
    (tender,) = tenders_of(worker)
    os.kill(tender, signal.SIGKILL)
    until(lambda: tenders_of(worker) not in ([], [tender]), "there is another")
    farm.engine().state.workers.remove(farm.engine().workers().workers[0].name)
    until(lambda: farm.engine().workers().workers, "it says that the worker lives")


SUBMIT = """\
import sys
from artcelery.core.engine import open_engine
from artcelery.worker.farm import Farm
with open_engine() as engine:
    farm, order = Farm(engine), engine.order(sys.argv[1])
    for number in range(int(sys.argv[2])):
        farm.submit(order)
"""


def test_a_thousand_runs_are_submitted_at_once(farm: TestFarm) -> None:
    words = [sys.executable, "-c", SUBMIT, str(farm.config(sizes(0))), "250"]
    processes = [subprocess.Popen(words, env=farm.environment) for _ in range(4)]
    assert [process.wait(100) for process in processes] == [0] * 4
    engine, cursor, found = farm.engine(), None, 0
    while True:
        page = engine.runs.page(limit=500, cursor=cursor, only=RunFilter(status="pending"))
        found, cursor = found + len(page.runs), page.cursor
        if cursor is None:
            break
    assert found == 1000
    assert engine.state.passes.waiting()["render"].ready == 1000


@pytest.fixture
def service(farm: TestFarm) -> Iterator[CacheService]:
    """The store that the machines of a farm share."""
    made = CacheService(farm.folder / "remote")
    farm.environment |= {"ARTCELERY_STORE_URL": f"http://127.0.0.1:{made.port}", "ARTCELERY_STORE_TOKEN": TOKEN}
    yield made
    made.close()


def test_a_pass_waits_while_the_store_is_down_or_gives_wrong_bytes(
    farm: TestFarm, film: Path, service: CacheService
) -> None:
    run, engine = farm.submit(SEPIA, {"film": film}), farm.engine()
    service.spoil = lambda data: bytes([data[0] ^ 1]) + data[1:]
    farm.start("one", "-c", "1", ARTCELERY_CACHE_DIR=str(farm.folder / "elsewhere"))
    until(lambda: entries(engine, run, "waiting"), "it waits")
    assert "is not what its name says" in entries(engine, run, "waiting")[0].data["reason"]
    service.failures = [503] * 100_000
    until(lambda: len(entries(engine, run, "waiting")) > 1, "it still waits")
    assert "503" in entries(engine, run, "waiting")[1].data["reason"]
    (waiting,) = engine.runs.passes(run.id)
    assert (waiting.attempts, engine.runs.get(run.id).status) == (0, "running")
    service.spoil, service.failures = bytes, []
    assert farm.wait(run).output_hash == local_hash(farm, SEPIA, film)


def test_what_was_rendered_is_kept_while_the_store_is_down(farm: TestFarm, film: Path, service: CacheService) -> None:
    paced, engine = Paced(farm), farm.engine()
    farm.start("one", "-c", "1", ARTCELERY_CACHE_DIR=str(farm.folder / "elsewhere"))
    run = farm.submit(film_with("paced"), {"film": film})
    running(engine, run)
    service.failures = [503] * 100_000
    paced.go()
    until(lambda: entries(engine, run, "waiting"), "it waits")
    assert "503" in entries(engine, run, "waiting")[0].data["reason"]
    service.failures = []
    assert farm.wait(run).output_hash == local_hash(farm, film_with("paced"), film)
