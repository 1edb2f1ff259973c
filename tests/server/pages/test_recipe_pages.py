"""The pages of recipes, as a browser without scripts has them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.server.running import RunningServer, running_server, server_settings

PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
WRONG = EXAMPLE.replace("RESIZE", "RESISE").replace("min:", "mim:")

MAPPED = """\
name: mapped
dag:
  nodes:
    - {id: picture, type: SOURCE, config: {input: true}}
    - id: both
      type: MAP
      config:
        over: {width: [320, 640]}
        nodes:
          - {id: one, type: RESIZE, config: {width: "${width}"}, inputs: picture}
        output: one
    - {id: film, type: SEQUENCE, inputs: both}
  output: film
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client(headers=PAGE) as client:
        yield client


def sent(client: httpx.Client, text: str | bytes, name: str = "", as_file: bool = False) -> httpx.Response:
    """The reply to the form of a new recipe."""
    if as_file:
        return client.post("/do/recipes", files={"file": (name, text), "text": (None, "passed over")})
    return client.post("/do/recipes", files={"file": ("", b""), "text": (None, text), "name": (None, name)})


def kept(client: httpx.Client, text: str) -> str:
    """The id of a recipe that was kept."""
    reply = sent(client, text)
    assert reply.status_code == 303, reply.text
    return reply.headers["location"].removeprefix("/recipe/")


def field(page: str) -> str:
    """What stands in the field for the text."""
    found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_a_recipe_that_is_pasted_is_kept_as_it_would_be_in_a_file(client: httpx.Client) -> None:
    config_id = kept(client, EXAMPLE.replace("\n", "\r\n"))
    assert client.get(f"/configs/{config_id}", headers={"Accept": "application/json"}).json()["text"] == EXAMPLE
    assert client.post("/configs/upload", content=EXAMPLE.encode()).json()["id"] == config_id


def test_a_file_is_kept_byte_for_byte_and_wins_over_the_text(client: httpx.Client) -> None:
    data = EXAMPLE.replace("small-dog", "of-a-file").replace("\n", "\r\n").encode()
    reply = sent(client, data, r"C:\recipes\mine.yaml", as_file=True)
    assert reply.status_code == 303
    config_id = reply.headers["location"].removeprefix("/recipe/")
    assert client.get(f"/cache/{config_id}").content == data
    assert client.get(f"/recipe/{config_id}.json").json()["file_name"] == "mine.yaml"


def test_a_recipe_that_is_wrong_comes_back_with_every_problem_at_its_line(client: httpx.Client) -> None:
    reply = sent(client, WRONG, "mine.yaml")
    assert reply.status_code == 422
    assert field(reply.text) == WRONG
    said = words(reply.text)
    assert "Not kept: 2 things are wrong in mine.yaml" in said
    for line, message in ((8, "did you mean 'min'?"), (18, "did you mean 'RESIZE'?")):
        assert f'href="#line-{line}"' in reply.text
        assert f'id="line-{line}"' in reply.text
        assert message in said
    assert 'name="name" value="mine.yaml"' in reply.text


def test_what_was_corrected_is_kept(client: httpx.Client) -> None:
    text = field(sent(client, WRONG).text).replace("RESISE", "RESIZE").replace("mim:", "min:")
    assert sent(client, text).status_code == 303


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There is nothing in this config"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"name: \xe9\n", "is not UTF-8"),
        (b"name: a\x00b\n", "U+0000"),
        (b"name: [1\n", "hat opens here is not closed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not UTF-8"),
        (b"a: &x [*x, *x]\n" * 3, ""),
        (b"- " * 5000, ""),
    ],
)
def test_what_is_no_recipe_comes_back_in_words(client: httpx.Client, data: bytes, said: str) -> None:
    reply = sent(client, data, "some.yaml", as_file=True)
    assert reply.status_code == 422
    assert said in words(reply.text)
    assert "<textarea" in reply.text


def test_a_form_in_which_nothing_was_sent_is_shown_again(client: httpx.Client) -> None:
    reply = sent(client, "  \r\n ")
    assert reply.status_code == 422
    assert "Nothing was sent; choose a file, or write or paste" in words(reply.text)


def test_more_than_a_config_may_have_comes_back_and_more_than_a_form_may_have_is_refused(client: httpx.Client) -> None:
    large = sent(client, "x" * 1_200_000)
    assert large.status_code == 413
    assert "at most 1,000,000 bytes" in words(large.text)
    assert len(field(large.text)) == 1_200_000
    huge = sent(client, "x" * 3_000_000)
    assert huge.status_code == 413
    assert "at most 1,000,000 bytes" in words(huge.text)


