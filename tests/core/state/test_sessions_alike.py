"""Whatever is done to sessions, in any order, every state gives the answers of a small model."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from artcelery.core.state.protocol import Verdict
from artcelery.core.state.records import Session
from tests.core.state.conftest import FACTORIES
from tests.core.state.making import digest
from tests.core.state.test_sessions import MONTH_S, a_session

USERS = ("@ann@l2.example", "@bob@l2.example", "\udcff:*")
IDS = tuple(digest(name) for name in ("one", "two", "three"))
TOKENS = tuple(digest(f"token {number}") for number in range(3))

one_user = st.sampled_from(USERS)
one_id = st.sampled_from(IDS)
one_token = st.sampled_from(TOKENS)
times = st.integers(0, 100).map(lambda seconds: 1.7e9 + seconds)


class Model:
    """What is so, said as plainly as can be."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.epochs = dict.fromkeys(USERS, 0)
        self.suspected = dict.fromkeys(USERS, 0.0)
        self.revoked: set[str] = set()
        self.spent: set[str] = set()
        self.asked: set[str] = set()

    def begin(self, session: Session) -> bool:
        counts = session.epoch == self.epochs[session.user] and session.token_hash not in self.revoked
        if counts:
            self.sessions[session.id_hash] = session
        return counts

    def verdict(self, id_hash: str) -> Verdict | None:
        session = self.sessions.get(id_hash)
        return Verdict(session, self.suspected[session.user]) if session else None

    def verified(self, id_hash: str, at: float) -> bool:
        session = self.sessions.get(id_hash)
        if session:
            self.sessions[id_hash] = replace(session, verified_at=max(session.verified_at, at))
        return session is not None

    def suspect(self, user: str, at: float) -> None:
        self.suspected[user] = max(self.suspected[user], at)

    def revoke(self, token_hash: str) -> bool:
        self.revoked.add(token_hash)
        before = len(self.sessions)
        self.sessions = {name: it for name, it in self.sessions.items() if it.token_hash != token_hash}
        return len(self.sessions) < before

    def revoke_user(self, user: str) -> int:
        tokens = {session.token_hash for session in self.of_user(user)}
        self.epochs[user] += 1
        for token_hash in tokens:
            self.revoke(token_hash)
        return len(tokens)

    def of_user(self, user: str) -> list[Session]:
        found = (session for session in self.sessions.values() if session.user == user)
        return sorted(found, key=lambda session: (session.created_at, session.id_hash))


def first(known: set[str], what: str) -> bool:
    is_first = what not in known
    known.add(what)
    return is_first


class Sessions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.model = Model()
        self.states = []
        for factory in FACTORIES.values():
            state = factory(Path(self._open.enter_context(tempfile.TemporaryDirectory())))
            self._open.callback(state.close)
            self.states.append(state.sessions)

    def teardown(self) -> None:
        self._open.close()

    @rule(id_hash=one_id, user=one_user, token_hash=one_token, behind=st.sampled_from([0, 0, 0, 1]), at=times)
    def begin(self, id_hash: str, user: str, token_hash: str, behind: int, at: float) -> None:
        # A token is one user's; here it may be that of another, which changes nothing.
        epoch = self.model.epochs[user] - behind
        about = {"user": user, "token_hash": token_hash, "epoch": epoch, "created_at": at, "verified_at": at}
        session = replace(a_session(), id_hash=id_hash, **about)
        expected = self.model.begin(session)
        assert [state.begin(session) for state in self.states] == [expected] * len(self.states)

    @rule(id_hash=one_id, at=times)
    def verified(self, id_hash: str, at: float) -> None:
        expected = self.model.verified(id_hash, at)
        assert [state.verified(id_hash, at) for state in self.states] == [expected] * len(self.states)

    @rule(user=one_user, at=times)
    def suspect(self, user: str, at: float) -> None:
        self.model.suspect(user, at)
        for state in self.states:
            state.suspect(user, at)

    @rule(token_hash=one_token)
    def revoke(self, token_hash: str) -> None:
        expected = self.model.revoke(token_hash)
        assert [state.revoke(token_hash, MONTH_S) for state in self.states] == [expected] * len(self.states)

    @rule(user=one_user)
    def revoke_user(self, user: str) -> None:
        expected = self.model.revoke_user(user)
        assert [state.revoke_user(user, MONTH_S) for state in self.states] == [expected] * len(self.states)

    @rule(id_hash=one_id)
    def forget(self, id_hash: str) -> None:
        self.model.sessions.pop(id_hash, None)
        for state in self.states:
            state.forget(id_hash)

    @rule(token_hash=one_token)
    def spend(self, token_hash: str) -> None:
        expected = first(self.model.spent, token_hash)
        assert [state.spend(token_hash, MONTH_S) for state in self.states] == [expected] * len(self.states)

    @rule(user=one_user)
    def may_ask(self, user: str) -> None:
        expected = first(self.model.asked, user)
        asked = [state.may_ask(user, time.time(), MONTH_S) for state in self.states]
        assert asked == [expected] * len(self.states)

    @invariant()
    def all_answer_alike(self) -> None:
        now = time.time()
        for state in self.states:
            assert [state.check(id_hash, now) for id_hash in IDS] == [self.model.verdict(it) for it in IDS]
            assert [state.of_user(user) for user in USERS] == [self.model.of_user(user) for user in USERS]
            assert [state.epoch(user) for user in USERS] == [self.model.epochs[user] for user in USERS]


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
