"""Which requests were answered already, in every state: a run is recorded in one step with what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from artcelery.core.errors import QuotaError
from artcelery.core.state.octets import octets
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Claim, Reply
from artcelery.core.state.redis import RedisState
from artcelery.core.state.sqlite import SqliteState
from tests.core.state.conftest import NUMBERS, Open
from tests.core.state.making import a_run, at_once
from tests.core.state.test_passes import LATER, a_pass
from tests.core.state.test_sessions import ANN, BOB

CLAIM = Claim(ANN, "key", "print")


def opened(state: State, number: int, claim: Claim | None = CLAIM, most: int | None = None, user: str = ANN) -> bool:
    """Whether a run was recorded that waits, with one pass."""
    run = a_run(f"run-{number:04}", status="pending", user=user)
    return state.runs.open(run, [a_pass("one", run.id)], LATER, most=most, claim=claim)


def test_a_request_is_answered_from_when_its_run_is_there(open_state: Open) -> None:
    assert open_state().replies.find(ANN, "key") is None
    assert opened(open_state(), 1)
    assert open_state().replies.find(ANN, "key") == Reply("print", "run-0001")
    assert [item.status for item in open_state().passes.of_run("run-0001")] == ["ready"]


def test_of_a_run_for_a_request_that_was_answered_nothing_is_recorded(state: State) -> None:
    opened(state, 1)
    assert not opened(state, 2)
    assert not opened(state, 3, replace(CLAIM, fingerprint="another"))
    assert [run.id for run in state.runs.page().runs] == ["run-0001"]
    assert state.passes.of_run("run-0002") == state.passes.of_run("run-0003") == []
    assert state.replies.find(ANN, "key") == Reply("print", "run-0001")


def test_a_run_that_is_removed_still_answered_its_request(state: State) -> None:
    opened(state, 1)
    state.runs.remove("run-0001")
    assert not opened(state, 2)
    assert state.replies.find(ANN, "key") == Reply("print", "run-0001")


def test_a_run_that_stands_is_not_opened_again(state: State) -> None:
    opened(state, 1)
    state.runs.finish(a_run("run-0001", status="cancelled"))
    assert opened(state, 1, most=1)
    assert state.runs.status("run-0001") == "cancelled"
    assert state.passes.of_run("run-0001") == []


def test_a_key_is_each_users_own(state: State) -> None:
    keys = [
        (ANN, "key"),
        (BOB, "key"),
        ("", "key"),
        ("a", "b:key"),
        ("a:b", "key"),
        ("", "a:b:key"),
        ("\udcff", "\udcfe"),
    ]
    for number, (user, key) in enumerate(keys):
        assert opened(state, number, Claim(user, key, f"print {number}"))
    found = [state.replies.find(user, key) for user, key in keys]
    assert found == [Reply(f"print {number}", f"run-{number:04}") for number in range(len(keys))]


def test_a_reply_is_forgotten_in_time(state: State) -> None:
    opened(state, 1, replace(CLAIM, kept_s=0.05))
    while state.replies.find(ANN, "key"):
        time.sleep(0.01)
    assert opened(state, 2, replace(CLAIM, fingerprint="another"))
    assert state.replies.find(ANN, "key") == Reply("another", "run-0002")


def test_of_many_runs_for_a_request_one_is_recorded(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]
    found = at_once(16, lambda number: opened(states[number % 4], number))
    assert found.count(True) == 1
    reply = Reply("print", f"run-{found.index(True):04}")
    assert states[0].replies.find(ANN, "key") == reply
    assert [run.id for run in states[0].runs.page().runs] == [reply.run_id]


def within(call: Callable[[], bool]) -> bool:
    """What a call gives; False when three runs wait already."""
    try:
        return call()
    except QuotaError as error:
        return not error.message.startswith("3 of your runs wait or run, and 3 may")


def test_no_more_runs_of_a_user_are_recorded_than_may_wait(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]
    found = at_once(16, lambda number: within(lambda: opened(states[number % 4], number, None, most=3)))
    assert (found.count(True), states[0].runs.unfinished(ANN)) == (3, 3)
    assert {run.id for run in states[0].runs.page().runs} == {f"run-{at:04}" for at, it in enumerate(found) if it}
    assert opened(states[0], 20, None, most=3, user=BOB)


def test_runs_that_begin_again_count_among_those_that_wait(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]
    for number in range(8):
        states[0].runs.put(a_run(f"run-{number:04}", status="failed", user=ANN))

    def tried(number: int) -> bool:
        run = a_run(f"run-{number:04}", status="pending", user=ANN)
        return within(lambda: states[number % 4].runs.reopen(run, [a_pass("one", run.id)], LATER, most=3))

    found = at_once(8, tried)
    assert (found.count(True), states[0].runs.unfinished(ANN)) == (3, 3)
    assert [len(states[0].passes.of_run(f"run-{number:04}")) for number in range(8)] == list(map(int, found))


def test_a_request_that_was_answered_hears_so_also_when_no_more_may_wait(state: State) -> None:
    opened(state, 1, most=1)
    assert not opened(state, 2, most=1)
    with pytest.raises(QuotaError):
        opened(state, 3, replace(CLAIM, key="other"), most=1)
    assert state.replies.find(ANN, "other") is None


def test_what_an_artcelery_only_claimed_that_is_gone_was_never_answered(tmp_path: Path) -> None:
    sqlite = SqliteState.open(tmp_path / "state.db")
    with sqlite._database.write() as connection:
        row = (octets(ANN), octets("key"), "print", "", time.time() + 60)
        connection.execute("INSERT INTO replies (user, key, fingerprint, reply, lapses_at) VALUES (?, ?, ?, ?, ?)", row)
    redis = RedisState.open(NUMBERS.url(tmp_path))
    with Redis.from_url(NUMBERS.url(tmp_path)) as client:
        client.hset(f"artdag:reply:{ANN}:key", mapping={"fingerprint": "print", "reply": "", "mark": "m"})
    for state in (sqlite, redis):
        assert state.replies.find(ANN, "key") is None
        assert opened(state, 1)
        assert state.replies.find(ANN, "key") == Reply("print", "run-0001")
        state.close()
