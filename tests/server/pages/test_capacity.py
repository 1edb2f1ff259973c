"""Whether the workers suffice, as it is said of what a state knows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from artcelery.core.engine.workers import overview
from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import State
from artcelery.core.state.records import PassRecord, WorkerRecord
from artcelery.core.state.sqlite import SqliteState
from artcelery.server.pages.capacity import Capacity
from tests.core.state.making import digest

LATER = 1e12


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = SqliteState.open(tmp_path / "state.db")
    yield state
    state.close()


def seen(state: State) -> Capacity:
    return Capacity.of(overview(state), state)


def works(state: State, name: str, *queues: str, places: int = 1, stopping: bool = False) -> None:
    state.workers.put(WorkerRecord(name, holder_id(), "1", 1, places, queues, stopping=stopping), 60)


def waits(state: State, run_id: str, queue: str = "render") -> PassRecord:
    item = PassRecord(run_id, "film", digest(run_id), "mp4", queue=queue)
    state.passes.plan(run_id, [item], LATER)
    return item


def begun(state: State, item: PassRecord, worker: str) -> None:
    assert state.passes.begin(item.run_id, item.name, worker, holder_id(), 60).token


def test_where_nothing_waits_there_is_room(state: State) -> None:
    works(state, "one", "render", places=2)
    found = seen(state)
    assert (found.sign, found.words) == ("idle", "There is room: what comes begins at once.")
    assert (found.workers, found.places, found.busy, found.free) == (1, 2, 0, 2)


def test_while_all_places_are_taken_the_oldest_wait_is_told(state: State) -> None:
    works(state, "one", "render")
    begun(state, waits(state, "run-0001"), "one")
    item = waits(state, "run-0002")
    found = seen(state)
    assert (found.sign, found.busy, found.free, found.ready) == ("waiting", 1, 0, 1)
    assert found.words.startswith("All places are taken: the oldest pass waits for ")
    assert found.why(item) == "all places are taken"


def test_places_of_workers_that_do_not_take_what_waits_are_no_room(state: State) -> None:
    works(state, "one", "render")
    works(state, "two", "probe", places=4)
    begun(state, waits(state, "run-0001"), "one")
    waits(state, "run-0002")
    assert (seen(state).places, seen(state).free, seen(state).sign) == (5, 0, "waiting")


def test_a_queue_that_nobody_takes_is_named(state: State) -> None:
    works(state, "one", "render")
    item = waits(state, "run-0001", "effects")
    found = seen(state)
    assert (found.sign, found.words) == ("lapsed", "No worker takes the queue effects: what is in it waits.")
    assert found.why(item) == "no worker takes the queue effects"


def test_a_worker_that_stops_takes_nothing_more(state: State) -> None:
    works(state, "one", "render", stopping=True)
    item = waits(state, "run-0001")
    found = seen(state)
    assert (found.sign, found.words) == ("lapsed", "No worker is alive: what is ordered waits.")
    assert found.why(item) == "no worker is alive; `artcelery worker` starts one"


def test_what_no_worker_can_do_is_told_before_that_places_are_taken(state: State) -> None:
    works(state, "one", "render")
    begun(state, waits(state, "run-0001"), "one")
    waits(state, "run-0002")
    state.passes.explain("run-0002", "film", "no worker that is alive can do it", LATER)
    found = seen(state)
    assert (found.sign, found.words) == ("lapsed", "Something waits that no worker can begin: it says why.")
    assert found.why(found.oldest[0]) == "no worker that is alive can do it"


def test_what_was_put_off_after_an_attempt_calls_nobody(state: State) -> None:
    works(state, "one", "render")
    item = waits(state, "run-0001")
    token = state.passes.begin(item.run_id, item.name, "one", holder_id(), 60).token
    state.passes.put_off(item.run_id, item.name, token, "attempt 1 failed", time.time() + 60, counted=True)
    found = seen(state)
    assert (found.sign, found.words) == ("running", "There is room: what comes begins at once.")
    assert found.why(found.oldest[0]) == "attempt 1 failed"
    assert found.oldest_s == 0
