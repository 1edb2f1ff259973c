"""The sample of nginx before a server: files, events, uploads, who asks, and what is logged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.media_files import make_still, picture_array
from tests.server.running import RunningServer, running_server, server_settings
from tests.server.serving.nginx import nginx_before
from tests.services import free_port
from tests.worker.farm import until


@dataclass(frozen=True)
class Front:
    server: RunningServer
    log: Path
    url: str

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False)


@contextmanager
def front(folder: Path, **given: object) -> Iterator[Front]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    proxied = {"public_url": url, "trusted_proxies": "127.0.0.1", "accel_redirect": "/_cache/", **given}
    settings = server_settings(folder, **proxied)
    with (
        running_server(settings) as server,
        nginx_before(server.url, port, settings.cache, folder / "nginx") as log,
    ):
        yield Front(server, log, url)


def a_picture(folder: Path) -> Path:
    path = folder / "wide.png"
    make_still(path, picture_array(320, 180))
    return path


def test_a_file_is_sent_by_nginx_with_the_headers_of_the_server(tmp_path: Path) -> None:
    with front(tmp_path) as made, made.client() as client, made.server.client() as beside:
        path = a_picture(tmp_path)
        digest = hashlib.sha3_256(path.read_bytes()).hexdigest()
        sent = client.post("/cache/upload", params={"name": "wide.png"}, content=path.read_bytes())
        assert sent.status_code == 201, sent.text
        own = beside.get(f"/cache/{digest}")
        assert own.headers["X-Accel-Redirect"] == f"/_cache/{digest[:2]}/{digest}"
        reply = client.get(f"/cache/{digest}")
        assert reply.content == path.read_bytes()
        assert "X-Accel-Redirect" not in reply.headers
        for name in (
            *("Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options"),
            *("Cache-Control", "Vary", "Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Frame-Options"),
        ):
            assert reply.headers[name] == own.headers[name], name
        part = client.get(f"/cache/{digest}", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, path.read_bytes()[10:20])
        assert client.get(f"/cache/{digest}", headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/_cache/", "/_cache/../home/state.db", "/metrics"])
def test_what_is_inside_stays_inside(path: str, tmp_path: Path) -> None:
    with front(tmp_path) as made, made.client() as client:
        assert client.get(path).status_code == 404


def test_events_come_through_as_they_happen(tmp_path: Path) -> None:
    with front(tmp_path) as made, made.client() as client:
        started = client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]})
        assert started.status_code == 202, started.text
        with client.stream("GET", f"/runs/{started.json()['id']}/events") as reply:
            assert reply.headers["Content-Type"].startswith("text/event-stream")
            lines = reply.iter_lines()
            assert next(lines)  # nobody renders it: nothing follows that would push this one out of a buffer
            made.server.stop()
            assert list(lines)[-1] == ""


def test_a_token_in_a_url_is_in_no_log(tmp_path: Path) -> None:
    canary = "CANARY" + os.urandom(8).hex()
    with front(tmp_path) as made:
        with made.client() as client:
            client.get("/auth", params={"auth_token": canary})
            client.get("/healthz")
        made.server.stop()
        with made.client() as client:
            until(
                lambda: client.get("/auth", params={"auth_token": canary}).status_code == 502, "nginx finds no server"
            )
        logged = "".join(path.read_text() for path in made.log.parent.glob("*.log"))
    assert '"GET /healthz HTTP/1.1" 200' in logged
    assert '"GET /auth HTTP/1.1"' in logged
    assert canary not in logged
