"""A server whose users sign in with the reference L2, as the tests of this folder use it."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import redis

from artcelery.core.state.protocol import Sessions
from tests.server.l2_server import ReferenceL2
from tests.server.running import RunningServer, running_server, server_settings
from tests.services import free_port, redis_server

__all__ = ["OURS", "Site", "code_in", "cookies_of", "facts_of", "site_with", "state_of"]

OURS = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says when its user follows a link of the server's own pages."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Site:
    """A running server, and the L2 that it knows."""

    server: RunningServer
    l2: ReferenceL2
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **given: Any) -> httpx.Client:
        """A browser or a program that nobody is signed in with; it is closed with the test."""
        self.clients.append(self.server.client(**{"verify": False, **given}))
        return self.clients[-1]

    def close_clients(self) -> None:
        """Close all of them."""
        while self.clients:
            self.clients.pop().close()

    @property
    def url(self) -> str:
        """Its public URL."""
        return self.server.url

    @property
    def sessions(self) -> Sessions:
        """What its state knows of who is signed in."""
        return self.server.services.engine.state.sessions

    def token(self, username: str = "giles", **given: Any) -> str:
        """A new token of a user."""
        return self.l2.give(f"token-{next(_numbers)}-of-{username}", username, **{"scope": self.url, **given})

    def begun(self, **given: Any) -> httpx.Client:
        """A browser that this server has sent to L2."""
        client = self.client(**given)
        reply = client.get("/auth/begin", headers=OURS)
        assert reply.headers["location"].startswith(f"{self.l2.origin}/auth/login?l1_server="), reply.text
        return client

    def signed_in(self, username: str = "giles", token: str | None = None) -> httpx.Client:
        """A browser whose user is signed in."""
        client = self.begun()
        reply = client.get("/auth", params={"auth_token": token or self.token(username)})
        assert (reply.status_code, reply.headers["location"]) == (303, "/"), reply.text
        return client

    def status(self, client: httpx.Client, **headers: str) -> int:
        """What somebody gets who asks for what is theirs: 200, or the status of the refusal."""
        return client.get("/configs", headers=headers).status_code

    def name(self, client: httpx.Client) -> str | None:
        """Who a browser's user is for the server, None when nobody is signed in."""
        said: str | None = client.get("/logout").json()["user"]
        return said

    def bearer(self, token: str) -> dict[str, str]:
        """The header with which a program shows a token."""
        return {"Authorization": f"Bearer {token}"}

    def say_signed_out(self, client: httpx.Client, username: str = "giles") -> None:
        """Say, as L2 does or anybody else may, that a user signed out."""
        reply = client.post("/auth/revoke-user", json={"username": username, "l2_server": self.l2.origin})
        assert (reply.status_code, reply.json()) == (200, {"received": True}), reply.text


def code_in(page: str) -> str:
    """The code of the form in a page that asks."""
    found = re.search(r'name="code" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def cookies_of(reply: httpx.Response) -> dict[str, str]:
    """The cookies that a reply sets, by name, each with all that is said of it."""
    found = (line.partition("=") for line in reply.headers.get_list("set-cookie"))
    return {name: rest for name, _, rest in found}


def facts_of(site: Site) -> str:
    """All that the state holds, as text."""
    settings = site.server.settings
    if settings.redis_url is None:
        with sqlite3.connect(f"file:{settings.state_file}?mode=ro", uri=True) as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        return dump
    with redis.Redis.from_url(settings.redis_url.get_secret_value()) as server:
        return "\n".join(sorted(f"{key!r} {_value(server, key)!r}" for key in server.scan_iter()))


def _value(server: redis.Redis, key: bytes) -> Any:
    read: dict[bytes, Callable[[Any], Any]] = {
        b"string": server.get,
        b"hash": server.hgetall,
        b"set": lambda key: sorted(server.smembers(key)),
        b"zset": lambda key: server.zrange(key, 0, -1, withscores=True),
    }
    return read[server.type(key)](key)


@contextmanager
def state_of(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """The settings of a state of that kind: "sqlite" or "redis"."""
    if kind == "sqlite":
        yield {}
        return
    with redis_server(folder / "redis") as server:
        yield {"redis_url": server.url(5)}


@contextmanager
def site_with(folder: Path, l2: ReferenceL2, **given: Any) -> Iterator[Site]:
    """A server in federated mode, with more settings."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = server_settings(folder, **{"public_url": url, "l2_urls": l2.origin, **given})
    with running_server(settings, port=port) as server:
        site = Site(server, l2)
        try:
            yield site
        finally:
            site.close_clients()
