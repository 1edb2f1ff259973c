"""One address for people and programs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import pytest

from artcelery.server.pages.registering import PAIRS
from artcelery.server.pages.routing import Pair, find_pair
from tests.server.running import RunningServer, running_server, server_settings

HTML = {"Accept": "text/html,*/*;q=0.8"}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/workers"])
def test_an_address_is_a_page_to_a_browser_and_json_to_a_program(client: httpx.Client, path: str) -> None:
    page, data, anything = (client.get(path, headers=headers) for headers in (HTML, JSON, {}))
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!doctype html>")
    assert data.headers["Content-Type"] == anything.headers["Content-Type"] == "application/json"
    assert {reply.headers["Vary"] for reply in (page, data, anything)} == {"Accept, HX-Request"}


def test_a_suffix_asks_for_json_whatever_a_browser_wants(client: httpx.Client) -> None:
    reply = client.get("/workers.json", headers=HTML)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json() == client.get("/workers").json()


@pytest.mark.parametrize("path", ["/", "/workers", "/runs?status=failed"])
def test_a_page_leads_to_what_programs_get_in_its_place(client: httpx.Client, path: str) -> None:
    link = re.search(r'<a href="([^"]+)">This page as JSON</a>', client.get(path, headers=HTML).text)
    assert link
    reply = client.get(html.unescape(link[1]), headers=HTML)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json().keys() == client.get(path).json().keys()
    assert "This page as JSON" not in client.get("/nothing", headers=HTML).text


def test_what_has_no_page_has_no_suffix_either(client: httpx.Client) -> None:
    assert client.get("/healthz.json").status_code == 404
    assert client.get("/openapi.json", headers=HTML).headers["Content-Type"] == "application/json"


def test_only_what_is_read_has_pages(client: httpx.Client) -> None:
    assert client.head("/workers", headers=HTML).headers["Content-Type"] == "text/html; charset=utf-8"
    assert client.post("/workers", headers=HTML).status_code == 405


def test_a_script_of_a_page_gets_the_page(client: httpx.Client) -> None:
    reply = client.get("/workers", headers={"Accept": "*/*", "HX-Request": "true"})
    assert reply.text.startswith("<!doctype html>")


def test_pages_are_kept_nowhere_and_have_a_strict_policy(client: httpx.Client) -> None:
    headers = client.get("/", headers=HTML).headers
    assert headers["Cache-Control"] == "no-store"
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("frame-ancestors") == "'none'"
    assert set(rules.values()) == {"'self'"}


def test_pages_are_not_in_the_description_of_the_api(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert not {path for path in paths if path.startswith(("/static", "/do/", "/run/", "/media"))}
    assert "text/html" not in paths["/workers"]["get"]["responses"]["200"]["content"]


def test_requests_are_counted_by_the_route_that_they_came_to(client: httpx.Client) -> None:
    client.get("/workers.json", headers=HTML)
    counted = client.get("/metrics").text
    assert 'route="/workers",status="200"' in counted
    assert ".json" not in counted


SOME = [Pair("/runs", "/runs"), Pair("/run/{run_id}", "/runs/{run_id}"), Pair("/media/{hash}", "/cache/{hash}/meta")]


@pytest.mark.parametrize(
    ("path", "page", "json"),
    [
        ("/runs", "/runs", "/runs"),
        ("/run/abc", None, "/runs/abc"),
        ("/runs/abc", "/run/abc", None),
        ("/media/{x}", None, "/cache/{x}/meta"),
        ("/cache/1/meta", "/media/1", None),
    ],
)
def test_a_page_and_its_json_are_found_from_either_side(path: str, page: str | None, json: str | None) -> None:
    pair = find_pair(SOME, path)
    assert pair is not None
    assert (pair.page_of(path), pair.json_of(path)) == (page, json)


@pytest.mark.parametrize("path", ["/", "/runs/", "/runs/a/plan", "/run/", "/cache/1", "/runsx"])
def test_other_addresses_have_one_face(path: str) -> None:
    assert find_pair(SOME, path) is None


def test_every_page_that_is_also_json_is_so_in_the_api(client: httpx.Client) -> None:
    paths = {path: said.keys() for path, said in client.get("/openapi.json").json()["paths"].items()}
    assert Pair("/workers", "/workers") in PAIRS
    for pair in PAIRS:
        assert "get" in paths.get(pair.json, ()), pair
