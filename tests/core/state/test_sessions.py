"""Who is signed in, in every state."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from artcelery.core.state.protocol import State, Verdict
from artcelery.core.state.records import Session
from tests.core.state.conftest import Open
from tests.core.state.making import at_once, digest

ANN, BOB = "@ann@l2.example", "@bob@l2.example"
MONTH_S = 30 * 86400.0


def a_session(name: str = "one", /, **more: Any) -> Session:
    now = float(int(time.time()))
    values: dict[str, Any] = {
        "user": ANN,
        "token_hash": digest(f"token of {name}"),
        "l2_origin": "https://l2.example",
        "epoch": 0,
        "created_at": now + 0.125,
        "verified_at": now + 0.25,
        "expires_at": now + MONTH_S,
        "sealed": "sealed-token==",
    }
    return Session(digest(name), **(values | more))


def counts(state: State, name: str = "one") -> bool:
    """Whether the session of that name counts, whoever is asked."""
    verdict = state.sessions.check(digest(name), time.time())
    listed = {session.id_hash for user in (ANN, BOB) for session in state.sessions.of_user(user)}
    assert (verdict is not None) == (digest(name) in listed)
    return verdict is not None


def test_a_session_comes_back_as_it_was_begun(open_state: Open) -> None:
    session = a_session()
    assert open_state().sessions.begin(session)
    assert open_state().sessions.check(session.id_hash, time.time()) == Verdict(session, 0)
    assert open_state().sessions.of_user(ANN) == [session]
    assert open_state().sessions.of_user(BOB) == []
    assert open_state().sessions.check(digest("another"), time.time()) is None


def test_a_session_that_is_begun_again_is_replaced(state: State) -> None:
    assert state.sessions.begin(a_session())
    again = a_session(verified_at=time.time(), token_hash=digest("newer"), user=BOB)
    assert state.sessions.begin(again)
    assert state.sessions.check(again.id_hash, time.time()) == Verdict(again)
    assert state.sessions.of_user(ANN) == []
    state.sessions.revoke(digest("token of one"), MONTH_S)
    assert counts(state)


def test_sessions_of_a_user_are_listed_oldest_first(state: State) -> None:
    sessions = [a_session(str(number), created_at=100.0 + number % 3) for number in range(6)]
    for session in sessions:
        assert state.sessions.begin(session)
    assert state.sessions.of_user(ANN) == sorted(sessions, key=lambda it: (it.created_at, it.id_hash))


def test_a_session_counts_until_it_expires(state: State) -> None:
    session = a_session()
    state.sessions.begin(session)
    assert state.sessions.check(session.id_hash, session.expires_at - 0.01)
    assert state.sessions.check(session.id_hash, session.expires_at) is None


def test_a_session_that_expires_is_gone_by_itself(state: State) -> None:
    state.sessions.begin(a_session(expires_at=time.time() + 1))
    assert counts(state)
    while state.sessions.check(digest("one"), time.time()):
        time.sleep(0.02)
    assert state.sessions.of_user(ANN) == []
    assert not state.sessions.verified(digest("one"), time.time())
    assert state.sessions.revoke_user(ANN, MONTH_S) == 0


def test_what_has_expired_is_not_begun(state: State) -> None:
    assert not state.sessions.begin(a_session(expires_at=time.time() - 1))
    assert not counts(state)


def test_a_session_is_ended_and_others_stay(state: State) -> None:
    state.sessions.begin(a_session("one", token_hash=digest("token")))
    state.sessions.begin(a_session("two", token_hash=digest("token")))
    state.sessions.forget(digest("one"))
    state.sessions.forget(digest("one"))
    assert not counts(state, "one")
    assert counts(state, "two")
    assert state.sessions.revoke_user(ANN, MONTH_S) == 1


def test_a_token_is_spent_once(state: State) -> None:
    assert state.sessions.spend(digest("token"), MONTH_S)
    assert not state.sessions.spend(digest("token"), MONTH_S)
    assert state.sessions.spend(digest("another"), MONTH_S)


def test_a_spent_token_is_forgotten_in_time(state: State) -> None:
    assert state.sessions.spend(digest("token"), 0.05)
    assert state.sessions.begin(a_session(token_hash=digest("token")))
    while not state.sessions.spend(digest("token"), MONTH_S):
        time.sleep(0.01)
    assert counts(state)


def test_a_revoked_token_has_no_sessions_and_gets_none(state: State) -> None:
    for name in ("one", "two"):
        state.sessions.begin(a_session(name, token_hash=digest("token")))
    state.sessions.begin(a_session("other"))
    state.sessions.revoke(digest("token"), MONTH_S)
    state.sessions.revoke(digest("token"), 0.001)
    assert not counts(state, "one")
    assert not counts(state, "two")
    assert counts(state, "other")
    assert not state.sessions.begin(a_session("three", token_hash=digest("token")))
    assert not state.sessions.verified(digest("one"), time.time())


def test_whether_somebody_was_signed_in_with_a_revoked_token_is_said(state: State) -> None:
    state.sessions.begin(a_session())
    assert [state.sessions.revoke(digest("token of one"), MONTH_S) for _ in range(2)] == [True, False]
    assert state.sessions.revoke(digest("junk"), MONTH_S) is False


def test_what_was_revoked_may_be_forgotten_sooner_but_not_later(state: State) -> None:
    for name in ("one", "two"):
        state.sessions.revoke(digest(f"token of {name}"), MONTH_S)
        state.sessions.relent(digest(f"token of {name}"), 0.05 if name == "one" else 10 * MONTH_S)
    state.sessions.relent(digest("junk"), MONTH_S)
    while not state.sessions.begin(a_session()):
        time.sleep(0.01)
    assert not state.sessions.begin(a_session("two"))
    state.sessions.revoke(digest("token of three"), 0.05)
    state.sessions.relent(digest("token of three"), MONTH_S)
    while not state.sessions.begin(a_session("three")):
        time.sleep(0.01)
    assert state.sessions.begin(a_session("four", token_hash=digest("junk")))


def test_a_token_that_nobody_knows_is_revoked_as_well(state: State) -> None:
    state.sessions.revoke(digest("token of one"), MONTH_S)
    assert not state.sessions.begin(a_session())


def test_a_revocation_lasts_as_long_as_is_said(state: State) -> None:
    state.sessions.begin(a_session(expires_at=time.time() + 0.5))
    state.sessions.revoke(digest("token of one"), 0.05)
    while not state.sessions.begin(a_session("later", token_hash=digest("token of one"))):
        time.sleep(0.01)
    assert not counts(state, "one")


def test_times_that_are_over_or_hardly_end_are_no_fault(state: State) -> None:
    state.sessions.revoke(digest("over"), -5)
    assert state.sessions.spend(digest("over"), -5)
    while not state.sessions.begin(a_session(token_hash=digest("over"))):
        time.sleep(0.01)
    assert state.sessions.begin(a_session("long", expires_at=1e15))
    state.sessions.suspect(ANN, 1e15)
    state.sessions.revoke(digest("long"), 1e15)
    assert not state.sessions.begin(a_session("longer", token_hash=digest("long"), expires_at=1e15))
    assert counts(state, "long")


def test_a_revocation_lasts_until_the_sessions_would_have_expired(state: State) -> None:
    expires_at = time.time() + 1
    state.sessions.begin(a_session(expires_at=expires_at))
    state.sessions.revoke(digest("token of one"), 0.001)
    while not state.sessions.begin(a_session("later", token_hash=digest("token of one"))):
        time.sleep(0.01)
    assert time.time() >= expires_at - 0.01


def test_all_that_a_user_has_is_revoked_and_nothing_of_others(state: State) -> None:
    for name in ("one", "two"):
        state.sessions.begin(a_session(name))
    state.sessions.begin(a_session("bobs", user=BOB))
    assert state.sessions.epoch(ANN) == 0
    assert state.sessions.revoke_user(ANN, MONTH_S) == 2
    assert (state.sessions.epoch(ANN), state.sessions.epoch(BOB)) == (1, 0)
    assert not counts(state, "one")
    assert not counts(state, "two")
    assert counts(state, "bobs")
    assert not state.sessions.begin(a_session("again", epoch=1, token_hash=digest("token of one")))
    assert state.sessions.begin(a_session("new", epoch=1))
    assert state.sessions.revoke_user(ANN, MONTH_S) == 1
    assert state.sessions.revoke_user(ANN, MONTH_S) == 0
    assert state.sessions.epoch(ANN) == 3


def test_a_revocation_between_reading_the_epoch_and_beginning_wins(state: State) -> None:
    epoch = state.sessions.epoch(ANN)
    state.sessions.revoke_user(ANN, MONTH_S)
    assert not state.sessions.begin(a_session(epoch=epoch))
    assert not counts(state)
    assert state.sessions.begin(a_session(epoch=state.sessions.epoch(ANN)))


def test_a_short_revocation_of_a_user_does_not_bring_the_old_epoch_back(state: State) -> None:
    state.sessions.begin(a_session())
    state.sessions.revoke_user(ANN, 0.001)
    time.sleep(0.02)
    state.sessions.begin(a_session("bobs", user=BOB))
    assert state.sessions.epoch(ANN) == 1
    assert not state.sessions.begin(a_session())


def test_a_token_that_was_verified_again_says_when(state: State) -> None:
    session = a_session()
    state.sessions.begin(session)
    assert state.sessions.verified(session.id_hash, session.verified_at + 60)
    assert state.sessions.verified(session.id_hash, session.verified_at + 30)
    verdict = state.sessions.check(session.id_hash, time.time())
    assert verdict == Verdict(replace(session, verified_at=session.verified_at + 60))
    assert not state.sessions.verified(digest("another"), time.time())


def test_a_suspicion_is_seen_by_all_sessions_of_the_user(state: State) -> None:
    session, bobs = a_session(), a_session("bobs", user=BOB)
    at = session.verified_at + 10.5
    for one in (session, bobs):
        state.sessions.begin(one)
    state.sessions.suspect(ANN, at)
    state.sessions.suspect(ANN, at - 5)
    assert state.sessions.check(session.id_hash, time.time()) == Verdict(session, at)
    assert state.sessions.check(bobs.id_hash, time.time()) == Verdict(bobs, 0)
    assert state.sessions.epoch(ANN) == 0
    later = a_session("later")
    assert state.sessions.begin(later)
    assert state.sessions.check(later.id_hash, time.time()) == Verdict(later, at)


def test_one_may_ask_about_a_user_in_a_while(state: State) -> None:
    assert state.sessions.may_ask(ANN, time.time(), 60)
    assert not state.sessions.may_ask(ANN, time.time(), 60)
    assert state.sessions.may_ask(BOB, time.time(), 0.05)
    while not state.sessions.may_ask(BOB, time.time(), 60):
        time.sleep(0.01)
    assert not state.sessions.may_ask(ANN, time.time(), 60)


@pytest.mark.parametrize("user", ["", "a b", "\udcff", "ü:*[", "x\n"])
def test_a_user_may_be_called_anything(state: State, user: str) -> None:
    session = a_session(user=user)
    assert state.sessions.begin(session)
    state.sessions.suspect(user, 7.0)
    assert state.sessions.check(session.id_hash, time.time()) == Verdict(session, 7.0)
    assert state.sessions.may_ask(user, time.time(), 60)
    assert state.sessions.revoke_user(user, 60) == 1
    assert state.sessions.epoch(user) == 1


def test_of_many_who_spend_a_token_one_wins(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]

    def spend(number: int) -> list[bool]:
        return [states[number % 4].sessions.spend(digest(token), MONTH_S) for token in range(10)]

    assert [sum(won) for won in zip(*at_once(16, spend), strict=True)] == [1] * 10


def test_of_many_who_may_ask_about_a_user_one_does(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]
    asked = at_once(16, lambda number: states[number % 4].sessions.may_ask(ANN, time.time(), 60))
    assert sum(asked) == 1


def test_no_session_outlives_a_revocation_that_it_races(open_state: Open) -> None:
    """Each sign-in reads the epoch, takes its time with L2, and begins; revocations come in between."""
    states = [open_state() for _ in range(4)]
    begun: list[tuple[int, str]] = []

    def sign_in(number: int) -> None:
        sessions = states[number % 4].sessions
        for count in range(8):
            epoch = sessions.epoch(ANN)
            name = f"{number} {count}"
            if sessions.begin(a_session(name, epoch=epoch)):
                begun.append((epoch, name))

    def revoke(number: int) -> None:
        sessions = states[number % 4].sessions
        for count in range(8):
            if number % 2:
                sessions.revoke_user(ANN, MONTH_S)
            else:
                sessions.revoke(digest(f"token of 0 {count}"), MONTH_S)

    at_once(12, lambda number: revoke(number) if number > 8 else sign_in(number))
    state = states[0]
    epoch = state.sessions.epoch(ANN)
    standing = state.sessions.of_user(ANN)
    assert epoch == 16
    assert all(session.epoch == epoch for session in standing)
    assert {session.id_hash for session in standing} <= {digest(name) for _, name in begun}
    for session in standing:
        assert not any(
            session.token_hash == digest(f"token of {number} {count}") for number in (9,) for count in range(8)
        )
    assert not any(counts(state, name) for its, name in begun if its < epoch)
    assert state.sessions.revoke_user(ANN, MONTH_S) == len(standing)
    assert not any(counts(state, name) for _, name in begun)
