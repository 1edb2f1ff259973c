"""Who may do what over HTTP: nobody, its owner, another user of L2, who operates the server, on every route of runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from artcelery.core.engine.people import OPERATOR
from artcelery.core.state.records import RunRecord
from tests.server.auth.site import site_with
from tests.server.l2_server import ReferenceL2, reference_l2
from tests.server.running import RunningServer
from tests.server.runs.people import done

ORDER = {"recipe": "dog", "inputs": ["cat"]}
CONFIG = """\
name: hers
dag:
  nodes:
    - {id: a, type: SOURCE, config: {input: true}}
    - {id: b, type: EFFECT, config: {effect: invert}, inputs: a}
  output: b
"""
RUN_ROUTES = [
    ("GET", ""),
    ("GET", "/events"),
    ("GET", "/journal"),
    ("GET", "/plan"),
    ("GET", "/provenance"),
    ("POST", "/cancel"),
    ("POST", "/retry"),
    ("DELETE", ""),
]
CONFIG_ROUTES = [("GET", ""), ("POST", "/run"), ("DELETE", "")]
OTHERS = [
    ("POST", "/runs"),
    ("POST", "/runs/plan"),
    ("GET", "/runs"),
    ("POST", "/configs/upload"),
    ("GET", "/configs"),
    ("GET", "/effects"),
    ("GET", "/effects/dog"),
]


@dataclass(frozen=True)
class People:
    """Clients of one server, by who asks."""

    server: RunningServer
    l2: ReferenceL2
    nobody: httpx.Client
    owner: httpx.Client
    other: httpx.Client
    operator: httpx.Client

    def end(self, run_id: str) -> RunRecord:
        """A run, rendered."""
        return done(self.server.services.member(OPERATOR).context, run_id)


@contextmanager
def house(folder: Path) -> Iterator[People]:
    """A server, and people who have nothing yet."""
    with reference_l2() as l2, site_with(folder, l2, api_token="secret") as site:
        users = [site.client(headers=site.bearer(site.token(name))) for name in ("owner", "other")]
        yield People(site.server, l2, site.client(), *users, site.client(headers=site.bearer("secret")))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with house(tmp_path_factory.mktemp("site")) as people:
        yield people


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """A request with whatever body its route takes."""
    given: dict[str, Any] = {}
    if path.endswith("/upload"):
        given = {"content": CONFIG.encode()}
    elif method == "POST" and path in ("/runs", "/runs/plan"):
        given = {"json": ORDER}
    elif path.endswith("/run"):
        given = {"json": {"inputs": ["cat"]}}
    return client.request(method, path, **given)


def alike(reply: httpx.Response, said: str) -> tuple[int, str, list[tuple[str, str]]]:
    """All of a reply but what was asked for, and how long that is."""
    headers = [(name, value) for name, value in reply.headers.items() if name not in ("date", "content-length")]
    return reply.status_code, reply.text.replace(said, "X"), headers


@pytest.fixture(scope="module")
def owned(people: People) -> dict[str, str]:
    """What is the owner's: a completed run, one that waits, and a config."""
    config = ask(people.owner, "POST", "/configs/upload").json()["id"]
    completed = people.owner.post("/configs/hers/run", json={"inputs": ["cat"]}).json()["id"]
    people.end(completed)
    waits = ask(people.owner, "POST", "/runs").json()["id"]
    return {"completed": completed, "waits": waits, "config": config}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *OTHERS,
        *((method, f"/runs/last{path}") for method, path in RUN_ROUTES),
        *((method, f"/configs/hers{path}") for method, path in CONFIG_ROUTES),
    ],
)
def test_nobody_gets_anything(people: People, owned: dict[str, str], method: str, path: str) -> None:
    refused = ask(people.nobody, method, path)
    assert (refused.status_code, refused.json()["code"]) == (401, "sign-in")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert not any(said in refused.text for said in owned.values())


