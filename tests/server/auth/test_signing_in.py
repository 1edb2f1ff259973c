"""How a user of L2 becomes one who is signed in here, and what never does."""

from __future__ import annotations

import base64
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from artcelery.core.hashing import hash_bytes
from tests.server.auth.site import OURS, Site, code_in, cookies_of, site_with
from tests.server.l2_server import ReferenceL2, reference_l2

HTML = {"Accept": "text/html,application/xhtml+xml"}
SESSION = "artcelery_session"


def _came(client: httpx.Client, token: str, **headers: str) -> httpx.Response:
    return client.get("/auth", params={"auth_token": token}, headers=headers)


def test_who_was_sent_to_l2_from_here_is_signed_in_when_they_come_back(site: Site) -> None:
    client = site.begun()
    reply = _came(client, site.token())
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert site.name(client) == site.l2.user("giles")
    assert site.status(client) == 200


def test_a_sign_in_that_did_not_begin_here_asks_first_and_signs_nobody_in_before_the_answer(site: Site) -> None:
    client = site.client()
    reply = _came(client, site.token())
    assert (reply.status_code, reply.headers["location"]) == (303, "/auth/confirm")
    assert SESSION not in cookies_of(reply)
    page = client.get("/auth/confirm")
    assert f"Sign in as {site.l2.user('giles')}?" in page.text
    assert site.name(client) is None
    answer = client.post("/auth/confirm", data={"code": code_in(page.text)}, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert site.name(client) == site.l2.user("giles")


@pytest.mark.parametrize("whence", ["cross-site", "same-site", None])
def test_a_sign_in_that_another_site_begins_is_asked_about_like_any_other(site: Site, whence: str | None) -> None:
    client = site.client()
    client.get("/auth/begin", headers={"Sec-Fetch-Site": whence} if whence else {})
    assert _came(client, site.token()).headers["location"] == "/auth/confirm"
    assert site.name(client) is None


def test_a_token_of_another_l2_than_the_one_it_was_begun_with_is_asked_about(l2: ReferenceL2, tmp_path: Path) -> None:
    with reference_l2() as other, site_with(tmp_path, l2, l2_urls=f"{l2.origin} {other.origin}") as site:
        client = site.client()
        client.get("/auth/begin", params={"l2": l2.origin}, headers=OURS)
        assert _came(client, other.give("of-other", "mallory", site.url)).headers["location"] == "/auth/confirm"
        assert f"Sign in as {other.user('mallory')}?" in client.get("/auth/confirm").text
        assert _came(client, site.token()).headers["location"] == "/"
        assert site.name(client) == l2.user("giles")


def test_a_token_signs_in_once(site: Site) -> None:
    token = site.token()
    site.signed_in(token=token)
    replayed = _came(site.begun(), token)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "sign-in")
    assert "set-cookie" not in replayed.headers


def test_a_token_that_was_asked_about_is_used_up_as_well(site: Site) -> None:
    token, first, second = site.token(), site.client(), site.begun()
    _came(first, token)
    assert _came(second, token).status_code == 401
    assert site.name(second) is None


def test_of_many_who_come_with_one_token_at_once_one_is_signed_in(site: Site) -> None:
    token = site.token()
    clients = [site.begun() for _ in range(12)]
    with ThreadPoolExecutor(12) as threads:
        replies = list(threads.map(lambda client: _came(client, token), clients))
    assert sorted(reply.status_code for reply in replies) == [303] + [401] * 11
    assert [site.name(client) for client in clients if site.name(client)] == [site.l2.user("giles")]


def test_the_code_of_a_question_serves_once_and_only_the_browser_that_was_asked(site: Site) -> None:
    asked, stranger = site.client(), site.client()
    _came(asked, site.token())
    _came(stranger, site.token("mallory"))
    code, foreign = (code_in(client.get("/auth/confirm").text) for client in (asked, stranger))
    assert asked.post("/auth/confirm", data={"code": foreign}, headers=OURS).status_code == 401
    assert site.client().post("/auth/confirm", data={"code": code}, headers=OURS).status_code == 401
    cookie = {"Cookie": f"artcelery_asked={asked.cookies['artcelery_asked']}", **OURS}
    assert asked.post("/auth/confirm", data={"code": code}, headers=OURS).status_code == 303
    again = site.client().post("/auth/confirm", data={"code": code}, headers=cookie)
    assert (again.status_code, site.name(asked)) == (401, site.l2.user("giles"))


def test_what_opens_a_question_opens_no_session(site: Site) -> None:
    asked = site.client()
    _came(asked, site.token())
    secret = asked.cookies["artcelery_asked"]
    assert site.status(site.client(), Cookie=f"{SESSION}={secret}") == 401
    assert site.status(site.client(), **site.bearer(secret)) == 401


def test_each_sign_in_has_a_new_id_and_the_one_before_does_not_count_any_more(site: Site) -> None:
    planted = "A" * 43
    client = site.begun(cookies={SESSION: planted})
    first = cookies_of(_came(client, site.token()))[SESSION].partition(";")[0]
    second = cookies_of(_came(_begun_again(client), site.token()))[SESSION].partition(";")[0]
    assert len({planted, first, second}) == 3
    fresh = site.client
    assert [site.status(fresh(), Cookie=f"{SESSION}={secret}") for secret in (planted, first, second)] == [
        401,
        401,
        200,
    ]


def _begun_again(client: httpx.Client) -> httpx.Client:
    client.get("/auth/begin", headers=OURS)
    return client


