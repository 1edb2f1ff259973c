"""The page of a run as a server gives it: whole, live, as JSON, and with the reason why something cannot be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from tests.server.house import House

HTML = {"Accept": "text/html"}
NAMES = {"output_name": '<b>it\'s & "so".png'}


@pytest.fixture(scope="module")
def client(house: House) -> httpx.Client:
    return house.clients["quill"]


@pytest.fixture(scope="module")
def run_id(client: httpx.Client, house: House) -> str:
    """A run that is over: it passed a picture on as it is."""
    order = {"recipe": "identity", "inputs": [house.things["quill"].content_hash], **NAMES}
    return str(client.post("/runs", json=order).json()["id"])


@pytest.fixture
def waiting(client: httpx.Client, house: House, request: pytest.FixtureRequest) -> Iterator[str]:
    """A run that waits: there is no worker."""
    params = {"amount": len(request.node.name) / 100}
    order = {"recipe": "sepia", "inputs": [house.things["quill"].content_hash], "params": params}
    run_id = str(client.post("/runs", json=order).json()["id"])
    yield run_id
    client.post(f"/runs/{run_id}/cancel")


def heard(client: httpx.Client, path: str, **headers: Any) -> Iterator[ServerSentEvent]:
    with connect_sse(client, "GET", path, headers=headers) as source:
        yield from source.iter_sse()


def live_of(page: httpx.Response) -> str:
    found = re.search(r'data-live="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def test_a_run_is_a_page_or_json_at_one_address(client: httpx.Client, run_id: str) -> None:
    assert client.get(f"/run/{run_id}", headers=HTML).headers["content-type"].startswith("text/html")
    assert client.get(f"/run/{run_id}").json() == client.get(f"/runs/{run_id}").json()
    assert client.get("/run/last", headers=HTML).status_code == 200


def test_names_are_shown_as_they_are(client: httpx.Client, run_id: str) -> None:
    page = client.get(f"/run/{run_id}?node=%3Cscript%3E&open=%22%3E", headers=HTML).text
    assert NAMES["output_name"] in unescape(page)
    assert "<b>" not in page
    assert "<script>" not in page


def test_a_page_that_missed_something_hears_all_of_it_and_the_end(client: httpx.Client, waiting: str) -> None:
    page = client.get(f"/run/{waiting}", headers=HTML)
    assert "no worker is alive" in page.text
    events = heard(client, live_of(page))
    client.post(f"/runs/{waiting}/cancel")
    told = list(events)
    assert [event.event for event in told] == ["pieces", "end"]
    assert 'id="head"' in told[0].data
    assert 'id="node-1"' in told[0].data
    assert "no worker is alive" not in told[0].data


def test_who_comes_back_and_has_all_of_it_hears_just_the_end(client: httpx.Client, run_id: str) -> None:
    path = f"/run/{run_id}/live"
    told = list(heard(client, path))
    assert [event.event for event in told] == ["pieces", "end"]
    again = list(heard(client, path, **{"Last-Event-ID": told[0].id}))
    assert [event.event for event in again] == ["end"]


def test_a_run_whose_result_is_published_is_not_deleted_and_the_page_says_why(
    client: httpx.Client, house: House
) -> None:
    run_id = client.post("/runs", json={"recipe": "identity", "inputs": [house.published]}).json()["id"]
    reply = client.post(f"/do/runs/{run_id}/delete", headers=HTML)
    assert reply.status_code == 409
    assert "is published; what is published stays" in reply.text
    assert client.get(f"/runs/{run_id}").status_code == 200


def test_what_cannot_be_done_is_said_on_the_page_of_the_run(client: httpx.Client, run_id: str, waiting: str) -> None:
    over = client.post(f"/do/runs/{run_id}/cancel", headers=HTML)
    assert (over.status_code, "is completed already" in over.text) == (409, True)
    not_failed = client.post(f"/do/runs/{run_id}/retry", headers=HTML)
    assert not_failed.status_code == 409
    assert '<div class="notice is-wrong" role="alert">' in not_failed.text
    not_over = client.post(f"/do/runs/{waiting}/delete", headers=HTML)
    assert (not_over.status_code, "stop it first" in not_over.text) == (409, True)


def test_what_is_done_leads_on(client: httpx.Client, waiting: str) -> None:
    steps = [(name, client.post(f"/do/runs/{waiting}/{name}", headers=HTML)) for name in ("cancel", "retry", "cancel")]
    assert all((reply.status_code, reply.headers["location"]) == (303, f"/run/{waiting}") for _, reply in steps)
    gone = client.post(f"/do/runs/{waiting}/delete", headers=HTML)
    assert (gone.status_code, gone.headers["location"]) == (303, "/runs")
    assert client.get(f"/run/{waiting}", headers=HTML).status_code == 404


def test_a_request_to_be_copied_names_the_token_where_one_is_needed(client: httpx.Client, run_id: str) -> None:
    page = unescape(client.get(f"/run/{run_id}", headers=HTML).text)
    assert '-H "Authorization: Bearer $ARTCELERY_TOKEN"' in page
    assert str(client.base_url.copy_with(path="/runs")) in page
