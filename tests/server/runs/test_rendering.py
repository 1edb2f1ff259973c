"""From an order over HTTP to its result: a real server, a real worker, and the bytes of a local render."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from artcelery import open_engine
from artcelery.core.events import PassFinished, PassProgress, PassStarted, RunFinished, RunStarted
from artcelery.core.state.records import RunRecord
from tests.media_files import make_film
from tests.server.running import RunningServer
from tests.server.runs.asking import CUTS, follow, orders, upload
from tests.worker.farm import TestFarm

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def film(server: RunningServer, folder: Path) -> str:
    """The content hash of a film that the server has."""
    path = make_film(folder / "film.mp4", seconds=1.4)
    return server.services.engine.assets.add(path).content_hash


def local(folder: Path, config: str, inputs: dict[str, Path | str]) -> RunRecord:
    """The same order rendered in this process, in a home of its own."""
    path = folder / "local.yaml"
    path.write_text(config)
    with open_engine(home=folder / "local") as engine:
        return engine.run(engine.order(path, inputs))


def test_a_run_is_followed_to_the_bytes_of_a_local_render(
    client: httpx.Client, farm: TestFarm, film: str, folder: Path
) -> None:
    config = upload(client, CUTS)
    run = orders(client, recipe="cuts", inputs=[film], output_name="holiday")
    assert (run["status"], run["trouble"], run["output_name"]) == ("pending", None, "holiday.mp4")
    heard = list(follow(client, run["id"]))
    assert isinstance(heard[0].event, RunStarted)
    assert (heard[0].event.passes, heard[0].event.nodes, heard[0].number) == (3, 4, 0)
    assert heard[-1].event == RunFinished(run["id"], "completed")
    names = {item.event.node_id for item in heard if isinstance(item.event, PassStarted)}
    assert names == {"cut 1/2", "cut 2/2", "cut"}
    numbers = [item.number for item in heard if not isinstance(item.event, PassProgress)]
    assert None not in numbers
    assert numbers == sorted({number or 0 for number in numbers})
    shown = client.get(f"/runs/{run['id']}").json()
    alone = local(folder, CUTS, {"film": folder / "film.mp4"})
    assert (shown["output_hash"], shown["output_key"]) == (alone.output_hash, alone.output_key)
    assert (shown["status"], shown["config_id"], shown["passes"]) == ("completed", config["id"], [])
    finished = {item.event.node_id: item.event for item in heard if isinstance(item.event, PassFinished)}
    assert finished["cut"].content_hash == shown["output_hash"]
    record = client.get(f"/runs/{run['id']}/provenance").json()
    assert record["output"] == {"name": "holiday.mp4", "content_hash": alone.output_hash}
    plan = client.get(f"/runs/{run['id']}/plan").json()
    assert (plan["whole"], {node["id"]: node["status"] for node in plan["nodes"]}["film"]) == (True, "known")
    assert {item["name"]: item["content_hash"] for item in plan["passes"]} == {
        name: event.content_hash for name, event in finished.items()
    }


def test_what_is_known_is_completed_in_the_reply(client: httpx.Client, farm: TestFarm) -> None:
    first = orders(client, recipe="invert", inputs={"input": "cat"})
    assert [item.event for item in follow(client, first["id"])][-1] == RunFinished(first["id"], "completed")
    again = orders(client, recipe="invert", inputs=["cat"], output_name="again")
    assert (again["status"], again["trouble"], again["output_name"]) == ("completed", None, "again.png")
    assert again["output_hash"] == client.get(f"/runs/{first['id']}").json()["output_hash"]
    assert [node["status"] for node in again["nodes"]] == ["known", "known"]
    heard = [item.event for item in follow(client, again["id"])]
    assert heard == [RunStarted(again["id"], 0, 2, 2), RunFinished(again["id"], "completed")]


def test_lists_show_what_people_gave_and_what_came_of_it(client: httpx.Client, farm: TestFarm) -> None:
    run = orders(client, recipe="sepia", inputs=["cat"])
    assert [item.event for item in follow(client, run["id"])][-1] == RunFinished(run["id"], "completed")
    shown = client.get(f"/runs/{run['id']}").json()
    graph, output = shown["config_id"], shown["output_hash"]
    assert graph not in {item["id"] for item in client.get("/configs").json()["configs"]}
    assert client.get(f"/configs/{graph}").status_code == 404
    assert "sepia" not in client.get("/recipes", headers=PAGE).text
    files = {item["content_hash"]: item["origin"] for item in client.get("/cache").json()["files"]}
    assert (files[graph], files[output]) == ("graph", "render")
    for asked, is_there in (
        ("", {output}),
        ("?papers=true", {graph}),
        ("?origin=graph", {graph}),
        ("?kind=still", {output}),
        ("?name=sepia&papers=false", {output}),
        ("?papers=true&kind=still", set()),
    ):
        page = client.get(f"/media{asked}", headers=PAGE).text
        assert {found for found in (graph, output) if f'href="/media/{found}"' in page} == is_there, asked
    assert client.get("/cache?papers=false").text.count(graph) == 0
    assert client.get(f"/cache/{graph}").text.startswith("name: sepia")
    page = client.get(f"/run/{run['id']}", headers=PAGE).text
    assert f'href="/media/{graph}"' in page
    assert f"/recipe/{graph}" not in page
    (address,) = re.findall(r'href="(/recipes/new[^"]*)"', page)
    form = client.get(address, headers=PAGE)
    assert (form.status_code, "A recipe made from sepia" in form.text) == (200, True)
    assert unescape(form.text).count(client.get(f"/cache/{graph}").text) == 1
    for unknown in (output, "0" * 64, "sepia"):
        assert client.get(f"/recipes/new?from={unknown}", headers=PAGE).status_code == 404


def test_a_run_that_fails_says_why_everywhere(client: httpx.Client, farm: TestFarm, server: RunningServer) -> None:
    library = server.settings.home_dir / "effects"
    library.mkdir(exist_ok=True)
    (library / "broken.py").write_text(
        '"""A broken effect.\n\n@effect broken\n"""\n\ndef process_frame(frame, params, state):\n'
        '    raise ValueError("it is broken")\n'
    )
    run = orders(client, recipe="broken", inputs=["cat"])
    heard = [item.event for item in follow(client, run["id"])]
    end = heard[-1]
    assert isinstance(end, RunFinished)
    assert (end.status, "it is broken" in str(end.error)) == ("failed", True)
    shown = client.get(f"/runs/{run['id']}").json()
    assert (shown["status"], shown["error"]["message"]) == ("failed", end.error)
    kinds = [entry["kind"] for entry in client.get(f"/runs/{run['id']}/journal").json()["entries"]]
    assert kinds[-1] == "failed"
    assert client.post(f"/runs/{run['id']}/cancel").json()["code"] == "not-allowed"
    again = client.post(f"/runs/{run['id']}/retry")
    assert (again.status_code, again.json()["id"], again.headers["Location"]) == (202, run["id"], f"/runs/{run['id']}")
    assert [item.event for item in follow(client, run["id"])][-1] == end
    assert client.delete(f"/runs/{run['id']}").json()["id"] == run["id"]
    assert client.get(f"/runs/{run['id']}").status_code == 404


def test_a_plan_is_that_of_the_command_line(
    client: httpx.Client, server: RunningServer, film: str, folder: Path
) -> None:
    path = folder / "plan.yaml"
    path.write_text(CUTS.replace("cuts", "cuts-planned"))
    engine = server.services.engine
    plan = engine.plan(engine.order(path, {"film": film})).to_json()
    asked = client.post("/runs/plan", json={"config": path.read_text(), "inputs": [film]})
    assert (asked.status_code, asked.json()) == (200, json.loads(json.dumps(plan)))
    assert "cuts-planned" not in [item["name"] for item in client.get("/configs").json()["configs"]]
