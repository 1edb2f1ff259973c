"""What may be ordered, what it is called, what is refused, and that nothing happens twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from artcelery.core.engine.people import OPERATOR
from tests.server.running import RunningServer
from tests.server.runs.asking import orders, upload

TWO = """\
name: two
params:
  width: {type: int, default: 64, min: 16, max: 4096}
dag:
  nodes:
    - {id: below, type: SOURCE, config: {input: true, name: ground}}
    - {id: above, type: SOURCE, config: {input: true}}
    - {id: small, type: RESIZE, config: {width: "${width}"}, inputs: above}
    - {id: both, type: BLEND, config: {opacity: 0.5}, inputs: [below, small]}
  output: both
"""
BY_PATH = """\
name: by-path
registry: {{assets: {{secret: {{path: {path}}}}}}}
dag:
  nodes:
    - {{id: a, type: SOURCE, config: {{asset: secret}}}}
  output: a
"""
PINNED = """\
name: pinned
registry: {effects: {dog: {hash: %s}}}
dag:
  nodes:
    - {id: a, type: SOURCE, config: {asset: cat}}
    - {id: b, type: EFFECT, config: {effect: dog}, inputs: a}
  output: b
"""


@pytest.fixture(scope="module", autouse=True)
def _two(server: RunningServer) -> None:
    with server.client() as client:
        upload(client, TWO)


@pytest.mark.parametrize(
    ("order", "called", "format"),
    [
        ({}, "cat-dog.png", "png"),
        ({"output_name": "my-output"}, "my-output.png", "png"),
        ({"output_name": "my.output"}, "my.output.png", "png"),
        ({"output_name": "my-output.webp"}, "my-output.webp", "webp"),
        ({"output_name": "my-output.webp", "quality": 50}, "my-output.webp", "webp"),
        ({"output_name": "my-output.png", "format": "jpeg"}, "my-output.png.jpg", "jpeg"),
        ({"format": "avif"}, "cat-dog.avif", "avif"),
    ],
)
def test_an_output_is_called_and_written_as_was_said(
    client: httpx.Client, order: dict[str, Any], called: str, format: str
) -> None:
    run = orders(client, recipe="dog", inputs=["cat"], **order)
    assert (run["output_name"], run["encoding"]["format"], run["status"]) == (called, format, "pending")
    assert run["asked"]["quality"] == order.get("quality")
    assert client.delete(f"/runs/{run['id']}").status_code == 409
    assert client.post(f"/runs/{run['id']}/cancel").json()["status"] == "cancelled"
    assert client.delete(f"/runs/{run['id']}").status_code == 200


@pytest.mark.parametrize(
    "inputs", [["cat", "cat"], {"ground": "cat", "above": "cat"}, {"below": "cat", "above": "cat"}]
)
def test_inputs_come_in_order_or_by_name(client: httpx.Client, inputs: Any) -> None:
    run = orders(client, recipe="two", inputs=inputs, params={"width": "96"})
    assert set(run["inputs"]) == {"below", "above"}
    assert len(set(run["inputs"].values())) == 1
    assert next(node for node in run["nodes"] if node["id"] == "small")["config"]["width"] == 96


@pytest.mark.parametrize(
    ("order", "status", "code", "said"),
    [
        ({"recipe": "dogg"}, 404, "not-found", "there is no effect or config 'dogg'; did you mean 'dog'?"),
        ({"recipe": "0" * 64}, 404, "not-found", f"there is no effect or config '{'0' * 64}'"),
        ({"recipe": "dog", "inputs": ["c"]}, 400, "usage", "there is no asset or hash 'c'; upload the file first"),
        ({"recipe": "dog", "inputs": ["0" * 64]}, 400, "usage", f"there is no file {'0' * 64}; upload it first"),
        ({"recipe": "dog", "inputs": ["/etc/hosts"]}, 400, "usage", "there is no asset or hash '/etc/hosts'"),
        ({"recipe": "dog", "inputs": []}, 400, "usage", "the input 'input' is missing"),
        ({"recipe": "dog", "inputs": ["cat", "cat"]}, 400, "usage", "2 inputs were given"),
        ({"recipe": "dog", "inputs": ["cat"], "params": {"acuity": 7}}, 400, "usage", "must be a number from 0 to 1"),
        ({"recipe": "dog", "inputs": ["cat"], "params": {"acuty": 1}}, 400, "usage", "did you mean 'acuity'?"),
        ({"recipe": "dog", "inputs": ["cat"], "format": "mp5"}, 400, "usage", "a result can be written as"),
        ({"recipe": "dog", "inputs": ["cat"], "output_name": "../x"}, 400, "usage", "give a plain file name"),
        ({"recipe": "dog", "inputs": ["cat"], "output_name": "a\nb"}, 400, "usage", "give a plain file name"),
        ({"recipe": "two", "inputs": {"abov": "cat"}}, 400, "usage", "did you mean 'above'?"),
        ({"recipe": "two", "inputs": ["cat", "cat"], "params": {"width": 9}}, 400, "usage", "from 16 to 4096"),
        ({"inputs": ["cat"]}, 422, "request-invalid", "exactly one of `recipe` and `config`"),
        ({"recipe": "dog", "config": "name: x"}, 422, "request-invalid", "exactly one of `recipe` and `config`"),
        ({"recipe": "dog", "speed": 1}, 422, "request-invalid", "body.speed"),
        ({"config": "name: x\ndag: {nodes: [], output: a}"}, 422, "config-invalid", "config:2:"),
    ],
)
def test_what_is_wrong_with_an_order_is_said(
    client: httpx.Client, order: dict[str, Any], status: int, code: str, said: str
) -> None:
    before = client.get("/runs", params={"limit": 1}).json()["runs"][:1]
    for path in ("/runs", "/runs/plan"):
        refused = client.post(path, json=order)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        assert said in refused.json()["detail"]
    assert client.get("/runs", params={"limit": 1}).json()["runs"][:1] == before


def test_a_config_that_names_a_path_means_nothing_on_this_machine(client: httpx.Client, server: RunningServer) -> None:
    there = server.settings.home_dir / "state.db"
    refused = [
        client.post("/runs", json={"config": BY_PATH.format(path=path)}).json() for path in (there, "/nowhere/at/all")
    ]
    assert [item["code"] for item in refused] == ["config-invalid"] * 2
    messages = [item["problems"][0]["message"] for item in refused]
    assert messages[0].replace(str(there), "X") == messages[1].replace("/nowhere/at/all", "X")


def test_an_effect_comes_from_nowhere_but_the_operator(client: httpx.Client, server: RunningServer) -> None:
    source = b'"""Mine.\n\n@effect dog\n"""\n\ndef process_frame(frame, params, state):\n    return frame\n'
    stored = server.services.member(OPERATOR).context.store.put_bytes(source).content_hash
    messages = []
    for wanted in (stored, "0" * 64):
        refused = client.post("/runs", json={"config": PINNED % wanted}).json()
        assert refused["code"] == "config-invalid"
        messages.append(refused["problems"][0]["message"].replace(wanted, "X"))
    assert messages[0] == messages[1]
    assert messages[0].startswith("the effect dog is pinned to X, which is not installed here; ")


def test_twenty_requests_with_one_key_are_one_run(client: httpx.Client, server: RunningServer) -> None:
    order = {"recipe": "sepia", "inputs": ["cat"], "output_name": "once"}

    def ask(_: int) -> httpx.Response:
        with server.client() as own:
            return own.post("/runs", json=order, headers={"Idempotency-Key": "one key"})

    with ThreadPoolExecutor(20) as threads:
        replies = list(threads.map(ask, range(20)))
    last = ask(0)
    assert {(reply.status_code, reply.json()["id"]) for reply in replies} == {(202, last.json()["id"])}
    assert last.headers["Location"] == f"/runs/{last.json()['id']}"
    named = client.get("/runs", params={"recipe": "sepia"}).json()["runs"]
    assert [run["id"] for run in named] == [last.json()["id"]]
    other = client.post("/runs", json={**order, "output_name": "other"}, headers={"Idempotency-Key": "one key"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_a_key_whose_request_failed_is_free_again(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "tried"}
    assert client.post("/runs", json={"recipe": "dog", "inputs": ["nobody"]}, headers=key).status_code == 400
    assert client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]}, headers=key).status_code == 202


@pytest.mark.parametrize("key", ["", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    refused = client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")


def test_lists_are_read_page_by_page_and_by_what_is_asked_for(client: httpx.Client) -> None:
    ids = [orders(client, recipe="blur", inputs=["cat"], params={"radius": n + 1})["id"] for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2", "recipe": "blur", **({"cursor": cursor} if cursor else {})}
        page = client.get("/runs", params=params).json()
        seen += [run["id"] for run in page["runs"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    client.post(f"/runs/{ids[2]}/cancel")
    cancelled = client.get("/runs", params={"recipe": "blur", "status": "cancelled"}).json()["runs"]
    assert [run["id"] for run in cancelled] == [ids[2]]
    third = client.get(f"/runs/{ids[2]}").json()["created_at"]
    since = client.get("/runs", params={"recipe": "blur", "since": third}).json()["runs"]
    assert [run["id"] for run in since] == ids[:1:-1]
    zoned = third.replace("Z", "+00:00")
    assert client.get("/runs", params={"recipe": "blur", "since": zoned}).json()["runs"] == since
    assert client.get("/runs", params={"user": "@tester@here", "limit": 1}).json()["runs"][0]["id"] == ids[-1]
    assert client.get("/runs", params={"user": "@nobody@here"}).json() == {"runs": [], "cursor": None}


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"limit": "0"}, 422),
        ({"limit": "1001"}, 422),
        ({"status": "over"}, 422),
        ({"since": "soon"}, 422),
        ({"since": "0001-01-01T00:00:00+14:00"}, 400),
        ({"cursor": "x"}, 400),
    ],
)
def test_what_is_no_list_is_refused(client: httpx.Client, params: dict[str, str], status: int) -> None:
    assert client.get("/runs", params=params).status_code == status


def test_a_run_is_found_by_how_its_id_begins(client: httpx.Client) -> None:
    run = orders(client, recipe="hue", inputs=["cat"])["id"]
    for said in (run, run[:-2], "last"):
        assert client.get(f"/runs/{said}").json()["id"] == run
    for path in ("", "/events", "/journal", "/plan", "/provenance"):
        missing = client.get(f"/runs/nothing{path}")
        assert (missing.status_code, missing.json()["detail"]) == (
            404,
            "there is no run 'nothing'; `artcelery runs list` shows them",
        )


@pytest.mark.parametrize("depth", [25, 400, 900, 100_000])
def test_values_that_lie_too_deep_are_refused(client: httpx.Client, depth: int) -> None:
    body = '{"recipe": "dog", "inputs": ["cat"], "params": {"acuity": ' + "[" * depth + "]" * depth + "}}"
    refused = client.post("/runs", content=body.encode(), headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 422), refused.text


@pytest.mark.parametrize(
    "params",
    [
        '{"acuity": NaN}',
        '{"acuity": 1e999}',
        '{"acuity": ' + "9" * 4000 + "}",
        '{"a\\ud800": 1}',
        '{"acuity": "\\ud800"}',
    ],
)
def test_values_that_nobody_can_mean_are_refused(client: httpx.Client, params: str) -> None:
    body = f'{{"recipe": "dog", "inputs": ["cat"], "params": {params}}}'
    refused = client.post("/runs", content=body.encode(), headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 422), refused.text
    odd = '{"recipe": "dog", "inputs": {"\\ud800": "cat"}}'
    assert client.post("/runs", content=odd, headers={"Content-Type": "application/json"}).status_code in (400, 422)
