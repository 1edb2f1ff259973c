"""Problems as pages, where pages are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.auth.site import Site, site_with
from tests.server.l2_server import ReferenceL2, reference_l2
from tests.server.running import running_server, server_settings

HTML = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def l2() -> Iterator[ReferenceL2]:
    with reference_l2() as l2:
        yield l2


@pytest.fixture(scope="module")
def site(l2: ReferenceL2, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_with(tmp_path_factory.mktemp("site"), l2) as site:
        yield site


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "not-found"),
        ("GET", "/assets", {}, 401, "sign-in"),
        ("GET", "/auth/begin?l2=https://unknown.example", {}, 400, "usage"),
        ("GET", "/auth", {}, 422, "request-invalid"),
        ("PUT", "/runs", {}, 405, "method-not-allowed"),
        ("POST", "/logout", {"Origin": "https://evil.example"}, 403, "forbidden"),
        ("GET", "/", {"Host": "evil.example"}, 421, "host-unknown"),
    ],
)
def test_a_problem_is_a_page_with_its_status_and_its_code(
    site: Site, method: str, path: str, given: dict[str, str], status: int, code: str
) -> None:
    client = site.client()
    page = client.request(method, path, headers={**HTML, **given})
    data = client.request(method, path, headers=given)
    assert page.status_code == data.status_code == status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert data.headers["Content-Type"] == "application/problem+json"
    assert page.headers["Vary"] == data.headers["Vary"] == "Accept, HX-Request"
    assert f"<code>{code}</code>" in page.text
    assert data.json()["code"] == code
    assert "default-src 'none'; script-src 'self'" in page.headers["Content-Security-Policy"]


def test_who_is_not_signed_in_is_shown_the_ways_in(site: Site) -> None:
    page = site.client().get("/assets", headers=HTML)
    assert page.headers["WWW-Authenticate"] == "Bearer"
    begin = f"/auth/begin?l2={site.l2.origin.replace(':', '%3A').replace('/', '%2F')}"
    assert f'href="{begin}"' in page.text
    assert f"Sign in with {site.l2.origin.removeprefix('http://')}" in page.text


def test_a_server_without_registries_says_who_may_use_it(tmp_path: Path) -> None:
    settings = server_settings(tmp_path, api_token="of-the-operator")
    with running_server(settings) as server, server.client() as client:
        page = client.get("/assets", headers=HTML)
        assert page.status_code == 401
        assert "artcelery login" in page.text
        assert "/auth/begin" not in page.text


def test_what_is_anothers_is_the_same_page_as_what_is_not_there(site: Site) -> None:
    giles, mia = site.signed_in("giles"), site.signed_in("mia")
    picture = (Path(__file__).parents[3] / "artcelery" / "assets" / "cat.png").read_bytes()
    ours = {"Sec-Fetch-Site": "same-origin"}
    content_hash = giles.post("/cache/upload", content=picture, headers=ours).json()["content_hash"]
    theirs, none = (mia.get(f"/cache/{item}", headers=HTML) for item in (content_hash, "e" * 64))
    assert theirs.status_code == none.status_code == 404
    assert theirs.content.replace(content_hash.encode(), b"X") == none.content.replace(b"e" * 64, b"X")


def test_what_a_request_says_stays_text(site: Site) -> None:
    page = site.client().get("/<script>alert(1)</script>", headers=HTML)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_a_problem_without_a_body_for_who_asks_for_heads_only(site: Site) -> None:
    reply = site.client().head("/nothing", headers=HTML)
    assert (reply.status_code, reply.content) == (404, b"")


def test_a_page_says_who_is_signed_in_and_how_to_sign_out(site: Site) -> None:
    client: httpx.Client = site.signed_in("giles")
    page = client.get("/", headers=HTML).text
    assert site.l2.user("giles") in page
    assert 'action="/logout"' in page
    assert "Workers" not in page  # these are the operator's
    assert 'action="/logout"' not in site.client().get("/", headers=HTML).text
