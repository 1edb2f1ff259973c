"""Programs, which show a token with each request."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from artcelery.core.hashing import hash_bytes
from tests.server.auth.site import Site, site_with
from tests.server.l2_server import ReferenceL2
from tests.server.running import running_server, server_settings

_TOKEN = "the-operators-token"


def test_the_verdict_on_a_token_is_remembered_for_a_minute_at_most(site: Site) -> None:
    token, client, now = site.token("hal"), site.client(), time.time()
    assert [site.status(client, **site.bearer(token)) for _ in range(5)] == [200] * 5
    assert len(site.l2.calls()) == 1
    verdict = site.sessions.check(hash_bytes(token.encode()), now)
    assert verdict is not None
    assert (verdict.session.user, verdict.session.sealed) == (site.l2.user("hal"), "")
    assert now < verdict.session.expires_at <= time.time() + 60
    assert site.sessions.check(hash_bytes(token.encode()), now + 61) is None


@pytest.mark.parametrize("token", ["unknown", "with a blank", "é", "x" * 5000])
def test_a_token_that_nobody_vouches_for_is_refused(site: Site, token: str) -> None:
    reply = site.client().get("/configs", headers={"Authorization": f"Bearer {token}".encode()})
    assert (reply.status_code, reply.json()["code"]) == (401, "sign-in")
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_token_that_does_not_count_is_not_mended_by_a_cookie_that_does(site: Site) -> None:
    browser = site.signed_in("hal")
    assert site.status(browser, **site.bearer("unknown")) == 401
    assert site.status(browser, Authorization="Basic dXNlcjpwYXNz") == 200


def test_a_token_is_no_cookie(site: Site) -> None:
    token = site.token("hal")
    assert site.status(site.client(), **site.bearer(token)) == 200
    assert site.status(site.client(), Cookie=f"artcelery_session={token}") == 401


def test_the_operators_token_is_never_sent_to_l2(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2, api_token=_TOKEN) as site:
        client = site.client()
        assert site.status(client, **site.bearer(_TOKEN)) == 200
        assert client.post("/logout", headers=site.bearer(_TOKEN)).status_code == 200
        assert l2.calls() == []
        assert site.status(client, **site.bearer(_TOKEN)) == 200
        assert site.status(client, **site.bearer(site.token())) == 200
        assert site.status(client) == 401


def test_a_server_with_an_operators_token_alone_serves_nobody_else(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path, api_token=_TOKEN)) as server, server.client() as client:
        shown = [f"Bearer {_TOKEN}", f"bearer {_TOKEN}", "Bearer wrong", "Bearer", f"Basic {_TOKEN}"]
        replies = [client.get("/configs", headers={"Authorization": value}) for value in shown]
        assert [reply.status_code for reply in (*replies, client.get("/configs"))] == [200, 200, 401, 401, 401, 401]
        assert client.get("/auth", params={"auth_token": "a-token"}).status_code == 401
        assert client.get("/auth/begin").status_code == 400


def test_in_local_mode_everybody_who_reaches_the_server_is_its_operator(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        assert client.get("/configs").status_code == 200
        assert client.post("/auth/revoke", json={"token": "a-token"}).json() == {"revoked": True}
        assert client.post("/auth/revoke-user", json={"username": "a", "l2_server": "https://a.b"}).status_code == 400
        assert client.get("/logout").json() == {"user": None}
