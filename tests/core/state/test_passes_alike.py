"""Whatever is done to passes, in any order, every state gives the same answers."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from artcelery.core.state.protocol import State
from artcelery.core.state.records import PassRecord
from tests.core.state.conftest import FACTORIES
from tests.core.state.making import a_result
from tests.core.state.test_passes import ELSEWHERE, LATER, a_pass, planned

RUNS = ("run-0001", "run-0002", "run-0003")
WAITS = {"a": (), "b": (), "c": ("a", "b"), "d": ("c",), "e": ("a", "nobody makes it")}
PAST = 100.0

Step = tuple[Any, ...]
Seen = tuple[Any, ...]

one_run = st.sampled_from(RUNS)
one_name = st.sampled_from([*WAITS, ""])
times = st.sampled_from([PAST, LATER])
# Which of the tokens that were given: the last, the one before it, ...
token = st.integers(0, 3)
lasts = st.sampled_from([60.0, 60.0, -1.0])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), one_run, st.sets(st.sampled_from([*WAITS]), min_size=1), times),
        st.tuples(st.just("begin"), one_run, one_name, lasts),
        st.tuples(st.just("begin"), one_run, one_name, lasts),
        st.tuples(st.just("renew"), token, lasts),
        st.tuples(st.just("end"), token),
        st.tuples(st.just("end"), token),
        st.tuples(st.just("put_off"), token, times, st.booleans()),
        st.tuples(st.just("explain"), one_run, one_name, st.sampled_from(["so", "\udcff/\"'"]), times),
        st.tuples(st.just("drop"), one_run),
        st.tuples(st.just("due"), times),
    ),
    max_size=30,
)


class Player:
    """Takes steps in one state, and tells what is seen of it; times and tokens are each state's own."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._tokens: list[tuple[str, str, str]] = [("run-0001", "a", "none")]

    def take(self, step: Step) -> Seen:
        what, *more = step
        return getattr(self, what)(*more), self.looks()

    def plan(self, run_id: str, chosen: set[str], due_at: float) -> object:
        items = [a_pass(name, run_id, waits_for=WAITS[name]) for name in sorted(chosen)]
        return [timeless(item) for item in planned(self._state, *items, due_at=due_at)]

    def begin(self, run_id: str, name: str, ttl_s: float) -> object:
        begun = self._state.passes.begin(run_id, name, "w1", ELSEWHERE, ttl_s)
        if begun.token:
            self._tokens.append((run_id, name, begun.token))
        return begun.refused, begun.record and timeless(begun.record)

    def renew(self, which: int, ttl_s: float) -> object:
        return self._state.passes.renew(*self._token(which), ttl_s, 7)

    def end(self, which: int) -> object:
        run_id, name, token = self._token(which)
        result = a_result(name, f"{name} of {run_id}") if name else None
        ended = self._state.passes.end(run_id, name, token, result)
        return ended.result, {timeless(item) for item in ended.ready}

    def put_off(self, which: int, due_at: float, counted: bool) -> object:
        return self._state.passes.put_off(*self._token(which), "not now \udcff", due_at, counted=counted)

    def explain(self, run_id: str, name: str, reason: str, due_at: float) -> object:
        return self._state.passes.explain(run_id, name, reason, due_at)

    def drop(self, run_id: str) -> object:
        return self._state.passes.drop(run_id)

    def due(self, again_at: float) -> object:
        return {timeless(item) for item in self._state.passes.due(time.time(), again_at, 100)}

    def looks(self) -> Seen:
        passes = self._state.passes
        counts = {queue: (it.waiting, it.ready, it.running) for queue, it in passes.waiting().items()}
        kept = [[timeless(item) for item in passes.of_run(run_id)] for run_id in RUNS]
        said = [[(entry.kind, entry.data) for entry in self._state.journal.since(run_id)] for run_id in RUNS]
        return counts, kept, said, {timeless(item) for item in passes.running()}

    def _token(self, which: int) -> tuple[str, str, str]:
        return self._tokens[max(0, len(self._tokens) - 1 - which)]


def timeless(item: PassRecord) -> PassRecord:
    is_told = item.due_at in (PAST, LATER)
    return replace(item, since=0, due_at=item.due_at if is_told else 0)


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_every_state_gives_the_same_answers(steps: list[Step]) -> None:
    steps = [("plan", RUNS[0], set(WAITS), PAST), *steps]
    seen = {}
    for name, factory in FACTORIES.items():
        with tempfile.TemporaryDirectory() as folder:
            state = factory(Path(folder))
            player = Player(state)
            seen[name] = [player.take(step) for step in steps]
            state.close()
    for number, step in enumerate(steps):
        assert seen["redis"][number] == seen["sqlite"][number], step
