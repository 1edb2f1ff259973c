"""A token in a URL or a form leaves no trace: not in logs, replies, the state, or what a crash prints."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import redis

from tests.server.auth.site import OURS, code_in
from tests.server.l2_server import ReferenceL2
from tests.services import free_port, redis_server

_CANARY = "canary-4f1c9f0e_token"
_CRASH = """\
import faulthandler, sys
faulthandler.enable()
from artcelery.cli.app import main
main()
"""


@contextmanager
def _serving(folder: Path, l2: ReferenceL2, port: int, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """`artcelery serve` as an operator runs it who wants to know everything, its output in a file."""
    given = {
        "ARTCELERY_HOME": str(folder / "home"),
        "ARTCELERY_L2_URLS": l2.origin,
        "ARTCELERY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ARTCELERY_API_TOKEN": f"{_CANARY}-of-the-operator",
        "ARTCELERY_LOG_LEVEL": "DEBUG",
        **environ,
    }
    command = [sys.executable, "-c", _CRASH, "serve", "--port", str(port), "--no-worker", "--access-log"]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **given}, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def _until_it_answers(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            client.get("/healthz")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server does not start")


def _use_tokens(client: httpx.Client, l2: ReferenceL2, scope: str) -> list[httpx.Response]:
    """Sign in in every way and fail to; the replies."""
    for number in range(4):
        l2.give(f"{_CANARY}{number}", "giles", scope)
    html = {"Accept": "text/html"}
    page = f"/auth?auth_token={_CANARY}"
    replies = [client.get(f"{page}0"), client.get("/auth/confirm")]
    code = code_in(replies[-1].text)
    replies += [
        client.post("/auth/confirm", data={"code": code}, headers=OURS),
        client.get("/auth/begin", headers=OURS),
        client.get(f"{page}1"),
        client.get(f"{page}1"),
        client.get(f"{page}1", headers=html),
        client.get(f"{page}-unknown", headers=html),
        client.get(f"/auth/?auth_token={_CANARY}2"),
        client.get(f"/AUTH?auth_token={_CANARY}2"),
        client.head(f"{page}2"),
        client.post(f"{page}2", headers=OURS),
        client.get(f"{page}2", headers={"Host": "evil.example"}),
        client.get(f"{page}{'x' * 5000}"),
        client.get("/auth", params={"auth_token": f"{_CANARY}\n"}),
        client.get("/configs", headers={"Authorization": f"Bearer {_CANARY}3"}),
        client.get("/configs", headers={"Authorization": f"Bearer {_CANARY}-unknown"}),
        client.post("/auth/revoke", json={"token": f"{_CANARY}3"}),
        client.post("/auth/revoke", json={"token": f"{_CANARY}3", "username": [_CANARY]}),
        client.post("/auth/revoke", json={"token": [_CANARY]}),
        client.post("/sign-in", data={"token": f"{_CANARY}-unknown"}, headers={**html, **OURS}),
        client.post("/sign-in", data={"token": _CANARY + "x" * 9000}, headers={**html, **OURS}),
        client.post("/sign-in", data={"token": f"{_CANARY}-of-the-operator", "to": "/runs"}, headers=OURS),
        client.get("/workers", headers=html),
    ]
    assert [reply.status_code for reply in replies[-4:]] == [401, 413, 303, 200]
    l2.behave("status", status=500)
    replies += [client.get(f"{page}-later"), client.get(f"{page}-later", headers=html)]
    return replies


def _shapes() -> list[bytes]:
    raw = _CANARY.encode()
    inner = base64.b64encode(raw)[4:-4]  # what stands there wherever a longer text is encoded, one time in three
    return [raw, quote(_CANARY).encode(), inner, raw.hex().encode()]


def _hits(*places: bytes) -> int:
    return sum(place.count(shape) for place in places for shape in _shapes())


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def _said(replies: list[httpx.Response]) -> list[bytes]:
    return [repr(reply.headers.multi_items()).encode() + reply.content for reply in replies]


@pytest.mark.parametrize("state", ["sqlite", "redis"])
def test_a_token_that_was_used_is_found_nowhere_afterwards(l2: ReferenceL2, tmp_path: Path, state: str) -> None:
    if state == "sqlite":
        _look_everywhere(l2, tmp_path, [])
        return
    with redis_server(tmp_path / "redis", appendonly=True) as server, redis.Redis.from_url(server.url(5)) as database:
        _look_everywhere(l2, tmp_path, [database], ARTCELERY_REDIS_URL=server.url(5))


def _look_everywhere(l2: ReferenceL2, folder: Path, databases: list[redis.Redis], **environ: str) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with _serving(folder, l2, port, **environ) as process, httpx.Client(base_url=url, trust_env=False) as client:
        _until_it_answers(client, process)
        replies = _use_tokens(client, l2, url)
        dumps = [database.dump(key) or b"" for database in databases for key in database.scan_iter()]
        process.send_signal(signal.SIGABRT)
        process.wait(20)
    output = (folder / "output").read_bytes()
    assert b'"GET /auth HTTP/1.1" 303' in output
    assert b"Fatal Python error: Aborted" in output
    assert [reply.status_code for reply in replies[:5]] == [303, 200, 303, 303, 303]
    assert all(reply.headers["cache-control"] == "no-store" for reply in replies if reply.url.path == "/auth")
    assert all(reply.headers["referrer-policy"] == "no-referrer" for reply in replies if reply.url.path == "/auth")
    assert _hits(*_said(replies), *_files(folder), *dumps) == 0
