"""What is whose: names, configs and files, in every state."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artcelery.core.errors import UsageError
from artcelery.core.state.protocol import FileFilter, Files, State
from artcelery.core.state.records import PAPERS, Asset, ConfigRecord, Holding, MediaFact
from artcelery.core.state.sqlite import SqliteState
from tests.core.state.conftest import FACTORIES, Open
from tests.core.state.making import at_once, digest

ANN, BOB = "@ann@l2.example", "@bob@l2.example"
NOW = "2026-01-07T10:00:00.000Z"
LATER = "2026-01-07T10:00:01.000Z"


def a_holding(name: str = "cat", /, **more: Any) -> Holding:
    values = {"size_bytes": 3, "kind": "still", "name": f"{name}.png", "origin": "upload", "created_at": NOW} | more
    return Holding(digest(name), **values)


def pages(files: Files, limit: int, only: FileFilter) -> list[Holding]:
    """All files of all pages, none of which is longer than `limit`."""
    found: list[Holding] = []
    page = files.page(limit=limit, only=only)
    while page.cursor:
        assert len(page.files) == limit
        found += page.files
        page = files.page(limit=limit, cursor=page.cursor, only=only)
    assert len(page.files) <= limit
    return [*found, *page.files]


def put_soon(state: State, facts: list[MediaFact]) -> None:
    """Record many facts, in SQLite without waiting for the disk after each."""
    if not isinstance(state, SqliteState):
        for fact in facts:
            state.media.put(fact)
    else:
        rows = [(fact.content_hash, json.dumps(asdict(fact))) for fact in facts]
        with state._database.write() as connection:
            connection.executemany("INSERT INTO media (content_hash, fact) VALUES (?, ?)", rows)


def test_a_file_that_is_put_is_theirs_and_nobody_elses(open_state: Open) -> None:
    open_state().belongings(ANN).files.put(a_holding())
    state = open_state()
    assert state.belongings(ANN).files.get(digest("cat")) == a_holding()
    assert state.belongings(ANN).files.page().files == (a_holding(),)
    for other in (BOB, "", "@ann@l2.example:files", ANN.upper()):
        assert state.belongings(other).files.get(digest("cat")) is None
        assert state.belongings(other).files.page().files == ()
        assert not state.belongings(other).files.remove(digest("cat"))
    assert state.media.get(digest("cat")) is None


def test_what_was_recorded_of_a_file_stands_but_where_it_was_empty(state: State) -> None:
    files = state.belongings(ANN).files
    files.put(a_holding(kind="", name=""))
    files.put(a_holding(size_bytes=9, kind="film", name="dog.png", origin="render", created_at=LATER))
    assert files.get(digest("cat")) == a_holding(kind="film", name="dog.png")
    assert files.page().files == (a_holding(kind="film", name="dog.png"),)
    assert files.page(only=FileFilter(kind="")).files == ()
    assert files.total() == (1, 3)


def test_a_file_is_let_go_of(state: State) -> None:
    files = state.belongings(ANN).files
    files.put(a_holding())
    assert files.remove(digest("cat"))
    assert not files.remove(digest("cat"))
    assert files.get(digest("cat")) is None
    assert files.page().files == ()
    assert files.total() == (0, 0)
    assert state.holders(digest("cat")) == []


def test_the_holders_of_a_file_are_known(state: State) -> None:
    assert state.holders(digest("cat")) == []
    for user in (BOB, ANN, "", "\udcff"):
        state.belongings(user).files.put(a_holding())
    assert sorted(state.holders(digest("cat"))) == sorted([ANN, BOB, "\udcff"])
    state.belongings(BOB).files.remove(digest("cat"))
    assert sorted(state.holders(digest("cat"))) == sorted([ANN, "\udcff"])


def test_how_many_files_and_bytes_there_are_follows_what_is_put_and_removed(state: State) -> None:
    files = state.belongings(ANN).files
    for name, size_bytes in (("a", 0), ("b", 5), ("c", 2**52), ("b", 9)):
        files.put(a_holding(name, size_bytes=size_bytes))
    assert files.total() == (3, 2**52 + 5)
    files.put(a_holding("a", size_bytes=4))
    files.remove(digest("c"))
    files.remove(digest("c"))
    assert files.total() == (2, 9)
    assert state.belongings(BOB).files.total() == (0, 0)


def test_all_stored_files_are_of_the_machines_own_user(state: State) -> None:
    files = state.belongings("").files
    fact = MediaFact(digest("cat"), 3, {"kind": "still", "notes": ["\udcff"]}, "cat.png", "import", NOW, "png")
    state.media.put(fact)
    assert files.get(digest("cat")) == a_holding(origin="import")
    assert files.page().files == (a_holding(origin="import"),)
    state.media.put(MediaFact(digest("cat"), 7, {"kind": "film"}, created_at=LATER))
    there = a_holding(size_bytes=7, kind="film", origin="import", created_at=LATER)
    assert files.page(only=FileFilter(kind="film")).files == (there,)
    assert files.page(only=FileFilter(kind="still")).files == ()
    assert files.total() == (1, 7)
    state.media.remove(digest("cat"))
    state.media.remove(digest("cat"))
    assert files.page().files == ()
    assert files.total() == (0, 0)


def test_what_is_put_as_the_machines_own_is_a_stored_file(state: State) -> None:
    files = state.belongings("").files
    files.put(a_holding())
    assert files.get(digest("cat")) == a_holding(kind="")
    assert state.media.get(digest("cat")) == MediaFact(digest("cat"), 3, None, "cat.png", "upload", NOW)
    state.media.put(MediaFact(digest("cat"), 3, {"kind": "still"}, "kitten.png"))
    files.put(a_holding(kind="film", name="dog.png", created_at=LATER))
    assert files.page().files == (a_holding(name="kitten.png"),)
    assert state.media.get(digest("cat")) == MediaFact(digest("cat"), 3, {"kind": "still"}, "kitten.png", "upload", NOW)
    assert files.remove(digest("cat"))
    assert not files.remove(digest("cat"))
    assert state.media.get(digest("cat")) is None
    assert state.media.all() == []


def test_a_part_of_a_name_is_found_whatever_its_case(state: State) -> None:
    names = ["Katze.PNG", "KÄTZCHEN.png", "Straße.mp4", "dog.png", "\udcffcat", "", "100%_[a].png"]
    files = state.belongings(ANN).files
    for name in names:
        files.put(a_holding(name, name=name))
    for part, found in {
        "kat": {"Katze.PNG"},
        "kätz": {"KÄTZCHEN.png"},
        "STRASSE": {"Straße.mp4"},
        ".Png": {"Katze.PNG", "KÄTZCHEN.png", "dog.png", "100%_[a].png"},
        "\udcffC": {"\udcffcat"},
        "%_[": {"100%_[a].png"},
        "": set(names),
        "*": set(),
    }.items():
        assert {holding.name for holding in files.page(only=FileFilter(name=part)).files} == found


def test_what_a_file_is_called_and_how_large_it_is_now_is_looked_for(state: State) -> None:
    files = state.belongings("").files
    for name in ("KÄTZCHEN.png", "dog.png", "STRASSE.png", "ÄFFCHEN.png"):
        state.media.put(MediaFact(digest("cat"), len(name), {"kind": "still"}, name, "import", NOW))
        for part in (name, name.casefold()):
            assert [it.name for it in files.page(only=FileFilter(name=part, least_bytes=len(name))).files] == [name]
        assert files.page(only=FileFilter(name="kätz" if name != "KÄTZCHEN.png" else "dog")).files == ()
        assert files.page(only=FileFilter(name=name, most_bytes=len(name) - 1)).files == ()
    state.media.learn([MediaFact(digest("cat"), 99, {"kind": "still"}, "ÖTTER.png", "render", LATER)])
    state.media.put(MediaFact(digest("cat"), 0, {"kind": "film"}))
    files.put(a_holding(name="ÜBER.png"))
    assert files.page(only=FileFilter(name="ött")).files == files.page(only=FileFilter(name="über")).files == ()
    assert [it.name for it in files.page(only=FileFilter("film", name="äFF")).files] == ["ÄFFCHEN.png"]
    state.media.remove(digest("cat"))
    assert files.page(only=FileFilter(name="ÄFF")).files == ()


@pytest.mark.parametrize("part", ["2026", "10:00", " ", digest("cat")[:8], "\0", "3 "])
def test_only_names_are_looked_in(state: State, part: str) -> None:
    files = state.belongings(ANN).files
    files.put(a_holding())
    assert files.page(only=FileFilter(name=part)).files == ()
    files.put(a_holding("named so", name=f"cat {part} ö"))
    assert [it.name for it in files.page(only=FileFilter(name=part)).files] == [f"cat {part} ö"]


@pytest.mark.parametrize("user", [ANN, ""])
def test_papers_are_listed_apart_from_what_people_look_at(state: State, user: str) -> None:
    files = state.belongings(user).files
    for number, origin in enumerate([*sorted(PAPERS), "", "upload", "import", "render", "input", "configs"]):
        held = a_holding(origin, origin=origin, kind="data", created_at=f"2026-01-07T10:0{number}:00.000Z")
        files.put(held)
        state.media.put(MediaFact(held.content_hash, 3, {"kind": "data"}, held.name, origin, held.created_at))
    everything = pages(files, 2, FileFilter())
    assert len(everything) == 10
    for papers in (True, False):
        expected = [it for it in everything if (it.origin in PAPERS) == papers]
        assert pages(files, 2, FileFilter(papers=papers)) == expected
        assert pages(files, 2, FileFilter("data", papers=papers, name="PNG", most_bytes=3)) == expected
        assert pages(files, 2, FileFilter("still", papers=papers)) == []
        assert len(pages(files, 2, FileFilter(papers=papers, origin="effect"))) == papers
        files.remove(expected[0].content_hash)
        assert pages(files, 2, FileFilter(papers=papers)) == expected[1:]


def test_what_was_one_of_the_papers_is_listed_as_what_it_is_now(state: State) -> None:
    files = state.belongings("").files
    state.media.put(MediaFact(digest("cat"), 3, None, "cat", "graph", NOW))
    assert [it.name for it in files.page(only=FileFilter(papers=True)).files] == ["cat"]
    state.media.put(MediaFact(digest("cat"), 3, None, "cat", "import", NOW))
    assert files.page(only=FileFilter(papers=True)).files == ()
    assert [it.name for it in files.page(only=FileFilter(papers=False)).files] == ["cat"]


def test_names_come_in_their_order_from_any_name_on(open_state: Open) -> None:
    names = ["a", "a ", "b", "ä", "\udcff", "\N{GRINNING FACE}", "[", "("]
    assets = open_state().belongings(ANN).assets
    assert assets.page() == []
    for name in (*names, "b"):
        assets.put(Asset(name, digest(name), NOW))
    open_state().belongings(BOB).assets.put(Asset("aa", digest("aa"), NOW))
    expected = [Asset(name, digest(name), NOW) for name in sorted(names)]
    assets = open_state().belongings(ANN).assets
    assert list(assets.page()) == list(assets.all()) == expected
    for number, asset in enumerate(expected):
        assert list(assets.page(limit=2, after=asset.name)) == expected[number + 1 : number + 3]
    assert list(assets.page(limit=2, after="aa")) == [asset for asset in expected if asset.name > "aa"][:2]
    assert assets.remove("b")
    assert not assets.remove("b")
    assert [asset.name for asset in assets.page()] == [name for name in sorted(names) if name != "b"]


def test_a_rare_name_is_found_among_thousands(state: State) -> None:
    files = state.belongings("").files
    names = {number: "needle" if number in (7, 2400) else "hay" for number in range(2500)}
    put_soon(state, [MediaFact(digest(number), 1, None, name, created_at=NOW) for number, name in names.items()])
    found = pages(files, 1, FileFilter(name="NEEDLE"))
    assert {holding.content_hash for holding in found} == {digest(7), digest(2400)}
    assert files.page(only=FileFilter(name="pin")).files == ()


def test_a_rare_size_is_found_among_thousands(state: State) -> None:
    files = state.belongings("").files
    sizes = {number: 2**40 if number in (7, 2400) else number for number in range(2500)}
    put_soon(state, [MediaFact(digest(number), size, created_at=NOW) for number, size in sizes.items()])
    found = pages(files, 1, FileFilter(least_bytes=2**40))
    assert {holding.content_hash for holding in found} == {digest(7), digest(2400)}
    assert files.page(only=FileFilter(least_bytes=2500, most_bytes=2**40 - 1)).files == ()


def test_what_came_in_a_time_is_read_by_index_wherever_a_page_begins(state: State) -> None:
    files = state.belongings(ANN).files
    for minute in range(6):
        files.put(a_holding(str(minute), created_at=f"2026-01-07T10:0{minute}:00.000Z"))
    only = FileFilter(since="2026-01-07T10:02:00.000Z", before="2026-01-07T10:05:00.000Z")
    assert [holding.name[0] for holding in pages(files, 1, only)] == ["4", "3", "2"]
    newest = files.page(limit=1).cursor
    assert [holding.name[0] for holding in files.page(cursor=newest, only=only).files] == ["4", "3", "2"]
    assert files.page(only=FileFilter(since=LATER, before=NOW)).files == ()


def test_new_files_do_not_disturb_the_pages_that_follow(state: State) -> None:
    files = state.belongings(ANN).files
    for minute in range(6):
        files.put(a_holding(str(minute), created_at=f"2026-01-07T10:0{minute}:00.000Z"))
    first = files.page(limit=3)
    files.put(a_holding("new", created_at="2026-01-07T11:00:00.000Z"))
    files.remove(first.files[-1].content_hash)
    second = files.page(limit=3, cursor=first.cursor)
    assert [holding.name[0] for holding in (*first.files, *second.files)] == list("543210")
    assert second.cursor is None


def test_lists_and_totals_agree_after_much_that_happened_at_once(open_state: Open) -> None:
    states = [open_state() for _ in range(4)]

    def work(number: int) -> None:
        state, chance = states[number % 4], random.Random(number)
        for _ in range(30):
            name, minute = str(chance.randrange(8)), chance.randrange(3)
            created_at = f"2026-01-07T10:0{minute}:00.000Z"
            if chance.random() < 0.6:
                state.belongings(ANN).files.put(a_holding(name, size_bytes=chance.randrange(9), created_at=created_at))
                state.media.put(MediaFact(digest(name), chance.randrange(9), {"kind": "film"}, created_at=created_at))
            else:
                state.belongings(ANN).files.remove(digest(name))
                state.media.remove(digest(name))

    at_once(8, work)
    for user in (ANN, ""):
        files = states[0].belongings(user).files
        found = pages(files, 3, FileFilter())
        assert len({holding.content_hash for holding in found}) == len(found)
        assert all(files.get(holding.content_hash) == holding for holding in found)
        assert files.total() == (len(found), sum(holding.size_bytes for holding in found))
    held = {holding.content_hash for holding in states[0].belongings(ANN).files.page().files}
    assert {digest(number) for number in range(8) if states[0].holders(digest(number))} == held
    known = {fact.content_hash for fact in states[0].media.all()}
    assert known == {holding.content_hash for holding in states[0].belongings("").files.page().files}


def test_a_cursor_of_something_else_is_refused(state: State) -> None:
    with pytest.raises(UsageError, match="'nonsense' is no cursor"):
        state.belongings(ANN).files.page(cursor="nonsense")


def test_names_are_each_users_own(state: State) -> None:
    assets = {user: Asset("cat", digest(user), NOW) for user in ("", ANN, BOB, "a:b", "a")}
    for user, asset in assets.items():
        state.belongings(user).assets.put(asset)
    for user, asset in assets.items():
        assert state.belongings(user).assets.get("cat") == asset
        assert state.belongings(user).assets.all() == [asset]
    assert state.assets.all() == [assets[""]]
    assert state.belongings(ANN).assets.remove("cat")
    assert not state.belongings(ANN).assets.remove("cat")
    assert state.belongings(BOB).assets.get("cat") == assets[BOB]
    assert state.assets.get("cat") == assets[""]


def test_configs_are_each_users_own(state: State) -> None:
    config = ConfigRecord(digest("config"), "film", NOW, "film.yaml")
    state.configs.put(config)
    state.belongings("a:b").configs.put(replace(config, file_name="theirs.yaml"))
    for asked in ("film", config.id):
        assert state.belongings("").configs.get(asked) == config
        assert state.belongings("a:b").configs.get(asked) == replace(config, file_name="theirs.yaml")
        assert state.belongings(ANN).configs.get(asked) is None
    assert state.belongings("a").configs.get(f"b:{config.id}") is None
    assert state.belongings("a%3Ab").configs.all() == []
    assert state.belongings("a:b").configs.remove(config.id)
    assert not state.belongings("a:b").configs.remove(config.id)
    assert state.configs.all() == [config]


HOLDINGS = st.lists(
    st.builds(
        a_holding,
        st.integers(0, 40).map(str),
        kind=st.sampled_from(["", "still", "film"]),
        name=st.sampled_from(["", "Cat", "cater", "dög"]),
        origin=st.sampled_from(["", "upload", "render"]),
        size_bytes=st.integers(0, 9),
        created_at=st.integers(0, 5).map(lambda minute: f"2026-01-07T10:0{minute}:00.000Z"),
    ),
    max_size=25,
)
FILTERS = st.builds(
    FileFilter,
    kind=st.sampled_from([None, "", "still", "film"]),
    origin=st.sampled_from([None, "upload", "nothing"]),
    name=st.sampled_from([None, "cat", "DÖ"]),
    since=st.sampled_from([None, "2026-01-07T10:02", "2026-01-07T10:02:00.000Z", "2027-01-01"]),
    before=st.sampled_from([None, "2026-01-07T10:04:00.000Z", "2026"]),
    least_bytes=st.sampled_from([None, 0, 4]),
    most_bytes=st.sampled_from([None, 0, 6]),
)


@settings(max_examples=40, deadline=None)
@given(holdings=HOLDINGS, limit=st.integers(1, 7), only=FILTERS, removed=st.sets(st.integers(0, 40).map(str)))
def test_pages_hold_each_file_that_matches_once_newest_first(
    holdings: list[Holding], limit: int, only: FileFilter, removed: set[str]
) -> None:
    kept = {item.content_hash: item for item in holdings}
    left = [item for content_hash, item in kept.items() if content_hash not in {digest(name) for name in removed}]
    matching = [
        item
        for item in left
        if only.kind in (None, item.kind)
        and only.origin in (None, item.origin)
        and (only.name or "").casefold() in item.name.casefold()
        and (only.since or "") <= item.created_at < (only.before or "9")
        and (only.least_bytes or 0) <= item.size_bytes <= (9 if only.most_bytes is None else only.most_bytes)
    ]
    matching.sort(key=lambda item: (item.created_at, item.content_hash), reverse=True)
    for factory in FACTORIES.values():
        with tempfile.TemporaryDirectory() as folder:
            state = factory(Path(folder))
            files = state.belongings(ANN).files
            for item in kept.values():
                files.put(item)
                state.belongings(BOB).files.put(item)
            for name in removed:
                files.remove(digest(name))
            assert pages(files, limit, only) == matching
            assert files.total() == (len(left), sum(item.size_bytes for item in left))
            state.close()