def test_what_is_no_form_is_told_how_to_be_sent(client: httpx.Client) -> None:
    reply = client.post("/do/recipes", content=EXAMPLE.encode())
    assert reply.status_code == 400
    assert "multipart/form-data" in words(reply.text)


def test_markup_in_a_recipe_stays_text(client: httpx.Client) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    text = EXAMPLE.replace(
        "A picture made smaller, and then seen as a dog sees it.", "'" + evil.replace("'", "''") + "'"
    )
    config_id = kept(client, text)
    for path in ("/recipes", f"/recipe/{config_id}", f"/recipes/new?from={config_id}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    wrong = sent(client, f"name: {evil}\nunknown-{evil}: 1\n")
    assert wrong.status_code == 422
    assert "<script>alert" not in wrong.text


def test_one_recipe_is_shown_with_its_graph_and_its_lines(client: httpx.Client) -> None:
    page = client.get(f"/recipe/{kept(client, EXAMPLE)}").text
    assert "3 nodes as a table" in words(page)
    assert "<title>small, RESIZE, from picture</title>" in page
    assert 'href="#line-17"' in page
    assert 'id="line-17"' in page
    assert "How wide the picture becomes." in words(page)


def test_alike_nodes_are_one_until_they_are_opened(client: httpx.Client) -> None:
    parts = "".join(
        f"    - {{id: part{at}, type: SEGMENT, config: {{offset: {at}, duration: 1}}, inputs: [film]}}\n"
        for at in range(48)
    )
    nodes = "    - {id: film, type: SOURCE, config: {input: true}}\n" + parts
    joined = f"    - {{id: joined, type: SEQUENCE, inputs: [{', '.join(f'part{at}' for at in range(48))}]}}\n"
    config_id = kept(client, f"name: cuts\ndag:\n  nodes:\n{nodes}{joined}  output: joined\n")
    folded = client.get(f"/recipe/{config_id}").text
    assert "<title>48 × SEGMENT: part0 and 47 more</title>" in folded
    opened = client.get(f"/recipe/{config_id}?open=part0").text
    assert "<title>part7, SEGMENT, from film</title>" in opened


def test_a_recipe_that_is_not_there_is_a_page_that_says_so(client: httpx.Client) -> None:
    for path in ("/recipe/none", "/recipes/new?from=none"):
        reply = client.get(path)
        assert reply.status_code == 404
        assert "There is no config 'none'" in words(reply.text)
    assert client.post("/do/recipes/none/delete").status_code == 404


def test_a_copy_begins_with_the_text_of_the_recipe(client: httpx.Client) -> None:
    config_id = kept(client, EXAMPLE)
    page = client.get(f"/recipes/new?from={config_id}").text
    assert field(page) == EXAMPLE
    assert "A recipe made from small-dog" in words(page)


def test_a_recipe_is_deleted_and_one_that_a_run_needs_is_not(client: httpx.Client) -> None:
    config_id = kept(client, EXAMPLE.replace("small-dog", "to-go"))
    assert "Delete this recipe" in words(client.get(f"/recipe/{config_id}").text)
    run_id = client.post(f"/configs/{config_id}/run", json={"inputs": ["cat"]}).json()["id"]
    page = client.get(f"/recipe/{config_id}").text
    assert "cannot be deleted while runs need it" in words(page)
    refused = client.post(f"/do/recipes/{config_id}/delete")
    assert refused.status_code == 409
    assert run_id in words(refused.text)
    assert client.post(f"/runs/{run_id}/cancel").status_code == 200
    assert client.delete(f"/runs/{run_id}").status_code == 200
    gone = client.post(f"/do/recipes/{config_id}/delete")
    assert (gone.status_code, gone.headers["location"]) == (303, "/recipes")
    assert client.get(f"/recipe/{config_id}").status_code == 404


def test_the_same_address_is_json_for_programs(client: httpx.Client) -> None:
    config_id = kept(client, EXAMPLE)
    program = {"Accept": "*/*"}
    assert client.get("/recipes", headers=program).json() == client.get("/configs", headers=program).json()
    one = client.get(f"/recipe/{config_id}", headers=program)
    assert one.json() == client.get(f"/configs/{config_id}", headers=program).json()
    assert client.get(f"/configs/{config_id}").headers["location"] == f"/recipe/{config_id}"


def test_many_recipes_are_shown_page_by_page(client: httpx.Client) -> None:
    ids = {kept(client, EXAMPLE.replace("small-dog", f"many-{at:03}")) for at in range(30)}
    seen: set[str] = set()
    path: str | None = "/recipes"
    while path:
        page = client.get(path).text
        seen |= set(re.findall(r"/recipe/([0-9a-f]{64})", page))
        more = re.search(r'href="(/recipes\?cursor=[^"]+)"', page)
        path = more[1] if more else None
    assert ids <= seen


def test_a_recipe_whose_text_has_gone_can_still_be_deleted(client: httpx.Client, server: RunningServer) -> None:
    config_id = kept(client, EXAMPLE.replace("small-dog", "without-text"))
    found = [path for path in Path(server.settings.cache).rglob(f"*{config_id}*") if path.is_file()]
    assert found
    for path in found:
        path.unlink()
    page = client.get(f"/recipe/{config_id}")
    assert page.status_code == 200
    assert "has gone from the cache" in words(page.text)
    assert client.get("/recipes").status_code == 200
    assert client.post(f"/do/recipes/{config_id}/delete").status_code == 303


def test_the_newest_of_a_name_stands_for_all_that_are_called_so(client: httpx.Client) -> None:
    ids = [
        kept(client, EXAMPLE.replace("small-dog", "of one & name").replace("640", str(640 + at))) for at in range(30)
    ]
    page = client.get("/recipes?limit=1000").text
    assert [config_id for config_id in ids if f"/recipe/{config_id}" in page] == [ids[-1]]
    assert "and 29 others of this name" in words(page)
    all_of_it = html.unescape(re.search(r'href="(/recipes\?called=of[^"]+)"', page)[1])  # type: ignore[index]
    first = client.get(all_of_it).text
    second = client.get(html.unescape(re.search(r'href="([^"]+cursor=[^"]+)"', first)[1])).text  # type: ignore[index]
    shown = [re.findall(r'<h2 class="recipe-name"><a href="/recipe/([0-9a-f]{64})"', part) for part in (first, second)]
    assert [*shown[0], *shown[1]] == ids[::-1]


def test_an_older_recipe_leads_to_the_newer_one_of_its_name(client: httpx.Client) -> None:
    older = kept(client, EXAMPLE.replace("small-dog", "changed"))
    newer = kept(client, EXAMPLE.replace("small-dog", "changed").replace("640", "800"))
    assert f'href="/recipe/{newer}"' in client.get(f"/recipe/{older}").text
    assert "newer recipe" not in words(client.get(f"/recipe/{newer}").text)


def test_of_a_very_long_text_the_beginning_is_shown(client: httpx.Client) -> None:
    said = EXAMPLE.count("\n")
    whole = client.get(f"/recipe/{kept(client, EXAMPLE + '# on and on' + chr(10) * (2000 - said))}").text
    assert "more lines" not in words(whole)
    cut = client.get(f"/recipe/{kept(client, EXAMPLE + '# on and on' + chr(10) * (2100 - said))}").text
    assert "100 more lines are in the file" in words(cut)


def test_a_map_says_how_much_is_in_it(client: httpx.Client) -> None:
    page = client.get(f"/recipe/{kept(client, MAPPED)}").text
    assert "<title>both, MAP of 1 node, from picture</title>" in page


def test_recipes_are_found_by_a_part_of_their_names(client: httpx.Client) -> None:
    ids = [
        kept(client, EXAMPLE.replace("small-dog", name)) for name in ("Poster of Spring", "poster of autumn", "card")
    ]
    page = client.get("/recipes", params={"name": "POSTER"}).text
    assert [config_id in page for config_id in ids] == [True, True, False]
    assert 'value="POSTER"' in page
    one = client.get("/recipes", params={"name": "poster", "limit": 1}).text
    more = re.search(r'href="(/recipes\?name=poster[^"]+)"', one)
    assert more
    following = client.get(html.unescape(more[1])).text
    assert [f'href="/recipe/{config_id}"' in following for config_id in ids] == [False, True, False]
    assert "No such recipes" in words(client.get("/recipes", params={"name": "no such"}).text)


def test_what_is_too_much_to_be_drawn_is_said_and_its_first_nodes_are_a_table(client: httpx.Client) -> None:
    kinds = ("type: RESIZE, config: {width: 64}", "type: EFFECT, config: {effect: sepia}")
    chain = "".join(f"    - {{id: n{at}, {kinds[at % 2]}, inputs: [n{at - 1}]}}\n" for at in range(1, 1200))
    source = "    - {id: n0, type: SOURCE, config: {input: true}}\n"
    config_id = kept(client, f"name: endless\ndag:\n  nodes:\n{source}{chain}  output: n1199\n")
    page = words(client.get(f"/recipe/{config_id}").text)
    assert "There is too much of it to be drawn." in page
    assert "The first 1\u202f000 of 1\u202f200 nodes as a table" in page
    assert "1200 nodes" in words(client.get("/recipes?name=endless").text)
