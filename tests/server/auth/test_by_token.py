"""Who operates a server signs in in a browser, by saying their token once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.server.auth.site import OURS, Site, cookies_of, site_with, state_of
from tests.server.l2_server import ReferenceL2

TOKEN = "the-operators-own-token"
HTML = {"Accept": "text/html,*/*;q=0.8"}
SESSION = "artcelery_session"
MONTH_S = 30 * 86400

_networks = count(1)


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def one_place(
    one_l2: ReferenceL2, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """A server with a token and no L2, with each kind of state."""
    folder = tmp_path_factory.mktemp("place")
    with state_of(request.param, folder) as state, token_site(folder, one_l2, **state) as site:
        yield site


@pytest.fixture
def place(one_place: Site) -> Iterator[Site]:
    yield one_place
    one_place.close_clients()


@contextmanager
def token_site(folder: Path, l2: ReferenceL2, **given: object) -> Iterator[Site]:
    """A server whose operator has a token; who asks from where is as a proxy on this machine says."""
    alone = {"l2_urls": (), "public_url": None, "api_token": TOKEN, "trusted_proxies": "127.0.0.1"}
    with site_with(folder, l2, **{**alone, **given}) as site:
        yield site


def somewhere() -> dict[str, str]:
    """What the proxy says of a client whom nobody has seen before."""
    number = next(_networks)
    return {"X-Forwarded-For": f"10.1.{number // 256}.{number % 256}"}


def say(client: httpx.Client, token: str = TOKEN, to: str = "", **headers: str) -> httpx.Response:
    """The reply to one who says a token at a page of the server."""
    return client.post("/sign-in", data={"token": token, "to": to}, headers={**HTML, **OURS, **headers})


def signed_in(site: Site) -> httpx.Client:
    """The operator's browser."""
    client = site.client(headers=somewhere())
    assert say(client).status_code == 303
    return client


def test_who_says_the_token_is_the_operator_from_then_on(place: Site) -> None:
    client = place.client(headers=somewhere())
    assert place.status(client) == 401
    reply = say(client)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert [client.get(path, headers=HTML).status_code for path in ("/", "/workers", "/runs", "/media")] == [200] * 4
    assert client.get("/workers").status_code == 200
    page = client.get("/", headers=HTML).text
    assert ">Operator<" in page
    assert 'action="/logout"' in page


def test_the_operator_comes_to_the_page_that_they_wanted(place: Site) -> None:
    client = place.client(headers=somewhere())
    page = client.get("/workers", headers=HTML)
    assert page.status_code == 401
    assert 'href="/sign-in?to=%2Fworkers"' in page.text
    form = client.get("/sign-in", params={"to": "/workers"}, headers=HTML)
    assert '<input type="hidden" name="to" value="/workers">' in form.text
    wrong = say(client, "wrong", "/workers")
    assert '<input type="hidden" name="to" value="/workers">' in wrong.text
    assert say(client, to="/workers").headers["location"] == "/workers"
    for to in ("//evil.example", "https://evil.example", "/logout", "/\\evil.example"):
        assert say(place.client(headers=somewhere()), to=to).headers["location"] == "/", to


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "\ufffd", "x" * 5000])
def test_what_is_not_the_token_signs_nobody_in_and_is_not_repeated(place: Site, token: str) -> None:
    client = place.client(headers=somewhere())
    reply = say(client, token)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert "set-cookie" not in reply.headers
    assert 'aria-invalid="true"' in reply.text
    assert not token or token not in reply.text
    assert place.status(client) == 401


def test_a_token_may_have_blanks_around_it_as_what_is_pasted_has(place: Site) -> None:
    assert say(place.client(headers=somewhere()), f" {TOKEN}\n").status_code == 303


def test_more_than_a_token_is_not_read(place: Site) -> None:
    assert say(place.client(headers=somewhere()), "x" * 9000).status_code == 413


def test_one_address_has_a_few_tries_and_others_are_not_held_up_by_them(place: Site) -> None:
    guesser, other = place.client(headers=somewhere()), place.client(headers=somewhere())
    assert [say(guesser, f"guess-{number}").status_code for number in range(5)] == [401] * 5
    refused = say(guesser)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "in a minute" in refused.text
    assert place.status(guesser) == 401
    assert say(other).status_code == 303
    assert place.status(guesser, **place.bearer(TOKEN)) == 200


@pytest.mark.parametrize("net", ["2001:db8:0:7:{}::1", "::{}", "::ffff:192.0.2.1"])
def test_addresses_of_one_network_are_one(place: Site, net: str) -> None:
    client = place.client()
    replies = [say(client, "guess", **{"X-Forwarded-For": net.format(host)}) for host in range(1, 7)]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]