def test_a_cookie_is_256_bits_that_no_script_sees_and_the_state_knows_it_by_its_hash_only(site: Site) -> None:
    said = cookies_of(_came(site.begun(), site.token()))[SESSION]
    secret, _, rest = said.partition(";")
    assert len(base64.urlsafe_b64decode(secret + "=")) == 32
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in rest.split(";")}
    assert "Domain" not in rest
    verdict = site.sessions.check(hash_bytes(secret.encode()), time.time())
    assert verdict is not None
    assert verdict.session.user == site.l2.user("giles")


def test_with_https_cookies_are_of_this_host_alone_and_never_sent_without(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2, public_url="https://l1.example") as site:
        client = site.client()
        host = {"Host": "l1.example"}
        begun = client.get("/auth/begin", headers={**host, **OURS})
        assert begun.headers["location"] == f"{l2.origin}/auth/login?l1_server=https%3A%2F%2Fl1.example"
        held = cookies_of(begun)["__Host-artcelery_begun"].partition(";")[0]
        token = site.token(scope="https://l1.example")
        reply = _came(client, token, Cookie=f"__Host-artcelery_begun={held}", **host)
        said = cookies_of(reply)[f"__Host-{SESSION}"]
        assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= {part.strip() for part in said.split(";")}
        assert reply.headers["strict-transport-security"] == "max-age=31536000"
        cookie = f"__Host-{SESSION}={said.partition(';')[0]}"
        assert site.status(client, Cookie=cookie, **host) == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"scope": "https://another-l1.example"}, 401),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 401),
        ({"username": "giles@evil.example"}, 503),
        ({"username": "../giles"}, 503),
        ({"username": "giles\r\nX: 1"}, 503),
        ({"username": ""}, 503),
        ({"username": "g" * 65}, 503),
        ({"expires_at": "tomorrow"}, 503),
    ],
)
def test_a_token_that_l2_does_not_vouch_for_as_agreed_signs_nobody_in(
    site: Site, given: dict[str, str], status: int
) -> None:
    said = {"valid": True, "username": "giles", "scope": site.url, "expires_at": "3000-01-01T00:00:00Z", **given}
    site.l2.behave("text", text=httpx.Response(200, json=said).text)
    client = site.begun()
    assert _came(client, "a-token").status_code == status
    assert "artcelery_session" not in client.cookies


def test_an_unknown_token_is_a_problem_for_programs_and_a_page_for_browsers(site: Site) -> None:
    program, browser = site.client(), site.client(headers=HTML)
    said = _came(program, "unknown")
    assert (said.status_code, said.headers["content-type"]) == (401, "application/problem+json")
    page = _came(browser, "<script>alert(1)</script>")
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "sign in again" in page.text
    assert "alert" not in page.text + said.text
    assert _came(browser, "").status_code == 422


def test_a_session_ends_with_its_token(site: Site) -> None:
    expires_at = datetime.now(UTC) + timedelta(seconds=2)
    client = site.signed_in(token=site.token(expires_at=expires_at.isoformat()))
    secret = client.cookies[SESSION]
    deadline = time.monotonic() + 30
    while site.status(site.client(), Cookie=f"{SESSION}={secret}") == 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert datetime.now(UTC) >= expires_at


def test_pages_that_ask_need_no_script_and_load_nothing_from_elsewhere(site: Site) -> None:
    client = site.client(headers=HTML)
    _came(client, site.token())
    page = client.get("/auth/confirm")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    loaded = re.findall(r'(?:src|rel="stylesheet" href)="([^"]+)"', page.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"<script|<style|style=|\son\w+=", page.text)
    assert page.headers["referrer-policy"] == "same-origin"  # or the form would come from the origin "null"


def test_a_sign_in_goes_to_known_registries_only(site: Site) -> None:
    client = site.client()
    reply = client.get("/auth/begin", params={"l2": "https://evil.example"}, headers=OURS)
    assert (reply.status_code, reply.json()["code"]) == (400, "usage")
    assert site.l2.origin in reply.json()["detail"]
    assert "location" not in reply.headers


def test_sessions_of_an_l2_that_the_settings_name_no_more_do_not_count(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2) as site:
        token = site.token()
        secret = site.signed_in().cookies[SESSION]
        assert site.status(site.client(), **site.bearer(token)) == 200
    with reference_l2() as other, site_with(tmp_path, other) as site:
        assert site.status(site.client(), Cookie=f"{SESSION}={secret}") == 401
        assert site.status(site.client(), **site.bearer(token)) == 401


def test_a_token_is_not_used_up_by_a_sign_in_that_l2_did_not_let_come_to_its_end(site: Site) -> None:
    sure, asked, token, other = site.begun(), site.client(), site.token(), site.token("mia")
    site.l2.behave("once", status=500)
    assert _came(sure, token).status_code == 503
    site.l2.behave()
    assert (_came(sure, token).headers["location"], site.name(sure)) == ("/", site.l2.user("giles"))
    _came(asked, other)
    code = {"code": code_in(asked.get("/auth/confirm").text)}
    site.l2.behave("status", status=500)
    assert asked.post("/auth/confirm", data=code, headers=OURS).status_code == 503
    site.l2.behave()
    assert asked.post("/auth/confirm", data=code, headers=OURS).status_code == 303
    assert (site.name(asked), _came(asked, other).status_code) == (site.l2.user("mia"), 401)
