"""Leases, in every state and across processes."""

from __future__ import annotations

import time
from pathlib import Path

from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import State
from artcelery.core.state.sqlite import SqliteState
from tests.core.state.conftest import Open
from tests.core.store.children import kill, ready, run_at_once, start, stay, until_ready, wait_for_go

ELSEWHERE = "far-away:-:-:-:1:1"


def test_one_holder_has_a_key_until_it_is_released(open_state: Open) -> None:
    leases, others = open_state().leases, open_state().leases
    token = leases.acquire("key", holder_id(), 60)
    assert token
    assert others.acquire("key", ELSEWHERE, 60) is None
    assert leases.acquire("key", holder_id(), 60) is None
    assert others.acquire("other key", ELSEWHERE, 60)
    leases.release("key", token)
    assert others.acquire("key", ELSEWHERE, 60)


def test_a_lease_lapses_and_what_was_taken_over_cannot_be_renewed(state: State) -> None:
    old = state.leases.acquire("key", ELSEWHERE, 60)
    assert old
    assert state.leases.acquire("key", holder_id(), 60) is None
    assert state.leases.renew("key", old, 0.05)
    time.sleep(0.06)
    new = state.leases.acquire("key", holder_id(), 60)
    assert new
    assert new != old
    assert not state.leases.renew("key", old, 60)
    state.leases.release("key", old)
    assert state.leases.acquire("key", ELSEWHERE, 60) is None


def test_a_renewed_lease_outlives_its_first_term(state: State) -> None:
    token = state.leases.acquire("key", ELSEWHERE, 0.2)
    assert token
    assert state.leases.renew("key", token, 60)
    time.sleep(0.25)
    assert state.leases.acquire("key", holder_id(), 60) is None


def test_a_lease_that_lapsed_long_ago_is_forgotten(state: State) -> None:
    long_ago, lately = (state.leases.acquire(key, ELSEWHERE, ttl_s) for key, ttl_s in (("a", -2 * 86400), ("b", -1)))
    assert state.leases.acquire("c", ELSEWHERE, 60)
    assert long_ago
    assert not state.leases.renew("a", long_ago, 60)
    assert lately
    assert state.leases.renew("b", lately, 60)


def test_a_released_lease_cannot_be_renewed(state: State) -> None:
    token = state.leases.acquire("key", holder_id(), 60)
    assert token
    state.leases.release("key", token)
    assert not state.leases.renew("key", token, 60)


def hold(path: str) -> None:
    """In a child: take the lease and keep it."""
    assert SqliteState.open(Path(path)).leases.acquire("key", holder_id(), 600)
    ready()
    time.sleep(60)


def test_the_lease_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    child = until_ready(start(hold, tmp_path / "state.db"))
    state = SqliteState.open(tmp_path / "state.db")
    while_alive = state.leases.acquire("key", holder_id(), 60)
    kill(child)
    afterwards = state.leases.acquire("key", holder_id(), 60)
    state.close()
    assert while_alive is None
    assert afterwards is not None


def take(path: str) -> None:
    """In a child: try to take the lease together with others, say whether that worked, and do not end before them."""
    state = SqliteState.open(Path(path))
    wait_for_go()
    stay(state.leases.acquire("key", holder_id(), 600) is not None)


def test_of_eight_processes_exactly_one_gets_the_lease(tmp_path: Path) -> None:
    answers = run_at_once(8, take, tmp_path / "state.db")
    assert sorted(answers) == ["False"] * 7 + ["True"]
