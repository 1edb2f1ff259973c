"""Event streams are bounded: for each who follows, and for all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import Response

from artcelery.core.engine.people import OPERATOR
from artcelery.server.problems import add_problems
from artcelery.server.streams import Streams
from tests.server.auth.site import Site
from tests.server.files.people import new_picture
from tests.server.running import RunningServer, running_server, server_settings
from tests.worker.farm import until

MOST = 100


def followed(server: RunningServer, path: str, token: str = "") -> socket.socket:
    """A stream, from when it tells."""
    connection = server.connect()
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def test_a_user_follows_so_many_at_once_and_others_as_before(site: Site) -> None:
    token, client, streams = site.token("dora"), site.client(), site.server.services.streams
    headers = site.bearer(token)
    sent = client.post("/cache/upload", content=new_picture(), headers=headers).json()["content_hash"]
    run = client.post("/runs", json={"recipe": "dog", "inputs": [sent]}, headers=headers).json()["id"]
    path = f"/runs/{run}/events"
    with ExitStack() as opened:
        held = [opened.enter_context(followed(site.server, path, token)) for _ in range(MOST)]
        refused = client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "quota", "30")
        assert refused.json()["detail"].startswith(f"you follow {MOST} streams of events")
        assert client.get("/runs", headers=headers).status_code == 200
        followed(site.server, "/runs/live", site.token("emil")).close()
        held[0].close()
        until(lambda: streams.open == MOST - 1, "it ends")
        followed(site.server, path, token).close()
    until(lambda: streams.open == 0, "nobody follows")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[RunningServer]:
    """A server on which two may follow at once."""
    app, streams = FastAPI(), Streams(of_all=2)
    app.state.settings = settings = server_settings(tmp_path)
    add_problems(app)

    async def never() -> AsyncGenerator[bytes, None]:
        yield b": here\n"
        await asyncio.Event().wait()

    @app.get("/events")
    async def events() -> Response:
        return streams.reply(OPERATOR, never())

    with running_server(settings, app=app) as server:
        yield server


def test_no_more_follow_than_a_process_bears(small: RunningServer) -> None:
    with small.client() as client, followed(small, "/events"), followed(small, "/events"):
        refused = client.get("/events")
        assert (refused.status_code, refused.json()["code"]) == (429, "quota")
        assert "too many follow this server" in refused.json()["detail"]
