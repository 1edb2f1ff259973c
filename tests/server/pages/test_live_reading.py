"""Which runs changed, as one reader notices it: whatever happened between two times that it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from artcelery import Engine
from artcelery.core.state.protocol import State
from artcelery.core.state.records import PassRecord, RunRecord
from artcelery.server.pages.live_reading import Changed, RunsReading, per_cent_of
from tests.core.state.making import a_run


@pytest.fixture
def state(engine: Engine) -> State:
    return engine.state


def put(state: State, number: int, status: str, **given: object) -> RunRecord:
    at = f"2026-01-07T10:{number // 60:02}:{number % 60:02}.000Z"
    run = a_run(f"run-{number:06}", status=status, created_at=at, holder="", **given)
    state.runs.put(run)
    return run


def said(news: Sequence[Changed]) -> list[tuple[str, str]]:
    return sorted((item.run.id, "removed" if item.is_removed else item.run.status) for item in news)


def test_what_was_there_at_first_is_told_and_nothing_twice(state: State) -> None:
    put(state, 1, "completed")
    reading = RunsReading(state)
    assert said(reading.news()) == [("run-000001", "completed")]
    assert reading.news() == []


def test_new_runs_and_those_that_go_on_are_told(state: State) -> None:
    waiting, reading = put(state, 1, "pending"), RunsReading(state)
    reading.news()
    state.runs.put(replace(waiting, status="running"))
    put(state, 2, "completed")
    assert said(reading.news()) == [("run-000001", "running"), ("run-000002", "completed")]


def test_a_run_that_ends_is_told_however_many_newer_there_are(state: State) -> None:
    old, reading = put(state, 1, "running"), RunsReading(state)
    for number in range(2, 140):
        put(state, number, "completed")
    reading.news()
    state.runs.put(replace(old, status="failed", finished_at="2026-01-07T12:00:00.000Z"))
    assert said(reading.news()) == [("run-000001", "failed")]
    assert reading.news() == []


def test_a_run_that_is_removed_is_told_with_whose_it_was(state: State) -> None:
    for number in (1, 2, 3):
        put(state, number, "completed", user="@ada@l2")
    reading = RunsReading(state)
    reading.news()
    state.runs.remove("run-000001")
    news = reading.news()
    assert said(news) == [("run-000001", "removed")]
    assert news[0].run.member == "@ada@l2"
    assert reading.news() == []


def test_runs_that_only_became_old_are_not_told_again(state: State) -> None:
    for number in range(150):
        put(state, number, "completed")
    reading = RunsReading(state)
    assert len(reading.news()) == 100
    for number in range(150, 160):
        put(state, number, "completed")
    assert said(reading.news()) == [(f"run-{number:06}", "completed") for number in range(150, 160)]


def test_a_run_that_began_again_and_ended_in_between_is_told(state: State) -> None:
    first, reading = put(state, 1, "failed", finished_at="2026-01-07T10:00:02.000Z"), RunsReading(state)
    reading.news()
    assert state.runs.reopen(replace(first, status="pending", finished_at=None))
    state.runs.put(replace(first, status="failed", finished_at="2026-01-07T10:00:05.000Z"))
    assert said(reading.news()) == [("run-000001", "failed")]


def test_how_far_a_run_is_counts_frames_and_is_whole_only_at_the_end() -> None:
    def a_pass(name: str, frames: int, done: int, status: str = "running") -> PassRecord:
        return PassRecord("run", name, "key", "encoding", frames=frames, done=done, status=status)  # type: ignore[arg-type]

    assert per_cent_of([]) is None
    assert per_cent_of([a_pass("film", 0, 7)]) is None
    assert per_cent_of([a_pass("one", 100, 25), a_pass("two", 100, 0, "done"), a_pass("", 50, 0)]) == 62
    assert per_cent_of([a_pass("one", 100, 100)]) == 99
