"""The pages of effects, and the pictures on them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from PIL import Image

from artcelery.core.engine.people import Who
from artcelery.core.errors import QuotaError
from artcelery.server.pages.effects import paragraphs
from artcelery.server.pages.turns import Turns
from tests.core.test_looks import BROKEN
from tests.server.house import House
from tests.server.running import RunningServer, running_server, server_settings

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "breaks.py").write_text(BROKEN)
    with running_server(server_settings(folder, effects_path=[folder])) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def look_of(client: httpx.Client, effect: str, **params: str) -> httpx.Response:
    """The look of an effect, when it is made: a server that has much to do says to ask again."""
    while (reply := client.get(f"/effect/{effect}/look", params=params)).status_code == 202:
        assert reply.headers["retry-after"]
    return reply


def test_a_look_comes_as_a_picture_that_is_kept_for_a_while(client: httpx.Client) -> None:
    reply = look_of(client, "dog")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "image/webp"
    assert reply.headers["cache-control"].startswith("private, max-age=")
    assert Image.open(io.BytesIO(reply.content)).size == (320, 213)
    assert client.get("/effect/dog/look", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304


def test_many_who_want_the_same_look_get_the_same(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: look_of(client, "grain"), range(8)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.headers["etag"] for reply in replies}) == 1


def test_parameters_of_a_look_are_checked(client: httpx.Client) -> None:
    reply = client.get("/effect/dog/look", params={"param.acuity": "9"})
    assert reply.status_code == 400
    assert "from 0 to 1" in reply.json()["detail"]
    assert client.get("/effect/no-such-effect/look").status_code == 404


def test_an_effect_that_breaks_has_a_drawing(client: httpx.Client) -> None:
    reply = look_of(client, "breaks")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "image/svg+xml"
    assert client.get("/effects", headers=HTML).status_code == 200


def test_an_effect_that_hangs_ends_with_the_server(tmp_path: Path) -> None:
    (tmp_path / "breaks.py").write_text(BROKEN.replace('raise ValueError("it breaks")', "import time; time.sleep(1e6)"))
    with running_server(server_settings(tmp_path, effects_path=[tmp_path])) as server, server.client() as client:
        assert client.get("/effect/breaks/look").status_code == 202
        looks = server.services.looks
        assert looks.is_running
        assert client.get("/effects", headers=HTML).status_code == 200
    assert not looks.is_running


def test_who_wants_too_many_looks_has_to_wait() -> None:
    turns = Turns(burst=3, per_s=0.0)
    for _ in range(3):
        turns.take(Who("@quill@here"))
    with pytest.raises(QuotaError, match="wait"):
        turns.take(Who("@quill@here"))
    turns.take(Who("@bob@here"))


def test_looks_that_are_made_already_cost_no_turn(house: House) -> None:
    house.server.app.state.turns = Turns(burst=1, per_s=0.0)

    def status(who: str, **params: str) -> int:
        return look_of(house.clients[who], "pixelate", **params).status_code

    seven, eight = {"param.size": "7"}, {"param.size": "8"}
    assert [status("bob", **seven), status("bob", **seven), status("bob", **eight)] == [200, 200, 429]
    assert [status("bob"), status("quill", **eight), status("bob", **eight)] == [200, 200, 200]
    assert [status("operator", **{"param.size": size}) for size in ("3", "4", "5")] == [200, 200, 200]


def test_looks_are_of_no_run_and_nobodys_files(house: House) -> None:
    client = house.clients["bob"]

    def own() -> list[str]:
        return [client.get(path).text for path in ("/runs", "/cache", "/assets", "/configs")]

    before = own()
    assert look_of(client, "invert").status_code == 200
    assert own() == before


def test_all_effects_are_shown_to_people_and_told_to_programs(client: httpx.Client) -> None:
    told = client.get("/effects").json()["effects"]
    page = client.get("/effects", headers=HTML).text
    assert re.findall(r'class="covers" href="/effect/([^"]+)"', page) == [effect["name"] for effect in told]


def test_one_effect_is_a_page_and_json(client: httpx.Client) -> None:
    assert client.get("/effect/dog").json() == client.get("/effects/dog").json()
    page = client.get("/effect/dog", params={"param.acuity": "0.25"}, headers=HTML).text
    assert "/effect/dog/look?param.acuity=0.25" in page
    assert "Visual Neuroscience" in page


def test_what_is_wrong_in_an_address_stands_at_its_field_and_is_not_looked_at(client: httpx.Client) -> None:
    page = client.get("/effect/dog", params={"param.acuity": "x", "param.colour": "0.5"}, headers=HTML).text
    assert "/effect/dog/look?param.colour=0.5" in page
    assert re.search(r'id="param-acuity-error"', page)


def test_a_description_has_its_paragraphs() -> None:
    assert paragraphs("one\n  two.\nThree,\nfour\n\nfive\n") == ["one two.", "Three, four", "five"]
    assert paragraphs("") == []
