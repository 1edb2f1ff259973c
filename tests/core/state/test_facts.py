"""Assets, configs, media and files, in every state."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from artcelery.core.errors import NotFoundError
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Asset, ConfigRecord, FileFact, MediaFact
from tests.core.state.making import a_file, digest

NOW = "2026-01-07T10:00:00.000Z"
LATER = "2026-01-07T10:00:01.000Z"


def test_an_asset_is_a_name_that_can_be_given_to_another_file(state: State) -> None:
    state.assets.put(Asset("cat", digest("cat"), NOW))
    state.assets.put(Asset("cat", digest("cat2"), LATER))
    assert state.assets.get("cat") == Asset("cat", digest("cat2"), LATER)
    assert state.assets.get("Cat") is None


def test_assets_are_listed_by_name_and_removed(state: State) -> None:
    assets = [Asset(name, digest(name), NOW) for name in ("a b", "cat", "\udcff", "ü")]
    for asset in reversed(assets):
        state.assets.put(asset)
    assert sorted(state.assets.all(), key=repr) == sorted(assets, key=repr)
    assert [asset.name for asset in state.assets.all()][:2] == ["a b", "cat"]
    assert state.assets.remove("cat")
    assert not state.assets.remove("cat")
    assert state.assets.get("cat") is None


def test_the_newest_config_of_a_name_stands_for_it(state: State) -> None:
    old = ConfigRecord(digest("old"), "film", NOW, "film.yaml")
    new = ConfigRecord(digest("new"), "film", LATER, "/tmp/film.yaml")
    state.configs.put(new)
    state.configs.put(old)
    assert state.configs.get("film") == new
    assert state.configs.get(old.id) == old
    assert state.configs.all() == [new, old]
    again = replace(old, created_at="2026-01-07T10:00:02.000Z")
    state.configs.put(again)
    assert state.configs.get("film") == again
    assert state.configs.remove(again.id)
    assert not state.configs.remove(again.id)
    assert state.configs.get("film") == new
    assert state.configs.get("nothing") is None


@pytest.mark.parametrize("user", ["", "@ann@here"])
def test_configs_are_listed_page_by_page_by_name_the_newest_first(state: State, user: str) -> None:
    configs = state.belongings(user).configs
    names = ("b", "a", "ab", "a b", "A", "ä", "c\udcff")
    for number in range(23):
        created_at = f"2026-01-07T10:00:{number % 5:02}.{number % 3:03}Z"
        configs.put(ConfigRecord(digest(number), names[number % len(names)], created_at))
    configs.put(ConfigRecord(digest(3), "moved", NOW))
    configs.remove(digest(4))
    expected = list(configs.all())
    assert len(expected) == 22
    for limit in (1, 2, 7, 21, 22, 23):
        page = configs.page(limit=limit)
        found = [*page.configs]
        while page.cursor:
            assert len(page.configs) == limit
            page = configs.page(limit=limit, cursor=page.cursor)
            found += page.configs
        assert found == expected
    for cursor in (digest(4), "", "a", "\udcff"):
        with pytest.raises(NotFoundError, match="begin anew without a cursor"):
            configs.page(cursor=cursor)


def test_configs_are_found_by_a_part_of_their_names_page_by_page(state: State) -> None:
    configs = state.belongings("@ann@here").configs
    names = ("Poster", "KÄTZCHEN", "poster 2", "c\udcffat", "2026", "f")
    for number in range(30):
        configs.put(ConfigRecord(digest(number), names[number % len(names)], f"2026-01-07T10:00:{number:02}.000Z"))
    for part in ("POST", "kätz", "Ä", "\udcff", "2026", "2", " ", "f", "10:00", "no such"):
        expected = [it for it in configs.all() if part.casefold() in it.name.casefold()]
        for limit in (1, 2, 5, 100):
            page = configs.page(limit=limit, part=part)
            found = [*page.configs]
            while page.cursor:
                assert len(page.configs) == limit
                page = configs.page(limit=limit, cursor=page.cursor, part=part)
                found += page.configs
            assert found == expected, part


def test_what_is_known_of_many_files_is_asked_for_at_once(state: State) -> None:
    facts = [
        MediaFact(digest(number), number, {"kind": "still"} if number % 2 else None, f"{number}.png")
        for number in range(250)
    ]
    state.media.learn(facts)
    state.media.learn([MediaFact(digest("empty"), 0)])
    wanted = [digest(number) for number in range(-10, 300)] * 2
    assert dict(state.media.get_many(wanted)) == {fact.content_hash: fact for fact in facts}
    assert dict(state.media.get_many(iter([digest("empty")]))) == {digest("empty"): MediaFact(digest("empty"), 0)}
    assert state.media.get(digest("empty")) == MediaFact(digest("empty"), 0)
    assert dict(state.media.get_many([])) == dict(state.media.get_many(["", digest("x")])) == {}


def test_what_is_not_known_of_a_file_leaves_what_was_known(state: State) -> None:
    whole = MediaFact(digest("cat"), 3, {"width": 1280, "parts": [1, 2]}, "c\udcffat.png", "import", NOW, "mp4")
    state.media.put(whole)
    state.media.put(MediaFact(digest("cat"), 3))
    assert state.media.get(digest("cat")) == whole
    state.media.put(MediaFact(digest("cat"), 3, {"width": 640}, origin="render"))
    assert state.media.get(digest("cat")) == replace(whole, clip={"width": 640}, origin="render")


def test_what_is_learned_of_files_leaves_what_is_known_of_them(state: State) -> None:
    known = MediaFact(digest("known"), 3, None, "cat.png", "import", NOW)
    state.media.put(known)
    told = [MediaFact(digest("known"), 4, {"width": 640}, "a part", "render", "2027-01-01T00:00:00.000Z", "mp4")]
    told += [MediaFact(digest(str(number)), number + 1, name=f"{number}.png") for number in range(250)]
    state.media.learn(told)
    assert state.media.get(digest("known")) == replace(known, clip={"width": 640}, format="mp4")
    assert [state.media.get(fact.content_hash) for fact in told[1:]] == told[1:]
    assert state.belongings("").files.total() == (251, 3 + sum(fact.size_bytes for fact in told[1:]))
    state.media.learn([])
    assert len(state.media.all()) == 251


def test_media_facts_are_listed_and_removed(state: State) -> None:
    facts = [MediaFact(digest(name), 3, name=name) for name in "abc"]
    for fact in facts:
        state.media.put(fact)
    assert sorted(state.media.all(), key=repr) == sorted(facts, key=repr)
    state.media.remove(digest("a"))
    assert state.media.get(digest("a")) is None
    assert len(state.media.all()) == 2


def test_an_unchanged_file_need_not_be_hashed_again(state: State) -> None:
    state.media.remember_file(a_file())
    assert state.media.hash_of_file(replace(a_file(), content_hash="")) == digest("cat")
    assert state.media.hash_of_file(a_file("/films/dog.mp4")) is None


@pytest.mark.parametrize("number", ["device", "inode", "size_bytes", "mtime_ns", "ctime_ns"])
def test_a_file_of_which_any_number_differs_is_hashed_again(state: State, number: str) -> None:
    state.media.remember_file(a_file())
    assert state.media.hash_of_file(a_file(**{number: 99})) is None
    state.media.remember_file(a_file(**{number: 99}))
    assert state.media.hash_of_file(a_file(**{number: 99})) == digest("cat")
    assert state.media.hash_of_file(a_file()) is None


def test_numbers_of_all_64_bits_and_names_of_any_bytes_are_kept(state: State) -> None:
    for inode in (0, 2**63 - 1, 2**63, 2**64 - 1):
        file = a_file(f"/films/{inode}\udcff\n", inode=inode)
        state.media.remember_file(file)
        assert state.media.hash_of_file(file) == digest("cat")


@pytest.mark.parametrize("clock", ["mtime_ns", "ctime_ns"])
def test_a_file_that_was_just_changed_is_not_remembered(state: State, clock: str) -> None:
    for age_s in (-10, 0, 1.9):
        young = a_file(**{clock: time.time_ns() - int(age_s * 1e9)})
        state.media.remember_file(young)
        assert state.media.hash_of_file(young) is None
    old = a_file(**{clock: time.time_ns() - int(2.1e9)})
    state.media.remember_file(old)
    assert state.media.hash_of_file(old) == digest("cat")


def test_a_change_within_one_tick_of_the_clock_is_not_missed(state: State, tmp_path: Path) -> None:
    path = tmp_path / "cat"

    def written(data: bytes) -> FileFact:
        path.write_bytes(data)
        facts = path.stat()
        same_tick = facts.st_mtime_ns // 2_000_000_000 * 2_000_000_000
        return FileFact(os.fspath(path), facts.st_dev, facts.st_ino, facts.st_size, same_tick, same_tick, digest(data))

    first = written(b"cat")
    state.media.remember_file(first)
    second = written(b"dog")
    assert state.media.hash_of_file(second) in (None, digest(b"dog"))
