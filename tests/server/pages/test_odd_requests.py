"""Requests for pages as no browser makes them: each is answered, and none of them is the server's fault."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.server.running import running_server, server_settings

HTML = {"Accept": "text/html"}
ODD = ["\0", "\ud7ff\u202e\ufffe", "%", "'\"><script>", "../../etc", "-1", "9" * 400, "{x}", "%s%n", "a\r\nb: c", "\\"]
HASH = "e" * 64
QUERIES = {
    "/": ["recipe", "input.input", "param.acuity", "format", "quality"],
    "/order": ["recipe", "input.input", "other.input", "param.acuity", "quality", "output_name"],
    "/runs": ["status", "recipe", "user", "since", "cursor", "limit"],
    "/runs/live": ["status", "since"],
    "/run/last": ["node", "open"],
    "/media": ["kind", "origin", "name", "user", "since", "before", "min_size", "max_size", "cursor"],
    "/media/compare": ["a", "b", "pick"],
    "/recipes": ["name", "called", "cursor", "limit"],
    "/recipes/new": ["from", "example"],
    "/effect/dog": ["param.acuity", "param.nothing"],
    "/effect/dog/look": ["param.acuity"],
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server, server.client() as client:
        assert client.post("/runs", json={"recipe": "identity", "inputs": ["cat"]}).status_code == 202
        yield client


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in QUERIES.items() for name in names])
def test_what_stands_in_a_query_is_taken_or_refused(client: httpx.Client, path: str, name: str) -> None:
    for value in ODD:
        with client.stream("GET", path, params={name: value}, headers=HTML) as reply:
            assert reply.status_code < 500, value


@pytest.mark.parametrize(
    "path", ["/run/{}", "/media/{}", "/media/{}/waveform", "/recipe/{}", "/effect/{}", "/static/{}/x"]
)
def test_what_is_not_there_is_said_not_to_be(client: httpx.Client, path: str) -> None:
    for value in ODD[:4]:
        reply = client.get(path.format(quote(value, safe="")), headers=HTML)
        assert reply.status_code == 404, value
        assert "<script>" not in reply.text


@pytest.mark.parametrize("referer", ["http://[", "//", "x" * 4000, "/media?%00&;", "http://127.0.0.1:99999/media"])
def test_wherever_a_page_was_come_to_from_there_is_a_way_back(client: httpx.Client, referer: str) -> None:
    page = client.get(f"/media/compare?a={HASH}&b={HASH}", headers={**HTML, "Referer": referer})
    assert page.status_code == 404
    cat = client.get("/runs/last").json()["output_hash"]
    page = client.get(f"/media/{cat}", headers={**HTML, "Referer": referer})
    assert (page.status_code, 'href="/media" data-keys="up"' in page.text) == (200, True)
