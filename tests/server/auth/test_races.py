"""Sign-ins and revocations at the same time: a revocation wins, wherever in a sign-in it falls."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.server.auth.site import Site
from tests.server.l2_server import ReferenceL2

_SIGN_INS = 250  # of each kind, with each state: a thousand
_THREADS = 16


def _revoke_token(site: Site, client: httpx.Client, token: str, username: str) -> None:
    assert client.post("/auth/revoke", json={"token": token}).status_code == 200


def _sign_out_at_l2(site: Site, client: httpx.Client, token: str, username: str) -> None:
    site.l2.revoke_user(username)
    site.say_signed_out(client, username)


@pytest.mark.parametrize("revoke", [_revoke_token, _sign_out_at_l2])
def test_of_a_thousand_sign_ins_that_are_revoked_meanwhile_none_survives(
    site: Site, l2: ReferenceL2, revoke: Callable[[Site, httpx.Client, str, str], None]
) -> None:
    users = [f"{revoke.__name__}-{number}".replace("_", ".") for number in range(_SIGN_INS)]
    clients = threading.local()
    begun = site.begun().cookies["artcelery_begun"]
    sessions: list[str] = []

    def client() -> httpx.Client:
        if not hasattr(clients, "one"):
            clients.one = site.client()
        return clients.one

    def sign_in(token: str) -> None:
        reply = client().get("/auth", params={"auth_token": token}, headers={"Cookie": f"artcelery_begun={begun}"})
        client().cookies.clear()
        assert reply.status_code in (303, 401), reply.text
        if reply.status_code == 303:
            assert reply.headers["location"] == "/"
            sessions.append(reply.cookies["artcelery_session"])

    order, work = random.Random(5), []
    for place, username in enumerate(users):
        token = site.token(username)
        work.append((place, lambda token=token: sign_in(token)))
        later = place + order.randrange(-_THREADS // 2, 2 * _THREADS)
        work.append((later, lambda token=token, username=username: revoke(site, client(), token, username)))
    work.sort(key=lambda step: step[0])
    with ThreadPoolExecutor(_THREADS) as threads:
        for done in [threads.submit(step) for _, step in work]:
            done.result()
    assert {site.status(client(), Cookie=f"artcelery_session={secret}") for secret in sessions} == {401}
    assert len(sessions) > _SIGN_INS // 10, "the revocations must not all come first"