def test_the_session_has_the_cookie_and_the_end_of_every_other(place: Site) -> None:
    planted = "A" * 43
    client = place.client(headers=somewhere(), cookies={SESSION: planted})
    first = cookies_of(say(client))[SESSION]
    assert {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={MONTH_S - 1}"} <= {
        part.strip() for part in first.split(";")
    }
    second = cookies_of(say(client))[SESSION]
    secrets = [planted, first.partition(";")[0], second.partition(";")[0]]
    assert [place.status(place.client(), Cookie=f"{SESSION}={secret}") for secret in secrets] == [401, 401, 200]
    assert place.status(place.client(), **place.bearer(secrets[-1])) == 401


def test_who_signs_out_is_signed_out_and_nobody_else(place: Site) -> None:
    one, other = signed_in(place), signed_in(place)
    cookie = {"Cookie": f"{SESSION}={one.cookies[SESSION]}"}
    assert one.get("/logout").json() == {"user": ""}
    assert "You are signed in as who operates this server." in one.get("/logout", headers=HTML).text
    assert one.post("/logout", headers=OURS).json() == {"signed_out": True}
    assert (place.status(place.client(), **cookie), place.status(other)) == (401, 200)
    assert say(one).status_code == 303


def test_a_token_that_was_said_once_signs_in_again(place: Site) -> None:
    client = place.client(headers=somewhere())
    assert [say(client).status_code for _ in range(3)] == [303] * 3
    assert place.status(client) == 200


def test_a_form_of_another_site_signs_nobody_in(place: Site) -> None:
    for said in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        reply = place.client(headers=somewhere()).post("/sign-in", data={"token": TOKEN}, headers={**HTML, **said})
        assert reply.status_code == 403
        assert "set-cookie" not in reply.headers


def test_a_stream_of_events_ends_when_the_operator_signs_out(place: Site) -> None:
    client, away = signed_in(place), place.client()
    run = client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]}, headers=OURS).json()["id"]
    cookie = {"Cookie": f"{SESSION}={client.cookies[SESSION]}"}
    with away.stream("GET", f"/runs/{run}/events", headers=cookie) as events:
        told = events.iter_raw()
        assert b"retry: " in next(told)
        client.post("/logout", headers=OURS)
        list(told)  # ends, though the run does not
    assert client.get(f"/runs/{run}", headers=place.bearer(TOKEN)).json()["status"] == "pending"


def test_another_token_ends_the_sessions_of_the_one_before(one_l2: ReferenceL2, tmp_path: Path) -> None:
    with token_site(tmp_path, one_l2) as site:
        cookie = {"Cookie": f"{SESSION}={signed_in(site).cookies[SESSION]}"}
        assert site.status(site.client(), **cookie) == 200
    with token_site(tmp_path, one_l2, api_token="another") as site:
        assert site.status(site.client(), **cookie) == 401
        assert site.client().get("/logout", headers=cookie).json() == {"user": None}
        assert say(site.client()).status_code == 401
    with token_site(tmp_path, one_l2) as site:
        assert site.status(site.client(), **cookie) == 200
    with token_site(tmp_path, one_l2, api_token=None, l2_urls=one_l2.origin, public_url="http://127.0.0.1") as site:
        assert site.status(site.client(), **cookie) == 401


def test_beside_users_of_an_l2_the_operator_signs_in_too(one_l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, one_l2, api_token=TOKEN) as site:
        user, operator = site.signed_in(), site.client()
        page = site.client().get("/workers", headers=HTML).text
        assert f"Sign in with {one_l2.origin.removeprefix('http://')}" in page
        assert 'href="/sign-in?to=%2Fworkers"' in page
        assert say(operator).status_code == 303
        assert (operator.get("/workers").status_code, user.get("/workers").status_code) == (200, 403)
        cookie = user.cookies[SESSION]
        assert say(user).status_code == 303
        assert user.get("/workers").status_code == 200
        assert site.status(site.client(), Cookie=f"{SESSION}={cookie}") == 401


def test_where_there_is_no_token_nobody_signs_in_with_one(site: Site, tmp_path: Path) -> None:
    assert "Sign in with" in (page := site.client().get("/sign-in", headers=HTML).text)
    assert 'name="token"' not in page
    assert say(site.client()).status_code == 400
    with site_with(tmp_path, site.l2, l2_urls=(), public_url=None) as local:
        assert "whoever reaches this server is its operator" in local.client().get("/sign-in", headers=HTML).text
        assert say(local.client()).status_code == 400


def test_the_reply_to_a_wrong_token_is_the_same_whatever_was_right_in_it(place: Site) -> None:
    one, other = (say(place.client(headers=somewhere()), token).text for token in (TOKEN[:-1] + "x", "x" * len(TOKEN)))
    assert one == other