@pytest.mark.parametrize(("method", "path"), RUN_ROUTES)
@pytest.mark.parametrize("which", ["completed", "waits"])
def test_a_run_of_somebody_else_is_what_does_not_exist(
    people: People, owned: dict[str, str], which: str, method: str, path: str
) -> None:
    unknown = "0" * 26
    nothing = alike(ask(people.other, method, f"/runs/{unknown}{path}"), unknown)
    assert nothing[0] == 404
    for said in (owned[which], owned[which][:-1]):
        assert alike(ask(people.other, method, f"/runs/{said}{path}"), said) == nothing
    assert people.owner.get(f"/runs/{owned[which]}").json()["status"] == {"waits": "pending"}.get(which, which)


@pytest.mark.parametrize(("method", "path"), CONFIG_ROUTES)
def test_a_config_of_somebody_else_is_what_does_not_exist(
    people: People, owned: dict[str, str], method: str, path: str
) -> None:
    for said, unknown in ((owned["config"], "0" * 64), ("hers", "none")):
        nothing = alike(ask(people.other, method, f"/configs/{unknown}{path}"), unknown)
        assert nothing[0] == 404
        assert alike(ask(people.other, method, f"/configs/{said}{path}"), said) == nothing


def test_lists_hold_what_is_ones_own_and_the_operator_sees_all(people: People, owned: dict[str, str]) -> None:
    theirs = [owned["waits"], owned["completed"]]
    for client, expected in ((people.owner, theirs), (people.operator, theirs), (people.other, [])):
        assert [run["id"] for run in client.get("/runs").json()["runs"]] == expected
    hers = people.owner.get("/runs").json()["runs"][0]["user"]
    assert people.other.get("/runs", params={"user": hers}).json()["code"] == "forbidden"
    assert [run["id"] for run in people.operator.get("/runs", params={"user": hers}).json()["runs"]] == theirs
    assert people.other.get("/configs").json() == {"configs": [], "cursor": None}
    assert {item["name"] for item in people.owner.get("/configs").json()["configs"]} == {"hers"}
    assert people.operator.get("/configs").json() == {"configs": [], "cursor": None}


def test_owner_and_operator_read_a_run_and_what_it_names(people: People, owned: dict[str, str]) -> None:
    for client, path in itertools.product((people.owner, people.operator), ("", "/events", "/journal", "/plan")):
        assert client.get(f"/runs/{owned['completed']}{path}").status_code == 200
    run = people.owner.get(f"/runs/{owned['completed']}").json()
    named = {run["config_id"], run["output_hash"], run["provenance_hash"], *run["inputs"].values()}
    for wanted in named:
        assert people.owner.head(f"/cache/{wanted}").status_code == 200
        assert people.operator.head(f"/cache/{wanted}").status_code == 200
        assert people.other.head(f"/cache/{wanted}").status_code == 404
    taken = people.other.post("/runs", json={"recipe": "dog", "inputs": [run["output_hash"]]})
    unknown = people.other.post("/runs", json={"recipe": "dog", "inputs": ["0" * 64]})
    assert alike(taken, run["output_hash"]) == alike(unknown, "0" * 64)


def test_an_output_that_is_published_keeps_its_run(tmp_path: Path) -> None:
    with house(tmp_path) as people:
        run = people.owner.post("/runs", json={"recipe": "sepia", "inputs": ["cat"]}).json()["id"]
        output = people.end(run).output_hash or ""
        people.l2.publish(output)
        assert people.other.head(f"/cache/{output}").status_code == 200
        assert people.other.get(f"/runs/{run}").status_code == 404
        for client in (people.owner, people.operator):
            refused = client.delete(f"/runs/{run}")
            assert (refused.status_code, refused.json()["code"]) == (409, "not-allowed")
        used = people.other.post("/runs", json={"recipe": "dog", "inputs": [output]})
        assert (used.status_code, used.json()["inputs"]) == (202, {"input": output})
