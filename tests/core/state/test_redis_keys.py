"""What lies under which key of a Redis server: every call is one round trip, nothing is left, and much is no slower."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from artcelery.core.state.holder import holder_id
from artcelery.core.state.protocol import FileFilter, RunFilter
from artcelery.core.state.records import Asset, Claim, ConfigRecord, MediaFact
from artcelery.core.state.redis import RedisState
from artcelery.core.state.redis.runs import RedisRuns
from artcelery.core.state.redis.scripts import Script
from artcelery.core.state.redis.server import Argument, Server
from tests.core.state.making import a_file, a_result, a_run, digest
from tests.core.state.test_belongings import a_holding
from tests.core.state.test_passes import ELSEWHERE, LATER, a_pass, a_worker, planned
from tests.core.state.test_sessions import a_session
from tests.services import RedisServer

CLAIM = Claim("@ann", "key", "print", 60)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def state(server: RedisServer) -> Iterator[RedisState]:
    opened = RedisState.open(server.url())
    yield opened
    opened.close()


class Batches(Server):
    """Writes thousand calls at once, to have many runs soon."""

    calls: list[tuple[Argument, ...]]

    def write(self, script: Script, call: str, *arguments: Argument, again: bool = True) -> Any:
        self.calls.append(("EVALSHA", script.sha, 0, call, *arguments))
        if len(self.calls) == 1000:
            self.flush()
        return [1]

    def flush(self) -> None:
        self.ask_all(self.calls)
        self.calls = []


@pytest.mark.timeout(300)
def test_a_page_of_a_hundred_thousand_runs_takes_no_longer(server: RedisServer, state: RedisState) -> None:
    state.runs.put(a_run("run-first", created_at="2025-01-01T10:00:00.000Z"))
    batches = Batches(server.url())
    batches.calls = []
    runs, plain = RedisRuns(batches), a_run(nodes=(), hashes=(), inputs={}, params={}, encoding={})
    for number in range(100_000):
        minute, second = divmod(number % 3600, 60)
        created_at = f"2026-01-{1 + number // 86400:02}T{number // 3600 % 24:02}:{minute:02}:{second:02}.000Z"
        status = "failed" if number % 10 == 0 else "completed"
        user = "@ann" if number % 3 else "@bob"
        runs.put(replace(plain, id=f"run-{number:06}", created_at=created_at, status=status, user=user))
    batches.flush()
    batches.close()
    for filters in ({}, {"status": "failed"}, {"user": "@ann", "status": "failed"}, {"config": "film", "user": "@bob"}):
        durations = []
        for _ in range(7):
            began = time.perf_counter()
            page = state.runs.page(only=RunFilter(**filters))  # type: ignore[arg-type]
            durations.append(time.perf_counter() - began)
        assert len(page.runs) == 50
        assert page.cursor
        assert min(durations) < 0.05  # the machine may have other things to do
    assert state.runs.page(limit=1, only=RunFilter(since="2026-01-02")).runs[0].id == "run-099999"
    assert state.runs.page(cursor="2026-01-01T00:00:01.000Z~run-000001").runs[0].id == "run-000000"


def asked_by(client: Redis, call: Callable[[], object]) -> list[str]:
    """The commands that the server gets while something is called; not those inside its scripts."""
    with client.monitor() as monitor:
        client.echo("it begins")
        call()
        client.echo("it ends")
        said = [monitor.next_command()]
        while said[-1]["command"] != "ECHO it ends":
            said.append(monitor.next_command())
    heard = [command["command"].split(" ")[0] for command in said if command["client_type"] != "lua"]
    return heard[heard.index("ECHO") + 1 : -1]


def test_each_call_is_one_round_trip(state: RedisState, client: Redis) -> None:
    everything(state)
    planned(state, a_pass("one"), a_pass("two", waits_for=["one"]))
    other = state.passes.begin("run-0001", "one", "w1", ELSEWHERE, 60)
    passes, runs, sessions = state.passes, state.runs, state.sessions
    files, stored = state.belongings("@ann").files, state.belongings("").files
    calls: list[Callable[[], object]] = [
        lambda: passes.plan("run-0009", [a_pass("more", "run-0009"), a_pass("other", "run-0009")], LATER),
        lambda: passes.begin("run-0009", "more", "w1", ELSEWHERE, 60),
        lambda: passes.begin("run-0001", "one", "w2", ELSEWHERE, 60),
        lambda: passes.renew("run-0001", "one", other.token, 60, 1),
        lambda: passes.put_off("run-0001", "one", other.token, "so", LATER, counted=True),
        lambda: passes.explain("run-0001", "one", "so", LATER),
        lambda: passes.end("run-0001", "one", other.token, a_result("one")),
        lambda: passes.due(time.time(), LATER, 10),
        lambda: passes.get("run-0001", "two"),
        lambda: passes.of_run("run-0001"),
        lambda: passes.running(),
        lambda: passes.waiting(),
        lambda: passes.drop("run-0001"),
        lambda: runs.open(a_run("run-0003", status="pending"), [a_pass("one", "run-0003")], LATER, most=9, claim=CLAIM),
        lambda: runs.put(a_run("run-0003", status="pending")),
        lambda: runs.finish(a_run("run-0003", status="failed")),
        lambda: runs.reopen(a_run("run-0003", status="pending")),
        lambda: runs.get("run-0003"),
        lambda: runs.page(),
        lambda: runs.page(only=RunFilter("pending", "@giles", "film")),
        lambda: runs.unfinished("@giles"),
        lambda: files.put(a_holding()),
        lambda: files.get(digest("cat")),
        lambda: files.page(only=FileFilter("still", "upload", "cat")),
        lambda: files.total(),
        lambda: files.remove(digest("cat")),
        lambda: state.configs.page(cursor=digest("config")),
        lambda: state.media.get_many([digest(number) for number in range(100)]),
        lambda: stored.page(),
        lambda: stored.total(),
        lambda: state.holders(digest("cat")),
        lambda: sessions.epoch("@ann"),
        lambda: sessions.spend(digest("token"), 60),
        lambda: sessions.begin(a_session()),
        lambda: sessions.check(digest("one"), time.time()),
        lambda: sessions.verified(digest("one"), time.time()),
        lambda: sessions.suspect("@ann", 7),
        lambda: sessions.may_ask("@ann", 7, 60),
        lambda: sessions.of_user("@ann"),
        lambda: sessions.forget(digest("one")),
        lambda: sessions.revoke(digest("token"), 60),
        lambda: sessions.relent(digest("token"), 60),
        lambda: sessions.revoke_user("@ann", 60),
        lambda: state.replies.find("@ann", "key"),
        lambda: state.leases.acquire("free", ELSEWHERE, 60),
        lambda: state.leases.acquire("free", ELSEWHERE, 60),
        lambda: state.leases.renew("free", "token", 60),
        lambda: state.leases.release("free", "token"),
        lambda: state.results.get_many([(digest(number), "png") for number in range(1000)]),
        lambda: state.journal.append("run-0003", "kind", {}),
        lambda: state.journal.since("run-0003"),
    ]
    for call in calls:  # what follows finds its scripts known
        call()
    for number, call in enumerate(calls):
        assert len(asked_by(client, call)) == 1, number


def test_names_and_sizes_are_looked_for_in_the_lists_alone(state: RedisState, client: Redis) -> None:
    names = [f"{('KÄTZCHEN', 'cat')[number % 2]}-{number}.png" for number in range(10_000)]
    state.media.learn([MediaFact(digest(name), 3, {"kind": "still"}, name, "render", "2026") for name in names])
    files = state.belongings("").files
    files.page()
    for only in (
        FileFilter(name="ätzend"),
        FileFilter(least_bytes=2**40),
        FileFilter("still", "render", "ätzend", papers=False),
        FileFilter("still", papers=False, most_bytes=0),
    ):
        client.config_resetstat()
        assert files.page(only=only).files == ()
        counts = {name: said["calls"] for name, said in client.info("commandstats").items()}  # type: ignore[union-attr]
        assert counts["cmdstat_evalsha"] <= 5
        assert sum(counts.values()) < 100


def test_a_rare_config_is_looked_for_in_the_list_alone(state: RedisState, client: Redis) -> None:
    for number in range(3100):
        state.configs.put(ConfigRecord(digest(number), "needle" if number == 7 else f"hay {number}", "2026"))
    client.config_resetstat()
    assert [config.id for config in state.configs.page(part="NEEDLE").configs] == [digest(7)]
    assert state.configs.page(part="pin").configs == ()
    counts = {name: said["calls"] for name, said in client.info("commandstats").items()}  # type: ignore[union-attr]
    assert counts["cmdstat_evalsha"] == 4
    assert sum(counts.values()) < 100


def test_a_page_of_names_is_all_that_is_read(state: RedisState, client: Redis) -> None:
    for number in range(100):
        state.assets.put(Asset(f"name-{number:02}", digest(number), "2026"))
    client.config_resetstat()
    assert [asset.name for asset in state.assets.page(limit=3, after="name-41")] == ["name-42", "name-43", "name-44"]
    counts = {name: said["calls"] for name, said in client.info("commandstats").items()}  # type: ignore[union-attr]
    assert (counts["cmdstat_hget"], counts.get("cmdstat_hgetall", 0)) == (3, 0)


def everything(state: RedisState) -> None:
    """Record something of each kind."""
    state.results.put(a_result())
    state.assets.put(Asset("cat", digest("cat"), "2026-01-07T10:00:00.000Z"))
    state.configs.put(ConfigRecord(digest("config"), "film", "2026-01-07T10:00:00.000Z"))
    state.media.put(MediaFact(digest("cat"), 3))
    state.media.remember_file(a_file())
    theirs = state.belongings("@ann")
    theirs.assets.put(Asset("cat", digest("cat"), "2026-01-07T10:00:00.000Z"))
    theirs.configs.put(ConfigRecord(digest("config"), "film", "2026-01-07T10:00:00.000Z"))
    theirs.files.put(a_holding())
    state.sessions.spend(digest("token"), 60)
    state.sessions.begin(a_session(user="@ann"))
    state.sessions.revoke(digest("token"), 60)
    state.sessions.suspect("@ann", 7)
    state.sessions.may_ask("@ann", 7, 60)
    state.runs.open(a_run("run-0002"), [], LATER, claim=CLAIM)
    state.workers.put(a_worker("w1"), 60)
    state.leases.acquire("key", ELSEWHERE, 60)
    planned(
        state, a_pass("made", "run-0002"), a_pass("next", "run-0002"), a_pass("later", "run-0002", waits_for=["made"])
    )
    state.passes.begin("run-0002", "made", "w1", ELSEWHERE, 60)


def test_every_key_is_on_the_page(state: RedisState, client: Redis) -> None:
    everything(state)
    page = (ROOT / "docs" / "state.md").read_text("utf-8")
    patterns = [re.sub(r"\\\{[^}]*\\\}", ".*", re.escape(key)) for key in re.findall(r"`(artdag:[^`]*)`", page)]
    keys = {key.decode(errors="replace") for key in client.keys("*")}
    assert len(keys) > 20
    assert [key for key in keys if not any(re.fullmatch(pattern, key, re.DOTALL) for pattern in patterns)] == []
    unused = [pattern for pattern in patterns if not any(re.fullmatch(pattern, key, re.DOTALL) for key in keys)]
    assert unused == []


def test_nothing_is_left_of_what_is_removed(state: RedisState, client: Redis) -> None:
    everything(state)
    state.passes.drop("run-0002")
    state.runs.remove("run-0002")
    state.results.forget(digest("content"))
    state.assets.remove("cat")
    state.configs.remove(digest("config"))
    state.media.remove(digest("cat"))
    state.workers.remove("w1")
    theirs = state.belongings("@ann")
    theirs.assets.remove("cat")
    theirs.configs.remove(digest("config"))
    theirs.files.remove(digest("cat"))
    lasting = {key.decode().split(":")[1] for key in client.keys("*") if client.ttl(key) == -1}
    assert lasting == {"format", "queues"}
    state.sessions.forget(digest("one"))
    left = {key.decode().split(":")[1] for key in client.keys("*")} - lasting
    assert left == {"file", "lease", "spent", "revoked", "user", "asked", "reply"}


def test_the_same_path_on_another_machine_is_another_file(state: RedisState, client: Redis) -> None:
    state.media.remember_file(a_file())
    (key,) = client.keys("artdag:file:*")
    host, machine = holder_id().split(":")[:2]
    client.rename(key, key.replace(f"{host}:{machine}".encode(), b"another:machine"))
    assert state.media.hash_of_file(a_file()) is None
