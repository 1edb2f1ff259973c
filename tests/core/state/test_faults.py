"""The state when processes race, are killed, or run out of space."""

from __future__ import annotations

import os
import random
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from artcelery.core.errors import ArtceleryError, StateError, StoreFullError
from artcelery.core.state.records import Result, RunRecord
from artcelery.core.state.sqlite import SqliteState
from artcelery.core.store.disk import DiskStore
from tests.core.state.making import a_node, a_result, a_run, digest
from tests.core.store.children import finished, kill, on_small_disk, ready, run_at_once, start, until_ready, wait_for_go

KILLS = 40


def open_first(path: str) -> None:
    """In a child: open a state that is not there, together with others, and record something."""
    wait_for_go()
    state = SqliteState.open(Path(path))
    state.runs.put(a_run(f"run-{os.getpid():08}"))
    state.close()
    print("recorded")


def test_eight_processes_make_one_state_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.db"
    assert run_at_once(8, open_first, path) == ["recorded"] * 8
    state = SqliteState.open(path)
    count = len(state.runs.page().runs)
    state.close()
    assert count == 8


def finish(path: str) -> None:
    """In a child: finish the run together with others, and say whether that was this call."""
    state = SqliteState.open(Path(path))
    wait_for_go()
    print(state.runs.finish(replace(a_run(), status="completed", user=str(os.getpid()))))
    state.close()


def test_of_eight_processes_exactly_one_finishes_the_run(tmp_path: Path) -> None:
    state = SqliteState.open(tmp_path / "state.db")
    state.runs.put(a_run())
    answers = run_at_once(8, finish, tmp_path / "state.db")
    run = state.runs.get(a_run().id)
    state.close()
    assert sorted(answers) == ["False"] * 7 + ["True"]
    assert run is not None
    assert run.status == "completed"


def put_result(path: str) -> None:
    """In a child: record a result of the same key as others do, and say which one stands."""
    state = SqliteState.open(Path(path))
    wait_for_go()
    print(state.results.put(a_result("key", os.getpid())).content_hash)
    state.close()


def test_eight_processes_agree_on_one_result(tmp_path: Path) -> None:
    SqliteState.open(tmp_path / "state.db").close()
    assert len(set(run_at_once(8, put_result, tmp_path / "state.db"))) == 1


def numbered_run(run_id: str, version: int) -> RunRecord:
    """A run every part of which tells the same number."""
    nodes = tuple(a_node(f"{version}-{number}") for number in range(200))
    hashes = tuple(digest(f"{version}-{number}") for number in range(50))
    return a_run(run_id, output_hash=digest(version), params={"version": version}, nodes=nodes, hashes=hashes)


def record_for_ever(home: str) -> None:
    """In a child: store files, record them as results, and record runs anew and anew."""
    store, state = DiskStore(Path(home, "cache")), SqliteState.open(Path(home, "state.db"))
    ready()
    while True:
        version = random.randrange(10**9)
        blob = store.put_bytes(b"%d" % version)
        state.results.put(
            Result(digest(version), "png", blob.content_hash, blob.size_bytes, 1.0, "2026-01-07T10:00:00.000Z")
        )
        state.runs.put(numbered_run(f"run-{version % 10:04}", version))
        print(version, flush=True)


def test_killed_writers_leave_whole_runs_and_no_result_without_its_file(tmp_path: Path) -> None:
    SqliteState.open(tmp_path / "state.db").close()

    def one_kill(number: int) -> None:
        child = until_ready(start(record_for_ever, tmp_path))
        assert child.stdout is not None
        for _ in range(1 + number % 3):
            child.stdout.readline()
        time.sleep(random.Random(number).uniform(0, 0.02))
        kill(child)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one_kill, range(KILLS)))
    store, state = DiskStore(tmp_path / "cache"), SqliteState.open(tmp_path / "state.db")
    assert state._database.read("PRAGMA integrity_check") == [("ok",)]
    stubs, results = state.runs.page().runs, state._database.read("SELECT content_hash, size_bytes FROM results")
    runs = [state.runs.get(stub.id) for stub in stubs]
    used = {run.id: [name for name in run.hashes if run.id not in state.runs.using(name)] for run in runs if run}
    state.close()
    assert len(results) > KILLS
    assert all(store.find(content_hash, size_bytes) for content_hash, size_bytes in results)
    assert len(runs) > 5
    assert runs == [numbered_run(stub.id, stub.params["version"]) for stub in stubs]
    assert not any(used.values())


def record_until_it_fails(state: SqliteState) -> ArtceleryError:
    for number in range(1000):
        try:
            state.runs.put(numbered_run(f"run-{number:04}", number))
        except (StateError, StoreFullError) as error:
            assert state.runs.get(f"run-{number:04}") is None
            return error
    raise AssertionError("it never failed")


def fill_disk(path: str) -> None:
    """In a child, on a disk of 4 MB: record runs until it is full, then see what still works."""
    ballast = Path(path).with_name("ballast")
    ballast.write_bytes(bytes(1_000_000))
    state = SqliteState.open(Path(path))
    print(record_until_it_fails(state))
    stubs = state.runs.page(limit=1000).runs
    assert len(stubs) > 10
    assert [state.runs.get(run.id) for run in stubs] == [numbered_run(run.id, run.params["version"]) for run in stubs]
    ballast.unlink()
    state.runs.put(numbered_run("run-again", 1))
    assert state._database.read("PRAGMA integrity_check") == [("ok",)]
    state.close()


def test_a_full_disk_is_a_clear_error_and_reads_go_on(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    message = on_small_disk("4m", tmp_path / "small", fill_disk, tmp_path / "small" / "state.db")
    assert "no room to record anything" in message
    assert "artcelery cache prune" in message


def open_on_full_disk(path: str) -> None:
    """In a child, on a full disk: open a new state."""
    with Path(path).with_name("ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(bytes(4096)):
            pass
    with pytest.raises((StateError, StoreFullError)) as caught:
        SqliteState.open(Path(path))
    print(caught.value)


def test_a_new_state_on_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    message = on_small_disk("1m", tmp_path / "small", open_on_full_disk, tmp_path / "small" / "state.db")
    assert "free" in message


def record_beyond_limit(path: str) -> None:
    """In a child whose files may grow by no more than 300 kB: record runs until that is reached."""
    state = SqliteState.open(Path(path))
    limit = max(file.stat().st_size for file in Path(path).parent.iterdir()) + 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    print(record_until_it_fails(state))
    assert state.runs.get("run-0000") == numbered_run("run-0000", 0)


def test_a_state_that_may_not_grow_is_a_clear_error(tmp_path: Path) -> None:
    message = finished(start(record_beyond_limit, tmp_path / "state.db"))
    assert "check the disk, its free space (`df`) and your quota" in message
