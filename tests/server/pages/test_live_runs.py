"""Lists of runs, as they are told what changes: one reader for all, and nobody hears of what is another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from tests.core.state.making import a_run
from tests.server.house import House
from tests.server.running import RunningServer, running_server, server_settings
from tests.worker.farm import until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server:
        yield server


@contextmanager
def heard(client: httpx.Client, query: str = "", after: str = "") -> Iterator[Iterator[ServerSentEvent]]:
    headers = {"Last-Event-ID": after} if after else {}
    with connect_sse(client, "GET", f"/runs/live{query}", headers=headers) as source:
        yield source.iter_sse()


def ids_in(event: ServerSentEvent) -> list[str]:
    return re.findall(r'<li class="run" id="run-([^"]+)"', event.data)


def put(server: RunningServer, run_id: str, **given: object) -> None:
    server.services.engine.state.runs.put(a_run(run_id, holder="", **given))


def is_read(server: RunningServer) -> bool:
    return bool(server.app.state.live_runs.is_reading)


def test_who_comes_first_looks_anew_and_then_hears_what_changes(server: RunningServer) -> None:
    with server.client() as client, heard(client) as events:
        assert next(events).event == "anew"
        put(server, "run-first", status="pending")
        told = next(events)
        assert (told.event, ids_in(told)) == ("pieces", ["run-first"])
        put(server, "run-first", status="completed")
        assert "completed" in next(events).data
        server.services.engine.state.runs.remove("run-first")
        gone = next(events)
        assert (gone.event, gone.data) == ("gone", "run-run-first")
    until(lambda: not is_read(server), "nobody reads")


def test_who_comes_back_hears_what_was_missed_once(server: RunningServer) -> None:
    with server.client() as client, heard(client) as stays:
        next(stays)
        with server.client() as other, heard(other) as events:
            position = next(events).id
        for number in range(3):
            put(server, f"run-missed-{number}", status="completed", created_at=f"2026-02-01T10:00:0{number}.000Z")
            next(stays)
        with server.client() as other, heard(other, after=position) as events:
            assert sorted(ids_in(next(events))) == [f"run-missed-{number}" for number in range(3)]
            put(server, "run-then", status="completed", created_at="2026-02-02T10:00:00.000Z")
            assert ids_in(next(events)) == ["run-then"]


def test_who_comes_back_to_another_reader_looks_anew(server: RunningServer) -> None:
    with server.client() as client, heard(client, after="0123abcd.7") as events:
        assert next(events).event == "anew"


def test_new_runs_that_do_not_fit_are_marked_as_such(server: RunningServer) -> None:
    with server.client() as client, heard(client, "?status=failed&recipe=film") as events:
        next(events)
        put(server, "run-other-recipe", status="failed", config_name="other", created_at="2026-03-01T10:00:00.000Z")
        put(server, "run-done", status="completed", created_at="2026-03-01T10:00:01.000Z")
        put(server, "run-failed", status="failed", created_at="2026-03-01T10:00:02.000Z")
        rows = ""
        while "run-run-failed" not in rows:
            rows += next(events).data
        assert "other-recipe" not in rows
        marked = dict(re.findall(r'id="run-(run-\w+)".*data-order="[^"]+"( data-new)?>', rows))
        assert marked == {"run-done": "", "run-failed": " data-new"}


def test_all_lists_are_told_by_one_reader(server: RunningServer) -> None:
    with server.client() as one, server.client() as other, heard(one) as first, heard(other) as second:
        assert next(first).id == next(second).id
        put(server, "run-for-all", status="completed", created_at="2026-04-01T10:00:00.000Z")
        assert ids_in(next(first)) == ids_in(next(second)) == ["run-for-all"]


def test_nobody_hears_of_runs_that_are_anothers(house: House) -> None:
    clients = house.clients
    with heard(clients["bob"]) as bobs, heard(clients["operator"]) as all_of_them:
        next(bobs)
        next(all_of_them)
        orders = [(who, {"recipe": "identity", "inputs": [house.things[who].content_hash]}) for who in ("quill", "bob")]
        ids = {who: clients[who].post("/runs", json=order).json()["id"] for who, order in orders}
        seen: list[str] = []
        while len(seen) < 2:
            seen += ids_in(next(all_of_them))
        assert sorted(seen) == sorted(ids.values())
        assert ids_in(next(bobs)) == [ids["bob"]]


def test_the_list_without_a_page_is_still_json(server: RunningServer, tmp_path: Path) -> None:
    with server.client() as client:
        assert client.get("/runs").headers["content-type"] == "application/json"
        assert client.get("/runs", headers={"Accept": "text/html"}).headers["content-type"].startswith("text/html")
