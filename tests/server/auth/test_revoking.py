"""What ends sessions, at once, and what must not."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from artcelery.core.hashing import hash_bytes
from artcelery.server.auth.sealing import secret_id
from tests.server.auth.site import OURS, Site, facts_of, site_with
from tests.server.l2_server import ReferenceL2
from tests.services import redis_server

_PATIENCE_S = 30.0
DAY_S = 86400.0


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.05)


def test_a_revoked_token_is_dead_from_the_next_request_on(site: Site) -> None:
    token, other = site.token("ada"), site.token("ada")
    browser, stays, program = site.signed_in(token=token), site.signed_in(token=other), site.client()
    assert site.status(program, **site.bearer(token)) == 200
    reply = program.post("/auth/revoke", json={"token": token})
    assert (reply.status_code, reply.json()) == (200, {"revoked": True})
    assert [site.status(browser), site.status(program, **site.bearer(token)), site.status(stays)] == [401, 401, 200]
    assert site.status(program, **site.bearer(token)) == 401


def test_a_token_that_was_revoked_before_it_was_used_signs_nobody_in(site: Site) -> None:
    token = site.token("ada")
    assert site.client().post("/auth/revoke", json={"token": token}).status_code == 200
    client = site.begun()
    assert client.get("/auth", params={"auth_token": token}).status_code == 401
    assert site.name(client) is None


def test_what_no_l2_knows_is_not_remembered_for_long(site: Site) -> None:
    assert site.client().post("/auth/revoke", json={"token": "never-heard-of"}).json() == {"revoked": True}
    _until(lambda: 0 < left_s(site, "never-heard-of") <= 60)


@pytest.mark.parametrize(("expires_at", "least_days", "most_days"), [("2000-01-01", 0, 0.1), (None, 1000, 10**6)])
def test_what_is_revoked_before_it_was_used_is_remembered_as_long_as_it_would_live(
    site: Site, expires_at: str | None, least_days: float, most_days: float
) -> None:
    token = site.token("ada", **({"expires_at": f"{expires_at}T00:00:00Z"} if expires_at else {}))
    assert site.client().post("/auth/revoke", json={"token": token}).status_code == 200
    _until(lambda: least_days * DAY_S < left_s(site, token) <= most_days * DAY_S)


def test_what_somebody_was_signed_in_with_is_remembered_whatever_l2_says(site: Site) -> None:
    token = site.token("ada")
    browser = site.signed_in(token=token)
    site.l2.revoke(token)
    site.l2.forget_calls()
    assert site.client().post("/auth/revoke", json={"token": token}).status_code == 200
    assert site.status(browser) == 401
    assert (site.l2.calls(), left_s(site, token) > 29 * DAY_S) == ([], True)


def test_of_what_no_l2_can_be_asked_about_only_so_much_is_remembered_for_long(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2) as site:
        l2.behave("status", status=500)
        tokens = [f"junk-{number}" for number in range(60)]
        with site.client() as client:
            for token in tokens:
                assert client.post("/auth/revoke", json={"token": token}).status_code == 200
        _until(lambda: len(l2.calls()) == len(tokens))
        _until(lambda: sum(left_s(site, token) > 3600 for token in tokens) <= 16)
        assert all(left_s(site, token) > 3500 for token in tokens)


def left_s(site: Site, token: str) -> float:
    """How long it is remembered yet that a token was revoked."""
    wanted, settings = hash_bytes(token.encode()), site.server.settings
    if settings.redis_url is not None:
        with Redis.from_url(settings.redis_url.get_secret_value()) as server:
            return float(server.pttl(f"artdag:revoked:{wanted}")) / 1000
    with closing(sqlite3.connect(f"file:{settings.state_file}?mode=ro", uri=True)) as connection:
        sql = "SELECT lapses_at FROM tokens WHERE token_hash = ? AND fate = 'revoked'"
        return float(connection.execute(sql, (wanted,)).fetchone()[0]) - time.time()


def test_who_signs_out_has_no_cookie_and_no_session_and_the_token_is_dead_here(site: Site) -> None:
    token = site.token("ada")
    client = site.signed_in(token=token)
    secret = client.cookies["artcelery_session"]
    reply = client.post("/logout", headers=OURS)
    assert (reply.json(), dict(client.cookies)) == ({"signed_out": True}, {})
    assert site.status(site.client(), Cookie=f"artcelery_session={secret}") == 401
    assert site.status(site.client(), **site.bearer(token)) == 401
    assert client.post("/logout", headers=OURS).json() == {"signed_out": False}


def test_a_browser_is_asked_before_it_signs_out_and_shown_the_first_page_then(site: Site) -> None:
    client = site.signed_in("ada")
    html = {"Accept": "text/html"}
    assert "Sign out?" in client.get("/logout", headers=html).text
    assert site.status(client) == 200
    reply = client.post("/logout", headers={**html, **OURS})
    assert (reply.status_code, reply.headers["location"], site.status(client)) == (303, "/", 401)


def test_a_program_that_signs_out_ends_its_token(site: Site) -> None:
    token = site.token("ada")
    assert site.client().post("/logout", headers=site.bearer(token)).json() == {"signed_out": True}
    assert site.status(site.client(), **site.bearer(token)) == 401


def test_a_user_who_signed_out_at_l2_is_signed_out_here_at_once_everywhere(site: Site) -> None:
    browsers = [site.signed_in("bea") for _ in range(4)]
    token, other = site.token("bea"), site.signed_in("cid")
    assert site.status(site.client(), **site.bearer(token)) == 200
    site.l2.revoke_user("bea")
    site.say_signed_out(site.client(), "bea")
    assert [site.status(browser) for browser in browsers] == [401] * 4
    assert site.status(site.client(), **site.bearer(token)) == 401
    assert site.status(other) == 200


def test_l2_may_say_so_before_it_acts(site: Site) -> None:
    browser = site.signed_in("dora")
    site.l2.forget_calls()
    site.say_signed_out(site.client(), "dora")
    assert site.status(browser) == 200
    site.l2.revoke_user("dora")
    _until(lambda: site.status(browser) == 401)
    calls = [call["at"] for call in site.l2.calls()]
    assert len(calls) == 2
    assert calls[1] - calls[0] >= 1.9


def test_then_the_question_of_two_seconds_later_serves_any_session_of_the_user(site: Site) -> None:
    first, second = site.signed_in("dave"), site.signed_in("dave")
    site.say_signed_out(site.client(), "dave")
    assert [site.status(first), site.status(second)] == [200, 200]
    site.l2.revoke_user("dave")
    site.l2.forget_calls()
    _until(lambda: site.status(second) == 401)
    [call] = site.l2.calls()
    verdict = site.sessions.check(secret_id(first.cookies["artcelery_session"]), time.time())
    assert verdict is not None
    assert verdict.suspected_at + 2 <= call["at"] < verdict.suspected_at + 9
    assert site.status(first) == 401


def test_a_flood_of_forged_calls_ends_no_session_and_costs_one_call_to_l2_in_ten_seconds(site: Site) -> None:
    browsers, program, token = [site.signed_in("eve") for _ in range(2)], site.client(), site.token("eve")
    assert site.status(program, **site.bearer(token)) == 200
    site.l2.forget_calls()
    began = time.time()

    def forge(number: int) -> None:
        site.say_signed_out(clients[number % 4], "eve")

    clients = [site.client() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        flood = threads.map(forge, range(1000))
        seen = {site.status(browser) for _ in range(50) for browser in browsers}
        list(flood)
    _until(lambda: time.time() - began > 3 or bool(seen.add(site.status(program, **site.bearer(token)))))
    seen |= {site.status(browser) for browser in browsers}
    calls = len(site.l2.calls())
    assert seen == {200}
    assert 1 <= calls <= 1 + (time.time() - began) // 10


def test_nothing_is_asked_or_kept_of_users_who_are_not_signed_in(site: Site) -> None:
    client, before = site.client(), facts_of(site).splitlines()
    for number in range(50):
        site.say_signed_out(client, f"nobody-{number}")
    assert site.l2.calls() == []
    assert set(facts_of(site).splitlines()) <= set(before)  # what was known of others may have lapsed meanwhile


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"username": "giles", "l2_server": "https://evil.example"}, 400),
        ({"username": "giles", "l2_server": "http://127.0.0.1"}, 400),
        ({"username": "giles", "l2_server": "https://l2.example" * 50}, 422),
        ({"username": "@giles@l2.example", "l2_server": "https://l2.example"}, 422),
        ({"username": "g" * 65, "l2_server": "https://l2.example"}, 422),
        ({"username": "a\x00b", "l2_server": "https://l2.example"}, 422),
        ({"username": ["giles"], "l2_server": "https://l2.example"}, 422),
        ({}, 422),
    ],
)
def test_what_is_no_users_name_at_a_known_l2_is_refused(site: Site, said: dict[str, Any], status: int) -> None:
    assert site.client().post("/auth/revoke-user", json=said).status_code == status
    assert site.l2.calls() == []


def test_no_more_than_a_few_kilobytes_are_read(site: Site) -> None:
    client, long = site.client(), b" " * 10_000
    for path in ("/auth/revoke", "/auth/revoke-user", "/auth/confirm"):
        kind = {"Content-Type": "application/x-www-form-urlencoded" if "confirm" in path else "application/json"}
        whole = client.post(path, content=long, headers=kind)
        pieces = client.post(path, content=iter([long[:5000], long]), headers=kind)
        assert [(reply.status_code, reply.json()["code"]) for reply in (whole, pieces)] == [(413, "too-large")] * 2
    assert client.post("/auth/revoke", json={"token": "t" * 5000}).status_code == 422


def test_a_session_stands_while_l2_cannot_be_asked_and_l2_is_asked_again_later(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2) as site:
        browser = site.signed_in("fay")
        l2.behave("status", status=500)
        site.say_signed_out(site.client(), "fay")
        assert site.status(browser) == 200
        l2.behave()
        l2.revoke_user("fay")
        _until(lambda: site.status(browser) == 401)


def test_the_state_knows_tokens_by_their_hashes(site: Site) -> None:
    token = site.token("gil")
    browser = site.signed_in(token=token)
    assert site.status(browser) == 200
    facts = facts_of(site)
    assert hash_bytes(token.encode()) in facts
    assert token not in facts
    assert browser.cookies["artcelery_session"] not in facts


def test_a_state_that_does_not_answer_lets_nobody_in(l2: ReferenceL2, tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as server, site_with(tmp_path, l2, redis_url=server.url(5)) as site:
        token = site.token()
        browser, program = site.signed_in(), site.client()
        assert [site.status(browser), site.status(program, **site.bearer(token))] == [200, 200]
        server.kill()
        replies: list[httpx.Response] = [
            browser.get("/configs"),
            program.get("/configs", headers=site.bearer(token)),
            program.post("/auth/revoke", json={"token": token}),
        ]
        assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [(503, "unreachable")] * 3


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=\xff", "multipart/form-data", None])
@pytest.mark.parametrize("path", ["/auth/revoke", "/auth/revoke-user", "/auth/confirm"])
def test_what_is_not_even_text_is_refused_as_well(site: Site, path: str, kind: str | None) -> None:
    headers = {"Content-Type": kind.encode("latin-1")} if kind else {}
    reply = site.client().post(path, content=b'\xff\x00{"token": \xed\xa0\x80', headers=headers)
    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"
