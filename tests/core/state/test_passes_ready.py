"""Which passes have been ready for longest, in every state."""

from __future__ import annotations

from dataclasses import replace

from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import State
from artcelery.core.state.records import PassRecord
from tests.core.state.making import digest

LATER = 1e12


def planned(state: State, run_id: str, *passes: PassRecord) -> None:
    files = tuple((item.key, item.encoding) for item in passes)
    state.passes.plan(run_id, [*passes, PassRecord(run_id, "", run_id, "run", waits_for=files)], LATER)


def a_pass(run_id: str, name: str, *, queue: str = "render", after: str = "") -> PassRecord:
    files = ((digest(after), "png"),) if after else ()
    return PassRecord(run_id, name, digest(name), "png", queue=queue, waits_for=files)


def test_those_that_have_been_ready_for_longest_come_first_whatever_their_queue(state: State) -> None:
    for number in range(4):
        run_id = f"run-000{number}"
        planned(state, run_id, a_pass(run_id, f"pass {number}", queue=("render", "effects")[number % 2]))
    assert [item.name for item in state.passes.ready(10)] == ["pass 0", "pass 1", "pass 2", "pass 3"]
    assert [item.name for item in state.passes.ready(3)] == ["pass 0", "pass 1", "pass 2"]
    assert state.passes.ready(3)[2].queue == "render"


def test_what_waits_is_begun_or_only_ends_a_run_is_not_among_them(state: State) -> None:
    first, second = a_pass("run-0001", "first"), a_pass("run-0001", "second", after="first")
    planned(state, "run-0001", first, second)
    assert [item.name for item in state.passes.ready(10)] == ["first"]
    assert state.passes.begin("run-0001", "first", "w1", holder_id(), 60).token
    assert state.passes.ready(10) == []
    planned(state, "run-0002")
    assert state.passes.ready(10) == []


def test_why_one_is_not_begun_comes_with_it(state: State) -> None:
    planned(state, "run-0001", a_pass("run-0001", "one"))
    state.passes.explain("run-0001", "one", "no worker has encoder:av1", LATER)
    (found,) = state.passes.ready(1)
    assert found == replace(
        a_pass("run-0001", "one"), reason="no worker has encoder:av1", since=found.since, due_at=LATER
    )
