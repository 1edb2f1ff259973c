"""Facts that an artcelery of the version before recorded are found, whoever opens its state."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from redis import Redis

from artcelery.core.errors import StateError
from artcelery.core.state.octets import octets
from artcelery.core.state.packing import pack_detail, pack_run
from artcelery.core.state.protocol import FileFilter, RunFilter, State
from artcelery.core.state.records import Asset, ConfigRecord, Holding, MediaFact
from artcelery.core.state.redis import RedisState
from artcelery.core.state.sqlite import SqliteState
from artcelery.core.state.sqlite.tables import VERSIONS
from tests.core.state.conftest import NUMBERS
from tests.core.state.making import a_result, a_run, digest
from tests.core.state.test_belongings import NOW, pages
from tests.core.store.children import run_at_once, wait_for_go

RUN = a_run(status="pending")
ASSET = Asset("c\udcffat", digest("cat"), NOW)
CONFIG = ConfigRecord(digest("config"), "f\udcffilm", NOW, "film.yaml")
FACTS = [
    MediaFact(
        digest(number),
        number,
        {"kind": ("still", "film")[number % 2], "notes": ["\udcff"]} if number % 3 else None,
        f"\udcff{number}",
        ("import", "render")[number % 2],
        f"2026-01-07T10:0{number % 6}:00.000Z",
    )
    for number in range(1200)
]


def listed(fact: MediaFact) -> Holding:
    kind = fact.clip["kind"] if fact.clip else ""
    return Holding(fact.content_hash, fact.size_bytes, kind, fact.name, fact.origin, fact.created_at)


EXPECTED = sorted(map(listed, FACTS), key=lambda it: (it.created_at, it.content_hash), reverse=True)


def has_all_files(state: State) -> None:
    files = state.belongings("").files
    assert pages(files, 500, FileFilter()) == EXPECTED
    assert pages(files, 500, FileFilter("film", "render")) == [
        it for it in EXPECTED if (it.kind, it.origin) == ("film", "render")
    ]
    assert files.page(limit=1, only=FileFilter(name="\udcff77")).files[0].name.startswith("\udcff77")
    assert files.total() == (1200, sum(range(1200)))
    assert files.get(digest(7)) == listed(FACTS[7])
    assert files.get(digest("nothing")) is None


def has_all_facts(state: State) -> None:
    assert state.runs.get(RUN.id) == RUN
    assert len(state.runs.page(only=RunFilter("pending", "@giles", "film")).runs) == 1
    assert state.runs.unfinished("@giles") == 1
    assert state.results.get_many([(digest("key"), "png")]) == {(digest("key"), "png"): a_result()}
    assert state.assets.all() == [ASSET]
    assert state.assets.get(ASSET.name) == ASSET
    assert state.configs.all() == [CONFIG]
    assert state.configs.get(CONFIG.id) == state.configs.get(CONFIG.name) == CONFIG
    assert state.media.get(digest(7)) == FACTS[7]
    assert state.belongings("").configs.all() == [CONFIG]
    assert state.belongings("@giles").assets.all() == []
    assert state.belongings("@giles").files.page().files == ()
    assert state.passes.of_run(RUN.id) == state.journal.since(RUN.id) == state.workers.all() == []
    assert state.sessions.of_user("@giles") == state.holders(digest(7)) == []
    has_all_files(state)


@pytest.fixture(params=[1, 2, 3])
def older(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The file of an artcelery of that version, closed."""
    path = tmp_path / "home" / "state.db"
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in (statement for version in VERSIONS[: request.param] for statement in version):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {0x61727463}")
    connection.execute(f"PRAGMA user_version = {request.param}")
    run, result = RUN, a_result()
    connection.execute(
        "INSERT INTO runs VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        (run.id, run.created_at, run.status, octets(run.user), run.config_id, octets(run.config_name), pack_run(run)),
    )
    connection.execute("INSERT INTO run_details VALUES (?, ?)", (run.id, pack_detail(run)))
    connection.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?)", tuple(asdict(result).values()))
    owner = "x''," if request.param >= 3 else ""
    connection.execute(f"INSERT INTO assets VALUES ({owner} ?, ?, ?)", (octets(ASSET.name), ASSET.content_hash, NOW))
    named = (CONFIG.id, octets(CONFIG.name), NOW, octets(CONFIG.file_name))
    connection.execute(f"INSERT INTO configs VALUES ({owner} ?, ?, ?, ?)", named)
    facts = [(fact.content_hash, json.dumps(asdict(fact))) for fact in FACTS]
    connection.executemany("INSERT INTO media VALUES (?, ?)", facts)
    connection.commit()
    connection.close()
    return path


