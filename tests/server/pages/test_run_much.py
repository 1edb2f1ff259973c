"""Pages of runs of which there is very much: no address makes them larger, and what is left off is said."""

from __future__ import annotations

from urllib.parse import urlencode

import httpx
import pytest

from artcelery.core.engine.people.run_plans import RunPlan
from artcelery.core.state.records import Entry
from artcelery.server.pages.run_trouble import read_log
from tests.core.state.making import a_run
from tests.server.house import House

HTML = {"Accept": "text/html"}
MANY = "name: many\ndag:\n  nodes:\n{nodes}\n  output: all\n"
NODE = "    - {{id: layer-{number}, type: SOURCE, config: {{asset: cat}}}}"
ALL = "    - {{id: all, type: LAYER, inputs: [{names}]}}"


@pytest.fixture(scope="module")
def client(house: House) -> httpx.Client:
    return house.clients["quill"]


@pytest.fixture(scope="module")
def run_id(client: httpx.Client) -> str:
    """A run of 60 pictures, one upon another."""
    names = ", ".join(f"layer-{number}" for number in range(60))
    nodes = [*(NODE.format(number=number) for number in range(60)), ALL.format(names=names)]
    config = client.post("/configs/upload", content=MANY.format(nodes="\n".join(nodes)).encode()).json()["id"]
    return str(client.post("/runs", json={"recipe": config}).json()["id"])


def shown(client: httpx.Client, run_id: str, *pairs: tuple[str, str]) -> str:
    return client.get(f"/run/{run_id}?{urlencode(pairs)}", headers=HTML).text


def test_what_a_run_has_not_is_not_repeated_in_each_of_its_links(client: httpx.Client, run_id: str) -> None:
    page = shown(client, run_id, ("open", "x" * 2000), ("node", "y" * 400), ("open", "layer-0"))
    assert page.count("open=layer-0") > 60
    for nothing in ("x" * 2000, "y" * 400):
        assert page.count(nothing) == 1  # the address of the same as JSON


def test_of_very_many_inputs_the_first_are_shown_and_how_many_more_there_are(client: httpx.Client, run_id: str) -> None:
    page = client.get(f"/run/{run_id}", headers=HTML).text
    assert page.count('<span class="mat">') == 50
    assert f'and 10 more, which <a href="/run/{run_id}.json">' in page
    assert len(client.get(f"/run/{run_id}.json").json()["inputs"]) == 60


def test_the_end_of_a_run_is_known_however_much_happened_before() -> None:
    many = [Entry(number, 0.0, "lost", {"pass": f"part {number}"}) for number in range(1, 30_001)]
    log = read_log(RunPlan(a_run(status="failed"), (), [*many, Entry(30_001, 1.0, "failed", {"pass": "film 3/4"})]))
    assert log.failed_in == "film 3/4"
    assert log.happenings[-1].words == "the run failed"
    assert log.earlier == 30_001 - len(log.happenings)
