"""Recipes and forms of which there is very much: nothing is cut in silence, and no page grows without end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import httpx
import pytest

from artcelery.server.pages.graphs import Drawn, DrawnNode, draw
from artcelery.server.pages.ordering.entered import MOST_PARTS, Entered
from tests.server.running import running_server, server_settings

HTML = {"Accept": "text/html"}
INPUT = "    - {{id: in-{number}, type: SOURCE, config: {{input: true}}}}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server, server.client() as client:
        yield client


def asking_for(client: httpx.Client, count: int) -> str:
    """The page of a recipe with that many inputs."""
    nodes = "\n".join(INPUT.format(number=number) for number in range(count))
    names = ", ".join(f"in-{number}" for number in range(count))
    text = (
        f"name: of-{count}\ndag:\n  nodes:\n{nodes}\n    - {{id: all, type: LAYER, inputs: [{names}]}}\n  output: all\n"
    )
    config = client.post("/configs/upload", content=text.encode()).json()["id"]
    return client.get(f"/recipe/{config}", headers=HTML).text


def test_a_recipe_that_asks_for_more_than_a_form_holds_says_how_it_is_ordered(client: httpx.Client) -> None:
    assert "data-send" in asking_for(client, 3)
    page = asking_for(client, MOST_PARTS)
    assert "data-send" not in page
    assert "It asks for more than a form can hold. Order it with <code>artcelery run" in page
    assert len(page) < 500_000


def test_a_long_text_is_taken_as_it_was_entered() -> None:
    text = "a line\n" * 20_000
    assert Entered.of([("param.words", text)]).given("param.words") == text


def test_what_has_very_many_lines_is_not_drawn() -> None:
    nodes = tuple(DrawnNode(f"{number}", f"{number}", f"TYPE {number}", "waiting") for number in range(200))
    edges = tuple((one.id, other.id) for one, other in combinations(nodes, 2))
    drawing = draw(Drawn(nodes, edges))
    assert (drawing.boxes, drawing.curves, drawing.nodes, len(drawing.rows)) == ((), (), 200, 200)


def test_a_file_that_is_too_large_is_said_at_its_field_and_the_rest_of_the_form_is_kept(tmp_path: Path) -> None:
    settings = server_settings(tmp_path, upload_max_size="10kB")
    parts = {
        "recipe": (None, "duotone"),
        "file.input": ("large.png", bytes(3_000_000)),
        "param.dark": (None, "#123456"),
        "output_name": (None, "a name that was long thought about"),
    }
    with running_server(settings) as server, server.client() as client:
        reply = client.post("/do/order", files=parts, headers=HTML)
    assert reply.status_code == 422
    assert 'id="input-0-error"' in reply.text
    for kept in ("#123456", "a name that was long thought about"):
        assert kept in reply.text
