"""What the server asks of L2, and how an L2 that misbehaves is borne."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from artcelery.core.errors import SignInError, UnreachableError, UsageError
from artcelery.core.settings import Settings
from artcelery.server.auth.deadlines import Deadline
from artcelery.server.auth.l2 import L2
from artcelery.server.security.origins import Origin
from tests.server.auth.site import site_with
from tests.server.l2_server import ReferenceL2, reference_l2
from tests.services import free_port

_URL = "https://l1.example"
_HASH = "ab" * 32
_MISBEHAVIOURS: dict[str, dict[str, Any]] = {
    "drip": {"mode": "drip"},
    "huge": {"mode": "huge"},
    "error": {"mode": "status", "status": 500},
    "forbidden": {"mode": "status", "status": 403},
    "no JSON": {"mode": "text", "text": "<html>"},
    "too little": {"mode": "text", "text": '{"valid": true}'},
}
_LIMIT_S = 5.0
_LATE_S = 10.0  # of a busy machine


def _settings(*origins: str) -> Settings:
    return Settings(l2_urls=origins, public_url=_URL)


@contextmanager
def _opened(*l2s: ReferenceL2) -> Iterator[L2]:
    with L2(_settings(*(l2.origin for l2 in l2s))) as asked:
        yield asked


@pytest.mark.parametrize("how", _MISBEHAVIOURS)
def test_an_l2_that_misbehaves_is_left_in_time_and_nobody_is_signed_in(l2: ReferenceL2, how: str) -> None:
    token = l2.give("a-token", "giles", _URL)
    l2.behave(**_MISBEHAVIOURS[how])
    memory, began = psutil.Process().memory_info().rss, time.monotonic()
    with _opened(l2) as asked, pytest.raises(UnreachableError, match=r"127\.0\.0\.1"):
        asked.verify(token, asked.origins[0])
    assert time.monotonic() - began < _LIMIT_S + _LATE_S
    assert psutil.Process().memory_info().rss - memory < 32 << 20


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_no_other_host_is_asked(l2: ReferenceL2, status: int) -> None:
    token = l2.give("a-token", "giles", _URL)
    with reference_l2() as elsewhere, _opened(l2) as asked:
        l2.behave("redirect", to=elsewhere.origin, status=status)
        with pytest.raises(UnreachableError, match=str(status)):
            asked.verify(token, asked.origins[0])
        with pytest.raises(UnreachableError, match=str(status)):
            asked.is_published(_HASH)
        assert elsewhere.calls("/") == []


def test_an_l2_that_is_down_or_takes_no_connection_is_unreachable(tmp_path: Path) -> None:
    with L2(_settings(f"http://127.0.0.1:{free_port()}")) as asked, pytest.raises(UnreachableError):
        asked.verify("a-token", asked.origins[0])


def test_no_proxy_of_the_environment_sees_a_token(l2: ReferenceL2, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    token = l2.give("a-token", "giles", _URL)
    with _opened(l2) as asked:
        found = asked.verify(token, asked.origins[0])
    assert found is not None
    assert found.user == l2.user("giles")


def test_l2_is_asked_as_agreed_and_nobody_else_is(l2: ReferenceL2) -> None:
    token = l2.give("a-token", "giles", _URL)
    with _opened(l2) as asked:
        assert asked.verify(token, asked.origins[0]) is not None
        with pytest.raises(SignInError, match=r"does not know https://evil\.example"):
            asked.verify(token, Origin("https", "evil.example", 443))
    [call] = l2.calls("/")
    assert (call["path"], call["token"], call["sent"]) == ("/auth/verify", token, {"l1_server": _URL})


def test_a_token_is_of_the_first_l2_that_knows_it(l2: ReferenceL2) -> None:
    with reference_l2() as other, _opened(l2, other) as asked:
        token = other.give("of-other", "olga", _URL)
        assert asked.find(token, None, Deadline.within(5)).user == other.user("olga")
        assert len(l2.calls()) == 1
        assert asked.find(token, asked.origins[1], Deadline.within(5)).origin == asked.origins[1]
        assert len(l2.calls()) == 1
        l2.behave("slow", seconds=20)
        assert asked.find(token, None, Deadline.within(2)).user == other.user("olga")
        with pytest.raises(UnreachableError):
            asked.find("unknown", None, Deadline.within(2))
        l2.behave()
        with pytest.raises(SignInError):
            asked.find("unknown", None, Deadline.within(5))


def test_a_file_is_published_when_any_l2_has_it(l2: ReferenceL2) -> None:
    with reference_l2() as other, _opened(l2, other) as asked:
        other.publish(_HASH)
        assert asked.is_published(_HASH)
        assert not asked.is_published("cd" * 32)
        assert not asked.is_published("../../auth/verify")
        asked_before = len(l2.calls("/")), len(other.calls("/"))
        assert asked.is_published(_HASH)
        assert (len(l2.calls("/")), len(other.calls("/"))) == asked_before


def test_what_was_just_published_is_seen_within_seconds(l2: ReferenceL2) -> None:
    with _opened(l2) as asked:
        assert not asked.is_published("ef" * 32)
        l2.publish("ef" * 32)
        deadline = time.monotonic() + 20
        while not asked.is_published("ef" * 32):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_what_is_published_is_not_guessed_when_an_l2_cannot_be_asked(l2: ReferenceL2) -> None:
    with reference_l2() as other, _opened(other, l2) as asked:
        l2.behave("status", status=500)
        with pytest.raises(UnreachableError):
            asked.is_published("12" * 32)
        other.publish("34" * 32)
        assert asked.is_published("34" * 32)


def test_without_an_l2_nothing_is_published() -> None:
    with L2(Settings()) as asked:
        assert not asked.is_published(_HASH)


@pytest.mark.parametrize(
    "given",
    [
        {"l2_urls": ("http://l2.example",), "public_url": _URL},
        {"l2_urls": ("https://l2.example/path",), "public_url": _URL},
        {"l2_urls": ("https://user@l2.example",), "public_url": _URL},
        {"l2_urls": ("ftp://l2.example",), "public_url": _URL},
        {"l2_urls": ("l2.example",), "public_url": _URL},
        {"l2_urls": ("https://l2.example",)},
    ],
)
def test_only_https_origins_are_registries_and_only_of_a_server_with_a_public_url(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="l2_urls"):
        L2(Settings(**given))


@pytest.mark.parametrize("how", [{"mode": "slow", "seconds": 20}, {"mode": "huge"}, {"mode": "status", "status": 500}])
def test_a_server_bears_an_l2_that_misbehaves(l2: ReferenceL2, tmp_path: Path, how: dict[str, Any]) -> None:
    with site_with(tmp_path, l2) as site:
        browser, newcomer, token = site.signed_in(), site.begun(), site.token()
        l2.behave(**how)
        began = time.monotonic()
        reply = newcomer.get("/auth", params={"auth_token": token})
        assert (reply.status_code, reply.json()["code"]) == (503, "unreachable")
        assert time.monotonic() - began < _LIMIT_S + _LATE_S
        assert site.status(browser) == 200
        l2.behave()
        assert newcomer.get("/auth", params={"auth_token": token}).headers["location"] == "/"


def test_who_is_signed_in_is_served_while_many_wait_for_a_slow_l2(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2) as site:
        browser, token = site.signed_in(), site.token()
        l2.behave("slow", seconds=20)
        waiting = [site.client() for _ in range(60)]
        with ThreadPoolExecutor(60) as threads:
            refused = [threads.submit(site.status, client, **site.bearer(token)) for client in waiting]
            _until_asked(l2)
            began = time.monotonic()
            assert site.status(browser) == 200
            took_s = time.monotonic() - began
            assert {one.result() for one in refused} == {503}
        assert took_s < _LIMIT_S + _LATE_S


def _until_asked(l2: ReferenceL2) -> None:
    deadline = time.monotonic() + 20
    while len(l2.calls()) < 16:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_asking_from_many_threads_gives_each_its_own_answer(l2: ReferenceL2) -> None:
    tokens = {l2.give(f"token-{name}", name, _URL): l2.user(name) for name in ("a", "b", "c", "d")}
    start = threading.Barrier(8)
    with _opened(l2) as asked, ThreadPoolExecutor(8) as threads:

        def ask(number: int) -> bool:
            start.wait()
            token = list(tokens)[number % 4]
            found = asked.verify(token, asked.origins[0])
            return found is not None and found.user == tokens[token]

        assert all(threads.map(ask, range(8)))


def test_errors_of_l2_say_what_to_do_and_never_the_token(l2: ReferenceL2) -> None:
    l2.behave("status", status=500)
    token = f"secret-{time.monotonic_ns()}"
    with _opened(l2) as asked, pytest.raises(UnreachableError, match="try again") as caught:
        asked.verify(token, asked.origins[0])
    assert token not in str(caught.getrepr(showlocals=False))
