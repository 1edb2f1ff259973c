"""Clients that say nothing, or a little at a time."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from tests.server.running import RunningServer, running_server, server_settings

_JSON = b"POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
_HALF = {
    "nothing": b"",
    "half a header": b"GET /runs HTTP/1.1\r\nHost: 127",
    "a header after a reply": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /runs HT",
    "half a body": _JSON + b'{"recipe"',
}


def said_to(server: RunningServer, data: bytes) -> bytes:
    """All that a server says until it closes the connection of a client that goes on with a byte a second."""
    address = urlsplit(server.url)
    said, until = b"", time.monotonic() + 60
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(data)
        connection.settimeout(1)
        while time.monotonic() < until:
            try:
                part = connection.recv(1 << 16)
            except TimeoutError:
                if data:
                    connection.sendall(b"a")
                continue
            except OSError:
                return said
            if not part:
                return said
            said += part
    raise AssertionError("the connection is still open")


def test_connections_that_bring_no_request_end_and_one_that_brings_half_is_told_so(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, ThreadPoolExecutor() as pool:
        said = dict(zip(_HALF, pool.map(lambda data: said_to(server, data), _HALF.values()), strict=True))
    assert said["nothing"] == said["half a header"] == b""
    assert said["a header after a reply"].endswith(b'{"status":"ok"}')
    assert said["half a body"].startswith(b"HTTP/1.1 408 ")
