"""What is copied from the page of a run: a shell and its terminal take it for the order that it is, and no more."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape

import httpx
import pytest

from tests.server.house import House

HTML = {"Accept": "text/html"}
RECIPE = """\
name: said
params:
  words: {type: str, default: a}
dag:
  nodes:
    - {id: card, type: GENERATE, config: {kind: text, text: "${words}", width: 320, height: 180}}
  output: card
"""
NASTY = [
    'it\'s $HOME `id` "so"; rm -rf \\ {a,b} ! \n two lines',
    "\x1b[201~\rtouch fooled\r\x03",
    "\u202egnp.exe\u2066 \x7f\x9b2J é 😀 \\x1b 'quoted'",
]


@pytest.fixture(scope="module")
def client(house: House) -> httpx.Client:
    return house.clients["quill"]


@pytest.fixture(scope="module")
def recipe(client: httpx.Client) -> str:
    reply = client.post("/configs/upload", content=RECIPE.encode())
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


def copied(client: httpx.Client, recipe: str, words: str) -> dict[str, str]:
    """The two texts on the page of a run that was ordered with these words."""
    reply = client.post("/runs", json={"recipe": recipe, "params": {"words": words}})
    assert reply.status_code == 202, reply.text
    page = client.get(f"/run/{reply.json()['id']}", headers=HTML).text
    return {
        name: unescape(text) for name, text in re.findall(r'<pre id="copy-(\w+)"[^>]*>(.*?)</pre>', page, re.DOTALL)
    }


def words_of(command: str) -> list[str]:
    """What bash makes of a command line."""
    script = f"show() {{ printf '%s\\0' \"$@\"; }}\nshow {command}"
    return subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("words", NASTY)
def test_a_command_and_a_request_mean_what_was_ordered_and_no_key_of_a_terminal(
    client: httpx.Client, recipe: str, words: str
) -> None:
    texts = copied(client, recipe, words)
    assert words_of(texts["command"]) == ["artcelery", "run", recipe, "--set", f"words={words}"]
    request = words_of(texts["request"])
    assert json.loads(request[request.index("-d") + 1])["params"] == {"words": words}
    for text in texts.values():
        assert text.replace("\n", "").isprintable()


def test_the_form_that_a_run_leads_to_is_filled_in_with_all_of_it(client: httpx.Client, recipe: str) -> None:
    order = {"recipe": recipe, "params": {"words": 'a "b" & <c>'}, "format": "webp"}
    run = client.post("/runs", json=order).raise_for_status().json()
    page = client.get(f"/run/{run['id']}", headers=HTML).text
    [address] = re.findall(r'<a class="button" href="(/order\?[^"]*)"', page)
    form = client.get(unescape(address), headers=HTML).text
    assert f'name="recipe" value="{recipe}"' in form
    assert 'value="a &#34;b&#34; &amp; &lt;c&gt;"' in form
    assert "<option selected>webp</option>" in form


def test_a_run_that_is_too_much_for_an_address_leads_to_no_form(client: httpx.Client, recipe: str) -> None:
    run = client.post("/runs", json={"recipe": recipe, "params": {"words": "much " * 1000}}).raise_for_status().json()
    assert "/order?" not in client.get(f"/run/{run['id']}", headers=HTML).text
