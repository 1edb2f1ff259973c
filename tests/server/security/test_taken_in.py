"""Pages of other sites that load something of ours: nothing is made for them, and no status tells what there is."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.server.running import running_server, server_settings

# What a browser says of an <img>, an <iframe> and an <object>, of a fetch, and of a link that is followed.
PICTURE = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
OBJECT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}
FETCH = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
PATHS = ["/", "/runs", "/run/last", "/effect/dog/look?param.acuity=0.123", "/runs/live", "/media/compare"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server, server.client() as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", [PICTURE, FRAME, OBJECT, FETCH])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_takes_nothing_in(
    client: httpx.Client, path: str, how: dict[str, str], site: str
) -> None:
    reply = client.get(path, headers={"Sec-Fetch-Site": site, **how})
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(("site", "how"), [("cross-site", LINK), ("none", LINK), ("same-origin", FETCH)])
def test_links_of_other_sites_and_our_own_pages_come_in(client: httpx.Client, site: str, how: dict[str, str]) -> None:
    assert client.get("/runs", headers={"Sec-Fetch-Site": site, **how}).status_code == 200


def test_a_file_that_is_stored_is_for_its_own_reply_to_keep_from_other_sites(client: httpx.Client) -> None:
    config = b"{name: a, dag: {nodes: [{id: a, type: SOURCE, config: {asset: cat}}], output: a}}"
    kept = client.post("/configs/upload", content=config).json()["id"]
    reply = client.get(f"/cache/{kept}", headers={"Sec-Fetch-Site": "cross-site", **PICTURE})
    assert reply.status_code == 200
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"
