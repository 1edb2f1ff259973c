"""Where a sign-in leads: to the page that was wanted, and to nothing that is none of this server's pages."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from artcelery.server.app import create_app
from artcelery.server.pages.targets import Targets
from tests.server.auth.site import OURS, Site, code_in, cookies_of, site_with
from tests.server.l2_server import ReferenceL2, reference_l2
from tests.server.running import server_settings

HTML = {"Accept": "text/html,*/*;q=0.8"}
HASH = "e" * 64

PAGES = [
    "/",
    "/?recipe=dog",
    "/runs",
    "/runs?status=completed&recipe=two+words",
    f"/media/{HASH}",
    f"/media/compare?a={HASH}&b={HASH}",
    "/order?recipe=dog&param.acuity=0.5&output_name=caf%C3%A9",
    "/recipes/new",
    "/effect/caf%C3%A9",
]
NO_PAGES = [
    "",
    "runs",
    "//evil.example",
    "//evil.example/runs",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/run/\\evil.example",
    "https:",
    "https://evil.example/runs",
    "https:/runs",
    "javascript:alert(1)",
    "data:text/html,hello",
    "%2f%2fevil.example",
    "/%2f%2fevil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/run/%2f%2fevil.example",
    "/run/%5cevil.example",
    "/run/..",
    "/run/%2e%2e",
    "/run/../logout",
    "/recipe/.",
    "/runs\r\nSet-Cookie: a=b",
    "/runs%0d%0aSet-Cookie:a=b",
    "/run/%00",
    "/run/%ff",
    "/ru\tns",
    "\t/runs",
    " /runs",
    "/runs ",
    "/runs\x00",
    "/runs\x7f",
    "/rüns",
    "/runs?name=ü",
    "/runs?name=" + "a" * 2000,
    "/runs?name=" + '"' * 1900,
    "/auth",
    "/auth?auth_token=secret",
    "/auth/begin",
    "/auth/confirm",
    "/logout",
    "/sign-in",
    "/runs?auth_token=secret",
    "/runs?a=b&auth%5Ftoken=secret",
    "/do/order",
    f"/do/media/{HASH}/delete",
    "/cache/upload",
    f"/cache/{HASH}",
    "/runs/live",
    "/run/some/live",
    f"/media/{HASH}/waveform",
    "/effect/dog/look",
    "/glance",
    "/assets",
    "/metrics",
    "/docs",
    "/nothing",
    "/runs/",
]


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Targets:
    found: Targets = create_app(server_settings(tmp_path_factory.mktemp("home"))).state.targets
    return found


def begun(site: Site, to: str) -> httpx.Client:
    """A browser that took the way in somewhere."""
    client = site.client()
    reply = client.get("/auth/begin", params={"to": to}, headers=OURS)
    assert urlsplit(reply.headers["location"]).query == f"l1_server={site.url.replace(':', '%3A').replace('/', '%2F')}"
    return client


def came(site: Site, client: httpx.Client, token: str | None = None, **headers: str) -> str:
    """Where somebody is sent who comes back from L2 with a token."""
    reply = client.get("/auth", params={"auth_token": token or site.token()}, headers=headers)
    assert reply.status_code == 303, reply.text
    return str(reply.headers["location"])


def ways_back(page: httpx.Response) -> set[str]:
    """Where the ways in lead that a page shows."""
    links = re.findall(r'href="(/(?:auth/begin|sign-in)[^"]*)"', page.text)
    assert links, page.text
    return {parse_qs(urlsplit(link.replace("&amp;", "&")).query).get("to", [""])[0] for link in links}


@pytest.mark.parametrize("text", PAGES)
def test_the_address_of_a_page_is_a_target(targets: Targets, text: str) -> None:
    assert targets.of(text) == text


@pytest.mark.parametrize("text", NO_PAGES)
def test_what_is_no_address_of_a_page_is_no_target(targets: Targets, text: str) -> None:
    assert targets.of(text) == ""


def test_a_target_needs_no_quotes_in_a_cookie(targets: Targets) -> None:
    once = targets.of('/runs?name="a,b;c"<d>')
    assert once == "/runs?name=%22a%2Cb%3Bc%22%3Cd%3E"
    assert targets.of(once) == once


def test_who_signs_in_comes_back_to_the_page_that_they_wanted(site: Site) -> None:
    wanted = "/runs?status=completed&name=two+words"
    page = site.client().get(wanted, headers=HTML)
    assert page.status_code == 401
    assert ways_back(page) == {wanted}
    client = begun(site, wanted)
    assert came(site, client) == wanted
    assert "artcelery_to" not in client.cookies
    assert came(site, begun(site, "")) == "/"


@pytest.mark.parametrize("to", NO_PAGES)
def test_a_sign_in_leads_to_the_first_page_where_it_would_lead_to_no_page(site: Site, to: str) -> None:
    client = site.client()
    reply = client.get("/auth/begin", params={"to": to}, headers=OURS)
    assert "artcelery_to" not in client.cookies
    assert urlsplit(reply.headers["location"]).netloc == urlsplit(site.l2.origin).netloc


@pytest.mark.parametrize(
    "planted", ["//evil.example", "https://evil.example", "/%2f%2fevil.example", "/logout", "x" * 3000]
)
def test_a_cookie_that_was_planted_leads_nowhere_else(site: Site, planted: str) -> None:
    client = site.client()
    held = client.get("/auth/begin", headers=OURS).cookies["artcelery_begun"]
    assert came(site, site.client(), Cookie=f"artcelery_begun={held}; artcelery_to={planted}") == "/"


def test_a_later_way_in_does_not_lead_where_an_earlier_one_did(site: Site) -> None:
    client = begun(site, "/runs")
    client.get("/auth/begin", headers=OURS)
    assert came(site, client) == "/"


def test_a_sign_in_that_is_asked_about_leads_to_the_page_too(site: Site) -> None:
    client = site.client()
    client.get("/auth/begin", params={"to": "/media?kind=film"})  # by a browser that does not say from where
    assert came(site, client) == "/auth/confirm"
    code = code_in(client.get("/auth/confirm").text)
    wrong = client.post("/auth/confirm", data={"code": "0" * 64}, headers={**OURS, **HTML})
    assert (wrong.status_code, ways_back(wrong)) == (401, {"/media?kind=film"})
    answer = client.post("/auth/confirm", data={"code": code}, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/media?kind=film")
    assert "artcelery_to" not in client.cookies


def test_a_sign_in_that_failed_is_begun_again_for_the_same_page(site: Site) -> None:
    client = begun(site, "/recipes")
    refused = client.get("/auth", params={"auth_token": "unknown"}, headers=HTML)
    assert (refused.status_code, ways_back(refused)) == (401, {"/recipes"})


def test_who_sent_a_form_comes_back_to_its_page(site: Site) -> None:
    said = {**HTML, **OURS, "Referer": f"{site.url}/order?recipe=dog"}
    page = site.client().post("/do/order", files={"recipe": (None, "dog")}, headers=said)
    assert (page.status_code, ways_back(page)) == (401, {"/order?recipe=dog"})
    for whence in ("https://evil.example/runs", "http://[", f"{site.url}/do/order", f"{site.url}//evil.example"):
        page = site.client().post("/do/order", headers={**HTML, **OURS, "Referer": whence})
        assert (page.status_code, ways_back(page)) == (401, {""}), whence


def test_a_page_that_all_may_see_has_a_way_in_that_leads_back_to_it(site: Site) -> None:
    picture = (Path(__file__).parents[3] / "artcelery" / "assets" / "cat.png").read_bytes()
    content_hash = site.signed_in().post("/cache/upload", content=picture, headers=OURS).json()["content_hash"]
    site.l2.publish(content_hash)
    page = site.client().get(f"/media/{content_hash}", headers=HTML)
    assert (page.status_code, ways_back(page)) == (200, {f"/media/{content_hash}"})
    assert ways_back(site.client().get("/", headers=HTML)) == {""}
    assert ways_back(site.client().get("/?recipe=dog", headers=HTML)) == {"/?recipe=dog"}


def test_with_several_l2s_the_page_is_kept_until_one_is_chosen(l2: ReferenceL2, tmp_path: Path) -> None:
    with reference_l2() as other, site_with(tmp_path, l2, l2_urls=f"{l2.origin} {other.origin}") as site:
        client = site.client(headers=HTML)
        assert ways_back(client.get("/runs?status=failed")) == {"/runs?status=failed"}
        assert "/sign-in?to=" not in client.get("/runs?status=failed").text  # both are there already
        choice = client.get("/sign-in", params={"to": "/runs?status=failed"})
        assert choice.text.count("Sign in with") == 2
        assert ways_back(choice) == {"/runs?status=failed"}
        client.get("/auth/begin", params={"l2": other.origin, "to": "/runs?status=failed"}, headers=OURS)
        token = other.give("of-other", "mia", site.url)
        assert came(site, client, token) == "/runs?status=failed"


def test_with_https_the_page_is_kept_as_all_of_a_sign_in_is(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2, public_url="https://l1.example") as site:
        host = {"Host": "l1.example"}
        reply = site.client().get("/auth/begin", params={"to": "/runs"}, headers={**OURS, **host})
        said = cookies_of(reply)["__Host-artcelery_to"]
        assert said.partition(";")[0] == '"/runs"'
        parts = {part.strip() for part in said.split(";")}
        assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure", "Max-Age=600"} <= parts
