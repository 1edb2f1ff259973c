"""Which requests were answered already, in every state."""

from __future__ import annotations

import time

from artcelery.core.state.protocol import State
from tests.core.state.conftest import Open
from tests.core.state.making import at_once
from tests.core.state.test_sessions import ANN, BOB

DAY_S = 86400.0


def test_a_key_is_claimed_once_and_then_has_its_reply(open_state: Open) -> None:
    assert open_state().replies.claim(ANN, "key", "print", DAY_S) is None
    assert open_state().replies.claim(ANN, "key", "another", DAY_S) == ("print", "")
    open_state().replies.keep(ANN, "key", "run-0001", DAY_S)
    assert open_state().replies.claim(ANN, "key", "print", DAY_S) == ("print", "run-0001")


def test_a_key_is_each_users_own(state: State) -> None:
    assert state.replies.claim(ANN, "key", "ann's", DAY_S) is None
    assert state.replies.claim(BOB, "key", "bob's", DAY_S) is None
    assert state.replies.claim("", "key", "own", DAY_S) is None
    assert state.replies.claim("a", "b:key", "a's", DAY_S) is None
    assert state.replies.claim("a:b", "key", "a:b's", DAY_S) is None
    assert state.replies.claim("", "a:b:key", "other", DAY_S) is None
    assert state.replies.claim("\udcff", "\udcfe\n", "odd", DAY_S) is None
    assert state.replies.claim("\udcff", "\udcfe\n", "again", DAY_S) == ("odd", "")


def test_a_claim_that_is_given_back_can_be_made_again(state: State) -> None:
    state.replies.claim(ANN, "key", "print", DAY_S)
    state.replies.release(ANN, "key")
    state.replies.release(ANN, "key")
    assert state.replies.claim(ANN, "key", "another", DAY_S) is None


def test_what_has_its_reply_keeps_it(state: State) -> None:
    state.replies.claim(ANN, "key", "print", DAY_S)
    state.replies.keep(ANN, "key", "run-0001", DAY_S)
    state.replies.release(ANN, "key")
    assert state.replies.claim(ANN, "key", "print", DAY_S) == ("print", "run-0001")


def test_a_reply_to_what_nobody_claimed_is_not_kept(state: State) -> None:
    state.replies.keep(ANN, "key", "run-0001", DAY_S)
    assert state.replies.claim(ANN, "key", "print", DAY_S) is None


def test_a_claim_and_a_reply_are_forgotten_in_time(state: State) -> None:
    assert state.replies.claim(ANN, "key", "first", 0.05) is None
    while state.replies.claim(ANN, "key", "second", DAY_S):
        time.sleep(0.01)
    state.replies.keep(ANN, "key", "run-0001", 0.05)
    while standing := state.replies.claim(ANN, "key", "third", DAY_S):
        assert standing == ("second", "run-0001")
        time.sleep(0.01)


def test_of_many_who_claim_a_key_one_gets_it(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]
    claims = at_once(16, lambda number: states[number % 4].replies.claim(ANN, "key", str(number), DAY_S))
    assert claims.count(None) == 1
    assert set(claims) - {None} == {(str(claims.index(None)), "")}
