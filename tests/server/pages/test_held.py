"""A form that cannot be taken just now is not lost: the page that says so holds it, to be sent again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message

from artcelery.server.pages.held import Held, Holding
from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.server.auth.site import OURS, Site, site_with
from tests.server.l2_server import reference_l2
from tests.server.running import running_server, server_settings

HTML = {"Accept": "text/html,*/*;q=0.8", **OURS}
CAT = Path(__file__).parents[3] / "artcelery" / "assets" / "cat.png"
NASTY = "\n\n first: \"line\" & 'more' <b>\r\n</textarea><script>alert(1)</script>\r\n\tümlaut: \u202e\U0001f638\n\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with reference_l2() as l2, site_with(tmp_path_factory.mktemp("site"), l2, api_token="of-the-operator") as site:
        yield site


class Form(HTMLParser):
    """The form to be sent again in a page: where to and as what, its fields as a browser sends them, and its files."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.attributes: dict[str, str] | None = None
        self.fields: list[tuple[str, str]] = []
        self.files: list[str] = []
        self._inside, self._area = False, ""
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and "held" in said.get("class", ""):
            self.attributes, self._inside = said, True
        elif self._inside and tag == "input" and said.get("type") == "file":
            self.files.append(said["name"])
        elif self._inside and tag == "input":
            self.fields.append((said["name"], said["value"]))
        elif self._inside and tag == "textarea":
            self._area = said["name"]
            self.fields.append((self._area, ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[-1] = (self._area, data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False

    def send(self, client: httpx.Client, **files: Any) -> httpx.Response:
        """Send it again, with files that were chosen again."""
        assert self.attributes is not None
        if self.attributes["enctype"] == "multipart/form-data":
            parts: Any = [*((name, (None, text)) for name, text in self.fields), *files.items()]
            return client.post(self.attributes["action"], files=parts, headers=HTML)
        return client.post(self.attributes["action"], data=dict(self.fields), headers=HTML)


def test_an_order_of_one_who_is_signed_out_is_held_until_they_are_signed_in(site: Site) -> None:
    parts = {
        "key": (None, "once-only"),
        "recipe": (None, "dog"),
        "file.input": ("my photo.png", CAT.read_bytes()),
        "param.acuity": (None, "0.25"),
        "output_name": (None, "held"),
        "quality": (None, ""),
    }
    page = site.client().post("/do/order", files=parts, headers=HTML)
    assert page.status_code == 401
    form = Form(page)
    assert form.attributes is not None
    assert (form.attributes["action"], form.attributes["enctype"]) == ("/do/order", "multipart/form-data")
    assert sorted(form.fields) == sorted((name, part[1]) for name, part in parts.items() if part[0] is None)
    assert form.files == ["file.input"]
    assert "my photo.png, again" in page.text
    assert "A page cannot keep files" in page.text
    assert 'target="_blank">Sign in with' in page.text
    client = site.signed_in()
    sent = form.send(client, **{"file.input": ("my photo.png", CAT.read_bytes())})
    assert sent.status_code == 303, sent.text
    run = client.get(sent.headers["location"], headers={"Accept": "application/json"}).json()
    assert (run["nodes"][-1]["config"]["params"]["acuity"], run["output_name"]) == (0.25, "held.png")


def test_a_recipe_is_held_letter_for_letter_and_nothing_in_it_is_a_part_of_the_page(site: Site) -> None:
    page = site.client().post("/do/recipes", files={"text": (None, NASTY), "name": (None, "<i>.yaml")}, headers=HTML)
    assert page.status_code == 401
    assert "<script>" not in page.text
    assert ("text", NASTY.replace("\r\n", "\n")) in [(n, t.replace("\r\n", "\n")) for n, t in Form(page).fields]
    page = site.client().post("/do/recipes", files={"text": (None, EXAMPLE), "name": (None, "")}, headers=HTML)
    sent = Form(page).send(site.signed_in())
    assert (sent.status_code, sent.headers["location"][:8]) == (303, "/recipe/")


def test_a_form_without_files_is_held_as_what_it_is(site: Site) -> None:
    client = site.signed_in()
    content_hash = client.post("/cache/upload", content=CAT.read_bytes(), headers=OURS).json()["content_hash"]
    path = f"/do/media/{content_hash}/name"
    page = site.client().post(path, data={"name": "my & cat", "empty": ""}, headers=HTML)
    form = Form(page)
    assert form.attributes is not None
    assert (form.attributes["action"], form.attributes["enctype"]) == (path, "application/x-www-form-urlencoded")
    assert sorted(form.fields) == [("empty", ""), ("name", "my & cat")]
    assert form.send(client).status_code == 303
    assert "my &amp; cat" in client.get(f"/media/{content_hash}", headers=HTML).text


def test_a_form_in_which_nothing_is_entered_is_sent_again_too(site: Site) -> None:
    page = site.client().post("/do/runs/some/cancel", headers=HTML)
    assert page.status_code == 401
    assert "What you entered" not in page.text
    assert Form(page).attributes == {
        "class": "notice held",
        "method": "post",
        "action": "/do/runs/some/cancel",
        "enctype": "application/x-www-form-urlencoded",
    }


def test_who_is_signed_out_while_a_form_comes_has_what_came_of_it(site: Site) -> None:
    token, client = site.token("ada"), site.client()
    cookie = {"Cookie": f"artcelery_session={site.signed_in('ada', token).cookies['artcelery_session']}"}
    parts = {"recipe": (None, "dog"), "file.input": ("cat.png", CAT.read_bytes()), "output_name": (None, "behind it")}
    whole = httpx.Request("POST", site.url, files=parts)
    data = whole.read()

    def body() -> Iterator[bytes]:
        yield data[:200]
        site.l2.revoke(token)
        assert site.client().post("/auth/revoke", json={"token": token}).status_code == 200
        yield data[200:]

    said = {**HTML, **cookie, "Content-Type": whole.headers["content-type"]}
    page = client.post("/do/order", content=body(), headers=said)
    assert page.status_code == 401
    assert sorted(Form(page).fields) == [("output_name", "behind it"), ("recipe", "dog")]


def test_what_the_state_does_not_take_is_held_until_it_does(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client(timeout=60) as client:
        client.get("/", headers=HTML)
        with closing(sqlite3.connect(server.settings.state_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            page = client.post("/do/recipes", files={"text": (None, EXAMPLE)}, headers=HTML)
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "Send it again in a moment." in page.text
        assert Form(page).send(client).status_code == 303


def test_a_token_that_was_said_is_not_held(tmp_path: Path) -> None:
    settings = server_settings(tmp_path, api_token="of-the-operator")
    with running_server(settings) as server, server.client(timeout=60) as client:
        with closing(sqlite3.connect(server.settings.state_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            page = client.post("/sign-in", data={"token": "of-the-operator"}, headers=HTML)
        assert page.status_code == 503
        assert Form(page).attributes is None
        assert "of-the-operator" not in page.text


@pytest.mark.parametrize(
    "parts",
    [
        {"text": (None, "x" * 1_300_000)},
        {f"field-{number}": (None, "") for number in range(501)},
    ],
    ids=["long", "many"],
)
def test_what_is_too_much_is_not_held_and_that_is_said(site: Site, parts: dict[str, Any]) -> None:
    page = site.client().post("/do/order", files=parts, headers=HTML)
    assert page.status_code == 401
    assert "too much to be kept" in page.text
    assert (Form(page).attributes, len(page.content) < 10_000) == (None, True)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut'),
        ("multipart/form-data; boundary=b", b"no form"),
        ("multipart/form-data", b"--b--"),
        ("text/plain", b"a=b"),
        ("application/json", b'{"a": "b"}'),
        ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 501)),
    ],
)
def test_what_is_no_whole_form_is_not_held(site: Site, kind: str, data: bytes) -> None:
    page = site.client().post("/do/order", content=data, headers={**HTML, "Content-Type": kind})
    assert page.status_code == 401
    assert Form(page).attributes is None


@pytest.mark.parametrize("path", ["/auth/confirm", "/logout", "/runs", "/cache/upload", "/configs/upload"])
def test_only_forms_of_pages_are_held(site: Site, path: str) -> None:
    page = site.client().post(path, data={"code": "held"}, headers=HTML)
    assert Form(page).attributes is None
    assert ">held<" not in page.text


def test_a_program_is_told_the_problem_alone(site: Site) -> None:
    reply = site.client().post("/do/recipes", files={"text": (None, "held")}, headers=OURS)
    assert (reply.status_code, reply.headers["content-type"]) == (401, "application/problem+json")
    assert "held" not in reply.text


def held(messages: list[Message]) -> Held | None:
    """What is held of a form with these messages, of which nothing was read before."""
    scope = {"type": "http", "path": "/do/order", "headers": [(b"content-type", b"multipart/form-data; boundary=b")]}
    left = iter(messages)

    async def receive() -> Message:
        return next(left)

    return asyncio.run(Holding(scope, receive).held())


def sent_with(file_bytes: int) -> list[Message]:
    """A form in which a field stands behind a file of so many megabytes."""
    head = b'--b\r\nContent-Disposition: form-data; name="file.input"; filename="film.mp4"\r\n\r\n'
    field = b'\r\n--b\r\nContent-Disposition: form-data; name="quality"\r\n\r\nhigh\r\n--b--\r\n'
    blocks = [head, *[bytes(1 << 20)] * file_bytes, field]
    return [{"type": "http.request", "body": block, "more_body": block is not field} for block in blocks]


def test_a_form_is_read_on_to_what_stands_behind_a_file_but_not_without_end() -> None:
    found = held(sent_with(63))
    assert found is not None
    assert ([(field.name, field.text) for field in found.fields], found.files) == (
        [("quality", "high")],
        [("file.input", "film.mp4")],
    )
    too_much = held(sent_with(64))
    assert too_much is not None
    assert too_much.is_too_much


def test_of_a_form_whose_sender_has_gone_nothing_is_held() -> None:
    assert held([*sent_with(1)[:-1], {"type": "http.disconnect"}]) is None
