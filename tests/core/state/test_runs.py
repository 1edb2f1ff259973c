"""Runs, in every state."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artcelery.core.errors import UsageError
from artcelery.core.state.protocol import RunFilter, State
from artcelery.core.state.records import RunRecord
from tests.core.state.conftest import FACTORIES, Open
from tests.core.state.making import a_node, a_run, digest


def pages(state: State, limit: int, **filters: Any) -> list[RunRecord]:
    """All runs of all pages, none of which is longer than `limit`."""
    runs: list[RunRecord] = []
    only = RunFilter(**filters)
    page = state.runs.page(limit=limit, only=only)
    while page.cursor:
        assert len(page.runs) == limit
        runs += page.runs
        page = state.runs.page(limit=limit, cursor=page.cursor, only=only)
    assert len(page.runs) <= limit
    return [*runs, *page.runs]


def test_the_status_of_a_run_is_asked_for_by_its_whole_id(state: State) -> None:
    state.runs.put(a_run("run-0001", status="pending"))
    assert state.runs.status("run-0001") == "pending"
    assert state.runs.status("run-00") is None


def test_a_run_comes_back_as_it_was_recorded(open_state: Open) -> None:
    run = a_run()
    open_state().runs.put(run)
    assert open_state().runs.get(run.id) == run
    ended = replace(run, status="failed", error={"code": "store-full"}, nodes=run.nodes[:1], hashes=(), holder="")
    open_state().runs.put(ended)
    assert open_state().runs.get(run.id) == ended


def test_a_run_of_ten_thousand_nodes_comes_back_whole(state: State) -> None:
    run = a_run(nodes=tuple(a_node(f"node-{number}") for number in range(10_000)))
    state.runs.put(run)
    assert state.runs.get(run.id) == run


def test_a_prefix_of_six_characters_serves_as_an_id_while_it_is_the_only_one(state: State) -> None:
    one, two = a_run("abcdef-1"), a_run("abcdef-2")
    state.runs.put(one)
    assert state.runs.get("abcdef") == one
    assert state.runs.get("abcde") is None
    state.runs.put(two)
    assert state.runs.get("abcdef") is None
    assert state.runs.get("abcdef-2") == two
    longer = a_run("abcdef-22")
    state.runs.put(longer)
    assert state.runs.get("abcdef-2") == two


@pytest.mark.parametrize("said", ["", "%%%%%%", "______", "zzzzzzz", "\U0010ffff" * 7, "' OR 1=1 --"])
def test_what_is_no_id_finds_no_run(state: State, said: str) -> None:
    state.runs.put(a_run())
    assert state.runs.get(said) is None


def test_what_is_no_text_at_all_is_an_error_that_can_be_printed(state: State) -> None:
    with pytest.raises(UsageError) as caught:
        state.runs.get("abcdef\udcff")
    assert str(caught.value).isprintable()


def test_a_run_finishes_only_once(state: State) -> None:
    run = a_run()
    state.runs.put(run)
    completed = replace(run, status="completed", output_hash=digest("out"))
    assert state.runs.finish(completed)
    assert not state.runs.finish(replace(run, status="failed"))
    assert state.runs.get(run.id) == completed


def test_a_late_report_of_progress_does_not_bring_a_finished_run_back(state: State) -> None:
    run = a_run()
    cancelled = replace(run, status="cancelled")
    assert state.runs.finish(cancelled)
    state.runs.put(run)
    assert state.runs.get(run.id) == cancelled


def test_a_run_uses_its_inputs_output_config_record_and_hashes(state: State) -> None:
    run = a_run(output_hash=digest("out"), provenance_hash=digest("papers"))
    state.runs.put(run)
    for name in ("cat", "config", "effect", "another", "out", "papers"):
        assert state.runs.using(digest(name)) == [run.id]
    assert state.runs.using(digest("dog")) == []


def test_of_the_runs_that_use_a_file_those_of_one_user_are_told_apart(state: State) -> None:
    for number, user in enumerate(("@a@here", "@b@here", "@a@here")):
        state.runs.put(a_run(f"run-{number:04}", user=user))
    assert state.runs.using(digest("cat")) == ["run-0000", "run-0001", "run-0002"]
    assert state.runs.using(digest("cat"), "@a@here") == ["run-0000", "run-0002"]
    assert state.runs.using(digest("cat"), "@nobody@here") == state.runs.using(digest("dog"), "@a@here") == []


def test_runs_of_who_operates_are_nobodys_even_where_a_user_has_the_same_name(state: State) -> None:
    own = a_run("run-0000", user="@a@here", asked={}, status="pending")
    ordered = replace(own, id="run-0001", asked={"member": ""})
    state.runs.put(own)
    state.runs.put(ordered)
    state.runs.put(a_run("run-0002", user="@a@here", status="pending"))
    state.runs.put(a_run("run-0003", user="@b@here", status="pending"))
    state.runs.put(replace(own, id="run-0004"))
    assert [run.id for run in pages(state, 1, member="@a@here")] == ["run-0002"]
    assert [run.id for run in pages(state, 2, user="@a@here")] == ["run-0004", "run-0002", "run-0001", "run-0000"]
    assert [run.id for run in pages(state, 1, member="@a@here", status="pending", config="film")] == ["run-0002"]
    assert state.runs.using(digest("cat"), "@a@here") == ["run-0002"]
    assert (state.runs.unfinished("@a@here"), state.runs.unfinished("")) == (1, 0)
    state.runs.finish(replace(own, status="cancelled"))
    assert state.runs.unfinished("@a@here") == 1
    state.runs.finish(a_run("run-0002", user="@a@here", status="cancelled"))
    assert state.runs.unfinished("@a@here") == 0


def test_what_a_run_uses_changes_with_it_and_ends_with_it(state: State) -> None:
    run = a_run()
    state.runs.put(run)
    state.runs.put(replace(run, inputs={"picture": digest("dog")}, output_hash=digest("out")))
    assert state.runs.using(digest("cat")) == []
    assert state.runs.using(digest("dog")) == state.runs.using(digest("out")) == [run.id]
    assert state.runs.remove(run.id)
    assert not state.runs.remove(run.id)
    assert state.runs.get(run.id) is None
    assert state.runs.using(digest("dog")) == []
    assert state.runs.page().runs == ()


def test_a_page_leaves_out_the_details(state: State) -> None:
    run = a_run()
    state.runs.put(run)
    assert state.runs.page().runs == (replace(run, nodes=(), hashes=(), tally=run.reused),)


def test_new_runs_do_not_disturb_the_pages_that_follow(state: State) -> None:
    for minute in range(6):
        state.runs.put(a_run(f"run-000{minute}", created_at=f"2026-01-07T10:0{minute}:00.000Z"))
    first = state.runs.page(limit=3)
    state.runs.put(a_run("run-new0", created_at="2026-01-07T11:00:00.000Z"))
    second = state.runs.page(limit=3, cursor=first.cursor)
    assert [run.id[-1] for run in (*first.runs, *second.runs)] == list("543210")
    assert second.cursor is None


def test_the_runs_of_a_user_that_are_not_over_are_counted(state: State) -> None:
    for number, status in enumerate(["pending", "running", "running", "completed", "failed", "cancelled"]):
        state.runs.put(a_run(f"run-000{number}", status=status))
    state.runs.put(a_run("run-0006", user="\udcff"))
    state.runs.put(a_run("run-0006", user="\udcff", nodes=()))
    assert [state.runs.unfinished(user) for user in ("@giles", "\udcff", "@ann", "")] == [3, 1, 0, 0]
    state.runs.finish(a_run("run-0000", status="cancelled"))
    assert state.runs.unfinished("@giles") == 2
    state.runs.reopen(a_run("run-0000", status="pending"))
    assert state.runs.unfinished("@giles") == 3
    state.runs.put(a_run("run-0001", user="@ann"))
    state.runs.remove("run-0002")
    assert [state.runs.unfinished(user) for user in ("@giles", "@ann")] == [1, 1]


def test_a_cursor_of_something_else_is_refused(state: State) -> None:
    with pytest.raises(UsageError, match="'nonsense' is no cursor"):
        state.runs.page(cursor="nonsense")


def test_the_last_completed_run_of_a_config_comes_with_its_nodes(state: State) -> None:
    for number, status in enumerate(["completed", "completed", "failed"]):
        state.runs.put(a_run(f"run-000{number}", status=status, created_at=f"2026-01-07T10:0{number}:00.000Z"))
    last = state.runs.last_of("film")
    assert last is not None
    assert (last.id, last.nodes) == ("run-0001", a_run().nodes)
    failed = state.runs.last_of("film", with_status="failed")
    assert failed is not None
    assert failed.id == "run-0002"
    assert state.runs.last_of("other") is None


def test_names_may_be_no_valid_text(state: State) -> None:
    run = a_run(config_name="\udcff", user="\udcfe", output_name="\udcfd", inputs={"\ud800": digest("cat")})
    state.runs.put(run)
    assert state.runs.get(run.id) == run
    assert len(state.runs.page(only=RunFilter(config="\udcff", user="\udcfe")).runs) == 1


RUNS = st.lists(
    st.builds(
        a_run,
        st.uuids().map(str),
        created_at=st.integers(0, 5).map(lambda minute: f"2026-01-07T10:0{minute}:00.000Z"),
        status=st.sampled_from(["running", "completed", "failed"]),
        user=st.sampled_from(["", "ann", "bob"]),
        config_name=st.sampled_from(["film", "picture"]),
        config_id=st.sampled_from([digest("a"), digest("b")]),
        nodes=st.just(()),
    ),
    max_size=25,
)
FILTERS: dict[str, tuple[Any, Callable[[RunRecord], bool]]] = {
    "status": ("failed", lambda run: run.status == "failed"),
    "user": ("ann", lambda run: run.user == "ann"),
    "config": ("film", lambda run: run.config_name == "film"),
    "since": ("2026-01-07T10:02:00.000Z", lambda run: run.created_at >= "2026-01-07T10:02:00.000Z"),
}


@settings(max_examples=25, deadline=None)
@given(runs=RUNS, limit=st.integers(1, 7), filters=st.sets(st.sampled_from(sorted(FILTERS))), by_id=st.booleans())
def test_pages_hold_each_run_that_matches_once_newest_first(
    runs: list[RunRecord], limit: int, filters: set[str], by_id: bool
) -> None:
    asked = {name: FILTERS[name][0] for name in filters}
    expected = [run for run in runs if all(FILTERS[name][1](run) for name in filters)]
    if by_id:
        asked["config"] = digest("a")
        rest = filters - {"config"}
        expected = [run for run in runs if run.config_id == digest("a") and all(FILTERS[name][1](run) for name in rest)]
    expected.sort(key=lambda run: (run.created_at, run.id), reverse=True)
    for factory in FACTORIES.values():
        with tempfile.TemporaryDirectory() as folder:
            state = factory(Path(folder))
            for run in runs:
                state.runs.put(run)
            assert pages(state, limit, **asked) == [replace(run, hashes=()) for run in expected]
            state.close()
