"""Passes of submitted runs, their journals, and workers, in every state."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import RUNG_AGAIN_S, State
from artcelery.core.state.records import PassRecord, WorkerRecord
from tests.core.state.conftest import Open
from tests.core.state.making import a_result, a_run, digest

ELSEWHERE = "far-away:-:-:-:1:1"
LATER = 1e12


def a_pass(name: str, run_id: str = "run-0001", *, waits_for: Sequence[str] = (), frames: int = 25) -> PassRecord:
    files = tuple((digest(item), "png") for item in waits_for)
    return PassRecord(run_id, name, digest(name), "png", waits_for=files, frames=frames, requires=("encoder:png",))


def the_end(run_id: str, passes: Sequence[PassRecord]) -> PassRecord:
    return PassRecord(run_id, "", run_id, "run", waits_for=tuple((item.key, item.encoding) for item in passes))


def planned(state: State, *passes: PassRecord, due_at: float = LATER) -> Sequence[PassRecord]:
    run_id = passes[0].run_id
    return state.passes.plan(run_id, [*passes, the_end(run_id, passes)], due_at)


def names(passes: Sequence[PassRecord]) -> list[str]:
    return [item.name for item in passes]


def begun(state: State, name: str, run_id: str = "run-0001", *, worker: str = "w1", ttl_s: float = 60) -> str:
    answer = state.passes.begin(run_id, name, worker, holder_id(), ttl_s)
    assert answer.token, answer
    return answer.token


def test_what_waits_for_nothing_that_is_still_to_be_made_is_ready(state: State) -> None:
    ready = planned(state, a_pass("one"), a_pass("two", waits_for=["known"]), a_pass("three", waits_for=["one", "two"]))
    assert names(ready) == ["one", "two"]
    kept = {item.name: item for item in state.passes.of_run("run-0001")}
    assert [(name, item.status) for name, item in kept.items()] == [
        ("one", "ready"),
        ("two", "ready"),
        ("three", "waiting"),
        ("", "waiting"),
    ]
    assert kept["one"] == replace(a_pass("one"), since=kept["one"].since, due_at=LATER)
    assert abs(kept["one"].since - time.time()) < 60


def test_what_became_ready_is_told_to_whoever_made_the_last_file(state: State) -> None:
    planned(state, a_pass("one"), a_pass("two"), a_pass("three", waits_for=["one", "two"]))
    first, second = begun(state, "one"), begun(state, "two")
    assert state.passes.end("run-0001", "one", first, a_result("one")).ready == ()
    ended = state.passes.end("run-0001", "two", second, a_result("two", "other"))
    assert names(ended.ready) == ["three"]
    assert ended.result == a_result("two", "other")
    assert abs(ended.ready[0].due_at - time.time() - RUNG_AGAIN_S) < 5
    ended = state.passes.end("run-0001", "three", begun(state, "three"), a_result("three", "third"))
    assert names(ended.ready) == [""]
    assert state.passes.end("run-0001", "", begun(state, ""), None).ready == ()
    assert {item.status for item in state.passes.of_run("run-0001")} == {"done"}


def test_a_file_is_made_once_for_all_runs_that_wait_for_it(state: State) -> None:
    planned(state, a_pass("shared"), a_pass("one", waits_for=["shared"]))
    planned(state, a_pass("shared", "run-0002"), a_pass("two", "run-0002", waits_for=["shared"]))
    token = begun(state, "shared")
    held = state.passes.begin("run-0002", "shared", "w2", ELSEWHERE, 60)
    assert (held.refused, held.token) == ("held", "")
    other = state.passes.get("run-0002", "shared")
    assert other
    assert abs(other.due_at - time.time() - 60) < 5
    ended = state.passes.end("run-0001", "shared", token, a_result("shared"))
    assert {(item.run_id, item.name) for item in ended.ready} == {("run-0001", "one"), ("run-0002", "two")}
    assert state.passes.begin("run-0002", "shared", "w2", ELSEWHERE, 60).refused == "gone"


def test_two_that_begin_one_pass_get_it_once(open_state: Open) -> None:
    one, other = open_state(), open_state()
    planned(one, a_pass("one"))
    assert begun(one, "one")
    assert other.passes.begin("run-0001", "one", "w2", ELSEWHERE, 60).refused == "held"


def test_what_waits_or_is_gone_is_not_begun(state: State) -> None:
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    assert state.passes.begin("run-0001", "two", "w1", ELSEWHERE, 60).refused == "early"
    assert state.passes.begin("run-0001", "three", "w1", ELSEWHERE, 60).refused == "gone"
    assert state.passes.begin("run-0002", "one", "w1", ELSEWHERE, 60).refused == "gone"


def test_each_beginning_counts_unless_it_is_given_back_without_fault(state: State) -> None:
    planned(state, a_pass("one"))
    for attempt in (1, 2):
        answer = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 60)
        assert answer.record
        assert answer.record.attempts == attempt
        state.passes.put_off("run-0001", "one", answer.token, "it broke", time.time(), counted=True)
    token = begun(state, "one")
    state.passes.put_off("run-0001", "one", token, "the worker stops", time.time(), counted=False)
    found = state.passes.get("run-0001", "one")
    assert found
    assert (found.attempts, found.reason, found.status, found.worker) == (2, "the worker stops", "ready", "")


def test_what_is_put_off_is_not_begun_before_its_time(state: State) -> None:
    planned(state, a_pass("one"))
    token = begun(state, "one")
    state.passes.put_off("run-0001", "one", token, "the store is away", time.time() + 60, counted=False)
    assert state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 60).refused == "early"
    assert state.passes.due(time.time() + 59, LATER, 10) == []
    assert names(state.passes.due(time.time() + 61, LATER, 10)) == ["one"]


def test_a_pass_whose_time_has_come_is_given_to_one_caller(open_state: Open) -> None:
    one, other = open_state(), open_state()
    now = time.time()
    planned(one, a_pass("one"), a_pass("two", waits_for=["one"]), due_at=now)
    assert names(one.passes.due(now, now + 60, 10)) == ["one"]
    assert other.passes.due(now, now + 60, 10) == []
    assert names(other.passes.due(now + 60, now + 120, 10)) == ["one"]


def test_the_most_overdue_come_first(state: State) -> None:
    for number in range(5):
        planned(state, a_pass(f"p{number}", f"run-000{number}"), due_at=100.0 - number)
    assert names(state.passes.due(200.0, LATER, 2)) == ["p4", "p3"]


def test_a_pass_whose_worker_fell_silent_is_due_and_begun_by_another(state: State) -> None:
    planned(state, a_pass("one"))
    answer = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 60)
    assert state.passes.due(time.time(), LATER, 10) == []
    assert state.passes.renew("run-0001", "one", answer.token, 0.05, 10)
    time.sleep(0.06)
    (lost,) = state.passes.due(time.time(), time.time() + 60, 10)
    assert (lost.name, lost.status, lost.attempts) == ("one", "ready", 1)
    again = state.passes.begin("run-0001", "one", "w2", ELSEWHERE, 60)
    assert again.record
    assert (again.record.attempts, again.record.worker) == (2, "w2")
    assert not state.passes.renew("run-0001", "one", answer.token, 60, 10)
    kinds = [entry.kind for entry in state.journal.since("run-0001")]
    assert kinds == ["started", "lost", "started"]


def test_a_renewed_pass_lives_on_and_says_how_far_it_is(state: State) -> None:
    planned(state, a_pass("one"))
    answer = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 0.2)
    assert state.passes.renew("run-0001", "one", answer.token, 60, 12)
    time.sleep(0.25)
    assert state.passes.due(time.time(), LATER, 10) == []
    (running,) = state.passes.running()
    assert (running.name, running.done, running.frames, running.worker) == ("one", 12, 25, "w1")


def test_a_worker_that_slept_past_its_lease_goes_on_when_nobody_took_over(state: State) -> None:
    planned(state, a_pass("one"))
    answer = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 0.05)
    time.sleep(0.06)
    assert state.passes.due(time.time(), LATER, 10)
    assert state.passes.renew("run-0001", "one", answer.token, 60, 5)
    assert names(state.passes.running()) == ["one"]


def test_a_late_end_changes_nothing(state: State) -> None:
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    late = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 0.01)
    time.sleep(0.02)
    state.passes.due(time.time(), LATER, 10)
    token = begun(state, "one", worker="w2")
    first = state.passes.end("run-0001", "one", token, a_result("one"))
    assert names(first.ready) == ["two"]
    second = state.passes.end("run-0001", "one", late.token, a_result("one", "another file"))
    assert second.ready == ()
    assert second.result == first.result
    kinds = [entry.kind for entry in state.journal.since("run-0001")]
    assert kinds.count("finished") == 1


def test_a_worker_is_told_that_its_pass_is_no_longer_wanted(state: State) -> None:
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    token = begun(state, "one")
    assert state.passes.drop("run-0001") == 2
    assert not state.passes.renew("run-0001", "one", token, 60, 3)
    assert state.passes.begin("run-0001", "one", "w2", ELSEWHERE, 60).refused == "gone"


def test_what_another_run_waits_for_is_due_when_a_cancelled_one_gave_it_back(state: State) -> None:
    planned(state, a_pass("shared"))
    planned(state, a_pass("shared", "run-0002"))
    token = begun(state, "shared")
    assert state.passes.begin("run-0002", "shared", "w2", ELSEWHERE, 60).refused == "held"
    state.passes.drop("run-0001")
    state.passes.put_off("run-0001", "shared", token, "cancelled", time.time(), counted=False)
    (due,) = state.passes.due(time.time(), LATER, 10)
    assert (due.run_id, due.name) == ("run-0002", "shared")
    assert begun(state, "shared", "run-0002")


def test_planning_again_replaces_what_was_planned(state: State) -> None:
    planned(state, a_pass("one"))
    token = begun(state, "one")
    ready = planned(state, a_pass("two"), a_pass("three", waits_for=["two"]))
    assert names(ready) == ["two"]
    assert names(state.passes.of_run("run-0001")) == ["two", "three", ""]
    assert not state.passes.renew("run-0001", "one", token, 60, 1)
    state.passes.end("run-0001", "two", begun(state, "two"), a_result("two"))
    assert begun(state, "three")


def test_why_a_pass_is_not_begun_is_said_once(state: State) -> None:
    planned(state, a_pass("one"))
    for due_at in (10.0, 20.0):
        state.passes.explain("run-0001", "one", "no worker has encoder:av1", due_at)
    found = state.passes.get("run-0001", "one")
    assert found
    assert (found.reason, found.due_at) == ("no worker has encoder:av1", 20.0)
    entries = state.journal.since("run-0001")
    assert [(entry.kind, entry.data["reason"]) for entry in entries] == [("waiting", "no worker has encoder:av1")]


def test_what_waits_is_counted_by_queue(state: State) -> None:
    assert state.passes.waiting() == {}
    analysis = replace(a_pass("beats"), queue="probe")
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]), a_pass("three"), analysis)
    begun(state, "three")
    found = state.passes.waiting()
    render = found["render"]
    assert (render.waiting, render.ready, render.running) == (1, 1, 1)
    assert render.oldest_ready
    assert abs(render.oldest_ready - time.time()) < 60
    assert (found["probe"].ready, set(found)) == (1, {"render", "probe"})


def test_the_journal_keeps_the_order_and_is_read_from_anywhere(state: State) -> None:
    assert [state.journal.append("run-0001", "kind", {"n": n, "text": "ü"}) for n in range(5)] == [1, 2, 3, 4, 5]
    assert state.journal.append("run-0002", "kind", {}) == 1
    entries = state.journal.since("run-0001", 2, limit=2)
    assert [(entry.number, entry.kind, entry.data) for entry in entries] == [
        (3, "kind", {"n": 2, "text": "ü"}),
        (4, "kind", {"n": 3, "text": "ü"}),
    ]
    assert abs(entries[0].at - time.time()) < 60
    assert state.journal.since("run-0001", 5) == []


def test_the_journal_of_a_run_goes_with_it(state: State) -> None:
    state.runs.put(a_run())
    state.journal.append("run-0001", "kind", {})
    state.runs.remove("run-0001")
    assert state.journal.since("run-0001") == []


def a_worker(name: str, **more: object) -> WorkerRecord:
    facts = WorkerRecord(name, ELSEWHERE, "0.1.0", 1, 2, ("render",), ("encoder:libx264",), 1 << 33, "now", 1.5)
    return replace(facts, **more)  # type: ignore[arg-type]


def test_workers_are_known_until_they_fall_silent(state: State) -> None:
    state.workers.put(a_worker("b"), 60)
    state.workers.put(a_worker("a"), 60)
    assert state.workers.all() == [a_worker("a"), a_worker("b")]
    state.workers.put(a_worker("a"), 0.05)
    time.sleep(0.06)
    assert state.workers.all() == [a_worker("b")]
    state.workers.put(a_worker("b", stopping=True), 60)
    assert state.workers.all() == [a_worker("b", stopping=True)]
    state.workers.remove("b")
    assert state.workers.all() == []


def test_a_run_begins_once(state: State) -> None:
    state.runs.put(a_run(status="pending", nodes=()))
    assert state.runs.start(a_run(status="running"))
    assert state.runs.get("run-0001") == a_run(status="running")
    assert not state.runs.start(a_run(status="running", nodes=()))
    assert state.runs.get("run-0001") == a_run(status="running")
    assert not state.runs.start(a_run("run-0002", status="running"))


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_run_that_ended_badly_begins_again(state: State, status: str) -> None:
    state.runs.put(a_run(status=status, error={"code": "x", "message": "y"}))
    again = a_run(status="pending", error=None)
    assert state.runs.reopen(again)
    assert state.runs.get("run-0001") == again
    assert not state.runs.reopen(again)


def test_a_completed_run_does_not_begin_again(state: State) -> None:
    state.runs.put(a_run(status="completed"))
    assert not state.runs.reopen(a_run(status="pending"))
    assert not state.runs.reopen(a_run("run-0002", status="pending"))
    assert state.runs.get("run-0001") == a_run(status="completed")


def test_a_run_that_is_over_has_no_passes_and_says_so_at_once(state: State) -> None:
    state.runs.put(a_run(status="running"))
    planned(state, a_pass("one"))
    token = begun(state, "one")
    assert state.runs.finish(a_run(status="failed"), {"code": "x"})
    assert state.passes.of_run("run-0001") == []
    assert not state.passes.renew("run-0001", "one", token, 60, 1)
    assert not state.runs.finish(a_run(status="completed"), {})
    said = [(entry.kind, entry.data) for entry in state.journal.since("run-0001")]
    assert said[1:] == [("failed", {"code": "x"})]


def test_a_run_that_begins_again_has_its_passes_and_whoever_ended_it_cannot_take_them(state: State) -> None:
    state.runs.put(a_run(status="failed"))
    assert state.runs.reopen(a_run(status="pending"), [a_pass("one"), a_pass("two", waits_for=["one"])], LATER)
    assert [entry.kind for entry in state.journal.since("run-0001")][-1:] == ["retried"]
    assert [(item.name, item.status) for item in state.passes.of_run("run-0001")] == [
        ("one", "ready"),
        ("two", "waiting"),
    ]
    assert state.passes.drop("run-0001") == 0
    assert begun(state, "one")
    assert not state.runs.reopen(a_run(status="pending"), [a_pass("one")], LATER)
    assert [item.status for item in state.passes.of_run("run-0001")] == ["running", "waiting"]


def test_nothing_is_planned_of_a_run_that_was_ended_meanwhile(state: State) -> None:
    state.runs.put(a_run(status="cancelled"))
    assert planned(state, a_pass("one")) == []
    assert state.passes.of_run("run-0001") == []


def test_the_passes_of_a_run_go_with_it(state: State) -> None:
    state.runs.put(a_run(status="pending"))
    planned(state, a_pass("one"))
    assert state.runs.remove("run-0001")
    assert state.passes.of_run("run-0001") == []
    assert state.passes.due(LATER, LATER, 10) == []