def tables(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return rows


def test_a_file_of_the_version_before_becomes_one_of_this_with_all_its_facts(older: Path, tmp_path: Path) -> None:
    for _ in range(2):
        state = SqliteState.open(older)
        has_all_facts(state)
        state.close()
    SqliteState.open(tmp_path / "new.db").close()
    assert tables(older) == tables(tmp_path / "new.db")


def open_and_look(path: str) -> None:
    """In a child: open the state together with others, and look at everything."""
    wait_for_go()
    state = SqliteState.open(Path(path))
    has_all_facts(state)
    state.close()
    print("found")


def test_processes_that_open_a_file_of_the_version_before_at_once_move_it_on_once(older: Path) -> None:
    assert run_at_once(4, open_and_look, older) == ["found"] * 4


def test_what_is_read_only_of_the_version_before_is_found_and_not_touched(older: Path) -> None:
    before = older.read_bytes()
    state = SqliteState.open(older, read_only=True)
    has_all_facts(state)
    for call in (
        lambda: state.media.remove(digest(7)),
        lambda: state.assets.remove(ASSET.name),
        lambda: state.sessions.spend(digest("token"), 60),
        lambda: state.journal.append(RUN.id, "kind", {}),
    ):
        with pytest.raises(StateError, match="readonly"):
            call()
    state.close()
    assert older.read_bytes() == before
    assert os.listdir(older.parent) == ["state.db"]


def test_lists_follow_what_is_recorded_after_the_move(older: Path) -> None:
    state = SqliteState.open(older)
    files = state.belongings("").files
    state.media.put(MediaFact(digest(7), 1007, {"kind": "sound"}, created_at="2027"))
    state.media.remove(digest(8))
    state.media.put(MediaFact(digest("new"), 1, created_at="2028"))
    assert [it.content_hash for it in files.page(limit=2).files] == [digest("new"), digest(7)]
    assert files.total() == (1200, sum(range(1200)) - 8 + 1000 + 1)
    assert files.page(only=FileFilter("sound")).files[0].size_bytes == 1007
    state.close()


class OlderMedia:
    """What an artcelery of the version before does with what is known of files."""

    FIELDS = ("size_bytes", "clip", "name", "origin", "created_at", "format")

    def __init__(self, client: Redis) -> None:
        self._client = client

    def put(self, *facts: MediaFact) -> None:
        with self._client.pipeline() as pipe:
            for fact in facts:
                name = f"artdag:media:{fact.content_hash}"
                clip = json.dumps(fact.clip, separators=(",", ":")) if fact.clip else ""
                values = (fact.size_bytes or "", clip, octets(fact.name), octets(fact.origin), fact.created_at, "")
                for field, value in zip(self.FIELDS, values, strict=True):
                    pipe.hsetnx(name, field, value) if not value else pipe.hset(name, field, value)  # type: ignore[arg-type]
                pipe.zadd("artdag:media", {fact.content_hash: 0})
            pipe.execute()

    def remove(self, content_hash: str) -> None:
        self._client.delete(f"artdag:media:{content_hash}")
        self._client.zrem("artdag:media", content_hash)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return NUMBERS.url(tmp_path)


@pytest.fixture
def before(url: str) -> Iterator[OlderMedia]:
    with Redis.from_url(url) as client:
        client.set("artdag:format", 1)
        yield OlderMedia(client)


@pytest.fixture
def redis(url: str, before: OlderMedia) -> Iterator[RedisState]:
    state = RedisState.open(url)
    yield state
    state.close()


def test_files_that_the_version_before_recorded_in_redis_are_listed(redis: RedisState, before: OlderMedia) -> None:
    before.put(*FACTS)
    has_all_files(redis)
    assert redis.media.get(digest(7)) == FACTS[7]


def test_how_many_files_the_version_before_recorded_in_redis_is_known(redis: RedisState, before: OlderMedia) -> None:
    before.put(*FACTS)
    assert redis.belongings("").files.total() == (1200, sum(range(1200)))


def test_files_that_the_version_before_records_meanwhile_are_listed_once(redis: RedisState, before: OlderMedia) -> None:
    before.put(*FACTS[:600])
    redis.media.put(FACTS[3])
    files = redis.belongings("").files
    assert len(pages(files, 500, FileFilter())) == 600
    before.put(*FACTS)
    has_all_files(redis)
    before.put(MediaFact(digest(7), 1007, {"kind": "sound"}, created_at="2027"))
    redis.media.put(MediaFact(digest(7), 0))
    assert files.page(limit=1).files[0] == Holding(digest(7), 1007, "sound", "\udcff7", "render", "2027")
    assert len(pages(files, 500, FileFilter())) == 1200
    assert files.total() == (1200, sum(range(1200)) + 1000)


def list_plainly(client: Redis, user: str, files: list[Holding]) -> None:
    """What an artcelery did with files that looked for names and sizes in the files themselves."""
    keys = f"artdag:of:{user}:" if user else "artdag:"
    for held in files:
        member = f"{held.created_at} {held.content_hash}"
        fields = {"size_bytes": held.size_bytes, "kind": held.kind, "name": octets(held.name), "origin": held.origin}
        listed = f"{held.created_at} {held.size_bytes} {held.origin}"
        clip = json.dumps({"kind": held.kind}, separators=(",", ":"))
        more = {"created_at": held.created_at, "listed": listed, **({} if user else {"clip": clip, "format": ""})}
        client.hset(f"{keys}media:{held.content_hash}", mapping={**fields, **more})  # type: ignore[dict-item]
        for index in ("files", f"files:kind:{held.kind}", f"files:origin:{held.origin}"):
            client.zadd(f"{keys}{index}", {member: 0})
        client.incrby(f"{keys}file_bytes", held.size_bytes)
        if user:
            client.sadd(f"artdag:holders:{held.content_hash}", user)
        else:
            client.zadd("artdag:media", {held.content_hash: 0})


@pytest.mark.parametrize("user", ["", "@ann@l2"])
def test_files_that_an_older_artcelery_listed_in_redis_are_found_by_all_that_is_asked_for(
    redis: RedisState, url: str, user: str
) -> None:
    names = ["KÄTZCHEN.png", "Dog.png", "cat"]
    origins = ["config", "render", "upload"]
    older = [
        Holding(digest(number), number + 1, "still", names[number % 3], origins[number % 3], f"2026-01-07T10:{number}")
        for number in range(10, 300)
    ]
    files = redis.belongings(user).files
    with Redis.from_url(url) as client:
        list_plainly(client, user, older)
        newer = Holding(digest("new"), 7, "still", "new", "upload", "2027")
        redis.media.put(MediaFact(newer.content_hash, 7, {"kind": "still"}, "new", "upload", "2027"))
        files.put(newer)
        assert files.total() == (291, sum(it.size_bytes for it in older) + 7)
        assert client.zcard(f"artdag:{f'of:{user}:' if user else ''}files") == 291
    expected = [newer, *sorted(older, key=lambda it: (it.created_at, it.content_hash), reverse=True)]
    for only, is_meant in (
        (FileFilter(), lambda it: True),
        (FileFilter(papers=False), lambda it: it.origin != "config"),
        (FileFilter(papers=True), lambda it: it.origin == "config"),
        (FileFilter(name="kätz"), lambda it: it.name == "KÄTZCHEN.png"),
        (FileFilter("still", "render", "DOG", most_bytes=100), lambda it: it.name == "Dog.png" and it.size_bytes < 101),
    ):
        assert pages(files, 20, only) == [it for it in expected if is_meant(it)]
    for held in older:
        assert files.remove(held.content_hash)
    assert files.page().files == (newer,)
    assert files.total() == (1, 7)


def test_names_that_an_older_artcelery_gave_in_redis_come_in_their_order(redis: RedisState, url: str) -> None:
    redis.assets.put(Asset("new", digest("new"), NOW))
    with Redis.from_url(url) as client:
        client.hset("artdag:assets", "cat", json.dumps([digest("cat"), NOW]))
        assert [asset.name for asset in redis.assets.page()] == ["cat", "new"]
        client.hdel("artdag:assets", "new")
    assert [asset.name for asset in redis.assets.page()] == ["cat"]


def test_configs_that_the_version_before_recorded_in_redis_are_listed(redis: RedisState, url: str) -> None:
    configs = [ConfigRecord(digest(number), f"config {number % 3}", f"{NOW}{number}") for number in range(7)]
    for config in configs[:3]:
        redis.configs.put(config)
    with Redis.from_url(url) as client:
        for config in configs[3:]:
            values = {"name": config.name, "created_at": config.created_at, "file_name": ""}
            client.hset(f"artdag:config:{config.id}", mapping=values)
            client.zadd("artdag:configs", {config.id: 0})
        expected = sorted(sorted(configs, key=lambda it: it.created_at, reverse=True), key=lambda it: it.name)
        assert list(redis.configs.page().configs) == expected
        client.delete(f"artdag:config:{expected[0].id}")
        client.zrem("artdag:configs", expected[0].id)
        assert list(redis.configs.page().configs) == expected[1:]


def test_files_that_the_version_before_removes_are_in_no_list(redis: RedisState, before: OlderMedia) -> None:
    before.put(*FACTS[:4])
    files = redis.belongings("").files
    assert len(files.page().files) == 4
    before.remove(digest(2))
    assert [it.content_hash for it in files.page().files] == [digest(number) for number in (3, 1, 0)]


def test_a_run_that_the_version_before_ended_in_redis_is_over(redis: RedisState, url: str) -> None:
    redis.runs.put(RUN)
    assert redis.runs.unfinished(RUN.user) == 1
    with Redis.from_url(url) as client:
        client.hset(f"artdag:run:{RUN.id}", "status", "completed")
    assert redis.runs.unfinished(RUN.user) == 0


def test_who_may_only_read_is_told_that_files_are_in_no_list_yet(url: str, before: OlderMedia) -> None:
    before.put(*FACTS[:4])
    reader = RedisState.open(url, read_only=True)
    for call in (reader.belongings("").files.page, reader.belongings("").files.total):
        with pytest.raises(StateError, match="in no list yet, and was opened readonly; let a server list them once"):
            call()
    assert reader.belongings("").files.get(digest(2)) == listed(FACTS[2])
    reader.close()
