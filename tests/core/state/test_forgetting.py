"""Nothing that lapses stays for ever."""

from __future__ import annotations

import time
from pathlib import Path

from redis import Redis

from artcelery.core.state.protocol import State
from artcelery.core.state.records import Claim
from artcelery.core.state.redis import RedisState
from artcelery.core.state.sqlite import SqliteState
from tests.core.state.conftest import NUMBERS
from tests.core.state.making import a_run, digest
from tests.core.state.test_sessions import a_session

TABLES = ("sessions", "people", "asked", "tokens", "replies")
SHORT_S = 0.3


def record(state: State, number: int) -> None:
    """Record of each kind something that lapses soon."""
    soon = time.time() + SHORT_S
    state.sessions.begin(a_session(f"{number}", user=f"@{number}", expires_at=soon))
    state.sessions.spend(digest(f"spent {number}"), SHORT_S)
    state.sessions.revoke(digest(f"revoked {number}"), SHORT_S)
    state.sessions.may_ask(f"@{number}", time.time(), SHORT_S)
    run = a_run(f"run-{number}", status="pending")
    state.runs.open(run, [], 0.0, claim=Claim(f"@{number}", "key", "print", SHORT_S))
    state.runs.remove(run.id)


def test_what_has_lapsed_is_forgotten_some_of_it_with_each_thing_that_is_recorded(tmp_path: Path) -> None:
    state = SqliteState.open(tmp_path / "state.db")
    for number in range(40):
        record(state, number)
    state.sessions.suspect("@lasting", time.time())
    time.sleep(SHORT_S)
    for _ in range(3):
        state.sessions.revoke(digest("lasting"), 60)
    counts = {table: state._database.read(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
    state.close()
    assert counts == {"sessions": 0, "people": 1, "asked": 0, "tokens": 1, "replies": 0}


def test_no_call_forgets_more_than_takes_a_moment(tmp_path: Path) -> None:
    state = SqliteState.open(tmp_path / "state.db")
    rows = [(digest(number), "spent", 1.0) for number in range(1000)]
    with state._database.write() as connection:
        connection.executemany("INSERT INTO tokens VALUES (?, ?, ?)", rows)
    state.sessions.spend(digest("another"), 60)
    assert state._database.read("SELECT count(*) FROM tokens") == [(901,)]
    state.close()


def test_all_that_redis_is_told_of_people_lapses_with_their_sessions(tmp_path: Path) -> None:
    state = RedisState.open(NUMBERS.url(tmp_path))
    for number in range(20):
        record(state, number)
    state.sessions.begin(a_session("lasting", token_hash=digest("lasting"), expires_at=time.time() + 3 * 86400))
    for number in range(20):
        expires_at = time.time() + SHORT_S
        state.sessions.begin(a_session(f"short {number}", expires_at=expires_at))
    state.sessions.suspect(a_session().user, time.time())
    time.sleep(SHORT_S)
    for number in range(20):
        state.sessions.begin(a_session("new", token_hash=digest(f"new {number}"), expires_at=time.time() + 60))
    with Redis.from_url(NUMBERS.url(tmp_path)) as client:
        keys = {key.decode(): client.ttl(key) for key in client.keys("artdag:*")}
        tokens = client.smembers(f"artdag:user_tokens:{a_session().user}")
    state.close()
    lasting, new = digest("lasting"), digest("new 19")
    assert set(keys) == {
        "artdag:format",
        f"artdag:session:{digest('lasting')}",
        f"artdag:session:{digest('new')}",
        f"artdag:sessions_of:{lasting}",
        f"artdag:sessions_of:{new}",
        f"artdag:user_tokens:{a_session().user}",
        f"artdag:user:{a_session().user}",
    }
    assert {token.decode() for token in tokens} == {lasting, new}
    for name in ("user", "user_tokens"):
        assert keys[f"artdag:{name}:{a_session().user}"] > 2 * 86400
