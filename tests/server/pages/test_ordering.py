"""Orders by form: what is asked for becomes fields, and what stands in them becomes a run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from artcelery.core.config.params import ParamSpec
from artcelery.core.effect import Param
from artcelery.server.pages.ordering.entered import Entered
from artcelery.server.pages.ordering.fields import ParamField
from tests.media_files import make_film
from tests.server.house import House
from tests.server.running import RunningServer, running_server, server_settings

HTML = {"Accept": "text/html"}
CONFIG = """\
name: sized
params:
  width: {type: int, default: 32, min: 8, max: 4096, description: How wide it becomes.}
  tone: {type: color}
dag:
  nodes:
    - {id: first, type: SOURCE, config: {input: true, name: a picture}}
    - {id: small, type: RESIZE, config: {width: "${width}"}, inputs: first}
    - {id: seen, type: EFFECT, config: {effect: duotone, params: {dark: "${tone}"}}, inputs: small}
  output: seen
"""


def picture(colour: tuple[int, int, int] = (9, 90, 1)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "PNG")
    return made.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client(headers=HTML) as client:
        yield client


@pytest.fixture(scope="module")
def recipe(client: httpx.Client) -> str:
    """The id of a stored config."""
    return str(client.post("/configs/upload", content=CONFIG.encode()).json()["id"])


def send(client: httpx.Client, *fields: tuple[str, str], **files: tuple[str, bytes]) -> httpx.Response:
    """The reply to a form; `input` is the name of an input for which a file is sent."""
    parts: list[tuple[str, Any]] = [(name, (None, text)) for name, text in fields]
    parts += [(f"file.{name}", file) for name, file in files.items()]
    return client.post("/do/order", files=parts)


def run_of(client: httpx.Client, reply: httpx.Response) -> Any:
    """The run that a reply leads to."""
    assert reply.status_code == 303, errors(reply)
    return client.get(reply.headers["location"].replace("/run/", "/runs/"), headers={"Accept": "*/*"}).json()


def errors(reply: httpx.Response) -> list[str]:
    """What a page says is wrong with fields."""
    return [re.sub(r"<[^>]*>", "", found).strip() for found in re.findall(r'class="error"[^>]*>(.*?)</p>', reply.text)]


def test_a_form_becomes_the_run_that_it_asks_for(client: httpx.Client) -> None:
    reply = send(client, ("recipe", "dog"), ("input.input", "cat"), ("param.acuity", "0.5"), ("param.colour", "1"))
    run = run_of(client, reply)
    assert run["config_name"] == "dog"
    plan = client.get(f"/runs/{run['id']}/plan", headers={"Accept": "*/*"})
    assert plan.status_code == 200
    same = {"recipe": "dog", "inputs": ["cat"], "params": {"acuity": 0.5}}
    assert client.post("/runs", json=same).json()["config_id"] == run["config_id"]


def test_a_file_that_is_sent_counts_more_than_what_was_chosen(client: httpx.Client) -> None:
    chosen = [("input.input", "cat"), ("other.input", "no-such-cat")]
    reply = send(client, ("recipe", "sepia"), *chosen, input=("my photo.png", picture()))
    run = run_of(client, reply)
    held = client.get(f"/cache/{run['inputs']['input']}/meta", headers={"Accept": "*/*"}).json()
    assert held["name"] == "my photo.png"


def test_no_file_chosen_is_no_file(client: httpx.Client) -> None:
    assert send(client, ("recipe", "sepia"), ("input.input", "cat"), input=("", b"")).status_code == 303


def test_a_form_sent_twice_is_one_run_and_another_one_is_another(client: httpx.Client) -> None:
    fields = [("key", "of-a-page"), ("recipe", "blur"), ("input.input", "cat"), ("param.radius", "3")]
    first, second = (send(client, *fields).headers["location"] for _ in range(2))
    assert first == second
    assert send(client, *fields[:3], ("param.radius", "4")).headers["location"] != first


def test_what_is_wrong_stands_at_its_field_beside_what_was_entered(client: httpx.Client) -> None:
    reply = send(
        client, ("recipe", "dog"), ("param.acuity", "5"), ("param.colour", "0.25"), input=("my.png", picture((1, 2, 3)))
    )
    assert reply.status_code == 422
    assert errors(reply) == ["Must be a number from 0 to 1; got 5.0."]
    assert re.search(r'id="param-acuity"[^>]* value="5"[^>]* aria-invalid="true"', reply.text)
    assert re.search(r'id="param-colour"[^>]* value="0.25"', reply.text)
    assert 'href="#param-acuity"' in reply.text


def test_a_file_that_came_need_not_be_sent_again(client: httpx.Client) -> None:
    reply = send(client, ("recipe", "dog"), ("param.acuity", "5"), input=("kept.png", picture((4, 5, 6))))
    chosen = re.search(r'name="input.input" value="([0-9a-f]{64})" checked', reply.text)
    assert chosen, errors(reply)
    run = run_of(client, send(client, ("recipe", "dog"), ("input.input", chosen[1])))
    assert run["inputs"] == {"input": chosen[1]}


def test_a_file_that_is_no_media_is_refused_at_its_field_and_leaves_nothing(
    client: httpx.Client, server: RunningServer
) -> None:
    before = server.services.engine.state.belongings("").files.total()
    reply = send(client, ("recipe", "dog"), ("param.acuity", "7"), input=("page.html", b"<!doctype html><p>no"))
    assert reply.status_code == 422
    assert len(errors(reply)) == 2
    assert "page.html" in errors(reply)[0]
    assert server.services.engine.state.belongings("").files.total() == before


def test_what_is_missing_is_asked_for(client: httpx.Client, recipe: str) -> None:
    reply = send(client, ("recipe", recipe))
    assert reply.status_code == 422
    assert errors(reply) == ["Choose a file, or send one.", "A value must be given."]


def test_a_recipe_is_run_with_its_parameters(client: httpx.Client, recipe: str) -> None:
    fields = [("recipe", recipe), ("input.a picture", "cat"), ("param.width", "64"), ("param.tone", "#102030")]
    run = run_of(client, send(client, *fields))
    assert run["params"] == {"width": 64, "tone": "#102030"}


def test_a_name_that_means_nothing_is_said_at_the_input(client: httpx.Client) -> None:
    reply = send(client, ("recipe", "dog"), ("input.input", "cat"), ("other.input", "no-such-cat"))
    assert reply.status_code == 422
    assert "no-such-cat" in errors(reply)[0]
    assert 'value="no-such-cat"' in reply.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("recipe", "no-such-effect")], "no-such-effect"),
        ([("recipe", "dog"), ("format", "mp4")], "mp4 holds a film"),
        ([("recipe", "dog"), ("quality", "very high")], "A whole number is needed"),
        ([("recipe", "dog"), ("format", "doc")], "no format"),
        ([("recipe", "dog"), ("output_name", "a/b.png")], "plain file name"),
        ([("recipe", "trails")], "film"),
    ],
)
def test_what_is_wrong_with_all_of_it_is_said_above_the_form(
    client: httpx.Client, fields: list[tuple[str, str]], said: str
) -> None:
    reply = send(client, *fields, ("input.input", "cat"))
    assert reply.status_code == 422
    notice = re.search(r'id="faults".*?</div>', reply.text, re.DOTALL)
    assert notice
    assert notice[0].count(said) == 1


def test_texts_stay_texts(client: httpx.Client) -> None:
    reply = send(client, ("recipe", "dog"), ("other.input", '"><script>alert(1)</script>'), ("param.acuity", "<b>"))
    assert reply.status_code == 422
    assert "<script>alert" not in reply.text
    assert "<b>" not in reply.text


def test_the_address_fills_the_form_in(client: httpx.Client) -> None:
    page = client.get("/order", params={"recipe": "dog", "param.acuity": "0.125", "input.input": "cat"}).text
    assert 'name="recipe" value="dog" checked' in page
    assert 'name="input.input" value="cat" checked' in page
    assert re.search(r'id="param-acuity"[^>]* value="0.125"', page)


def test_what_was_chosen_for_one_recipe_is_chosen_for_the_next(client: httpx.Client, recipe: str) -> None:
    page = client.get("/order", params={"recipe": recipe, "input.input": "cat"}).text
    assert 'name="input.a picture" value="cat" checked' in page


def test_the_cat_is_chosen_for_who_has_nothing(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as fresh, fresh.client(headers=HTML) as client:
        assert 'name="input.input" value="cat" checked' in client.get("/").text
        client.post("/cache/upload", content=picture()).raise_for_status()
        assert 'name="input.input" value="cat" checked' not in client.get("/").text


@pytest.mark.parametrize(
    "content", [b"", b"--x\r\n", b"no form at all", b'--x\r\nContent-Disposition: form-data; name="a"']
)
def test_a_damaged_form_is_refused(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    reply = client.post("/do/order", content=content, headers=headers)
    assert reply.status_code == 400
    assert "send it again" in reply.text


def test_a_form_of_another_kind_is_refused(client: httpx.Client) -> None:
    assert client.post("/do/order", data={"recipe": "dog"}).status_code == 400


def test_more_text_than_a_form_has_is_refused(client: httpx.Client) -> None:
    reply = send(client, ("recipe", "dog"), ("param.acuity", "1" * (300 << 10)))
    assert reply.status_code == 400
    many = [(f"param.p{number}", "1") for number in range(600)]
    assert send(client, ("recipe", "dog"), *many).status_code == 400


def test_a_file_of_somebody_else_is_as_one_that_does_not_exist(house: House) -> None:
    theirs, none = house.things["quill"].content_hash, "e" * 64
    pages = [
        house.clients["bob"].post(
            "/do/order", files=[("recipe", (None, "dog")), ("input.input", (None, wanted))], headers=HTML
        )
        for wanted in (theirs, none)
    ]
    said = [
        re.findall(r'class="error".*?</p>', page.text)[0].replace(wanted, "X")
        for page, wanted in zip(pages, (theirs, none), strict=True)
    ]
    assert pages[0].status_code == pages[1].status_code == 422
    assert said[0] == said[1]


def test_a_recipe_of_somebody_else_is_as_one_that_does_not_exist(house: House) -> None:
    theirs = house.things["quill"].config_id
    reply = house.clients["bob"].post("/do/order", files=[("recipe", (None, theirs))], headers=HTML)
    assert reply.status_code == 422
    assert "quills-config" not in reply.text


def test_another_site_starts_nothing(client: httpx.Client) -> None:
    parts = [("recipe", (None, "dog")), ("input.input", (None, "cat"))]
    reply = client.post("/do/order", files=parts, headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 403


@pytest.mark.parametrize(
    ("param", "control", "value", "slide"),
    [
        (Param("a", "float", 0.5, 0, 1), "number", "0.5", "0.01"),
        (Param("a", "int", 3, 1, 12), "number", "3", "1"),
        (Param("a", "int", 3, 0, 5000), "number", "3", "50"),
        (Param("a", "float", 1.0), "number", "1", ""),
        (Param("a", "float", 2.0, 0, 7), "number", "2", "0.1"),
        (Param("a", "bool", True), "checkbox", "true", ""),
        (Param("a", "choice", "b", choices=("a", "b")), "choice", "b", ""),
        (Param("a", "color", "#102030"), "color", "#102030", ""),
        (Param("a", "time", 2.5, 0, 9), "text", "2.5", ""),
        (Param("a", "str", ""), "text", "", ""),
        (Param("a", "str", "two\nlines"), "lines", "two\nlines", ""),
        (ParamSpec("a", "level", -30.0), "text", "-30", ""),
    ],
)
def test_each_type_has_its_control(param: Param | ParamSpec, control: str, value: str, slide: str) -> None:
    field = ParamField.of(param, Entered())
    assert (field.control, field.value, field.slide) == (control, value, slide)


def test_an_unchecked_box_is_a_no() -> None:
    assert Entered.of([("param.a", "false")]).text("param.a") == "false"
    assert Entered.of([("param.a", "false"), ("param.a", "true")]).text("param.a") == "true"


def test_only_films_are_offered_to_effects_that_work_over_time(client: httpx.Client, tmp_path: Path) -> None:
    film = client.post("/cache/upload", content=make_film(tmp_path / "film.mp4", seconds=0.4).read_bytes()).json()
    page = client.get("/order", params={"recipe": "trails"}).text
    assert re.findall(r'name="input.input" value="([^"]+)"', page) == [film["content_hash"]]


def test_a_text_of_several_lines_stays_as_it_is(client: httpx.Client) -> None:
    text = CONFIG.replace(
        "  tone: {type: color}", '  tone: {type: color, default: "#112233"}\n  words: {type: str, default: "a\\nb"}'
    )
    recipe = client.post("/configs/upload", content=text.encode()).json()
    assert "id" in recipe, recipe
    fields = [("recipe", recipe["id"]), ("input.a picture", "cat"), ("param.words", "one\r\ntwo")]
    assert run_of(client, send(client, *fields))["params"]["words"] == "one\ntwo"
    same = send(client, *fields[:2], ("param.words", "a\r\nb"))
    assert "words" not in run_of(client, same)["params"]
