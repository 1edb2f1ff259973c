"""Requests that a proxy could understand otherwise are refused, and nothing behind them is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.server.running import RunningServer, running_server, server_settings

HOST = "Host: 127.0.0.1\r\n"
BEHIND = f"GET /healthz HTTP/1.1\r\n{HOST}\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
END = "0\r\n\r\n"

AMBIGUOUS = {
    "a length and chunks": f"{HOST}Content-Length: 4\r\n{CHUNKED}\r\n{END}",
    "chunks and a length": f"{HOST}{CHUNKED}Content-Length: 4\r\n\r\n{END}",
    "two lengths": f"{HOST}Content-Length: 0\r\nContent-Length: {len(BEHIND)}\r\n\r\n",
    "a length with a sign": f"{HOST}Content-Length: +0\r\n\r\n",
    "a negative length": f"{HOST}Content-Length: -1\r\n\r\n",
    "a length in hexadecimal": f"{HOST}Content-Length: 0x0\r\n\r\n",
    "a length of nothing": f"{HOST}Content-Length: \r\n\r\n",
    "a blank before the colon": f"{HOST}Transfer-Encoding : chunked\r\n\r\n{END}",
    "a blank before the name": f"{HOST} Transfer-Encoding: chunked\r\n\r\n{END}",
    "a line that goes on": f"{HOST}X: one\r\n Transfer-Encoding: chunked\r\n\r\n{END}",
    "chunks that are not last": f"{HOST}Transfer-Encoding: chunked, identity\r\n\r\n{END}",
    "an unknown encoding": f"{HOST}Transfer-Encoding: xchunked\r\n\r\n{END}",
    "an encoding twice": f"{HOST}{CHUNKED}Transfer-Encoding: identity\r\n\r\n{END}",
    "a chunk with a sign": f"{HOST}{CHUNKED}\r\n+1\r\nx\r\n{END}",
    "a chunk in 0x": f"{HOST}{CHUNKED}\r\n0x1\r\nx\r\n{END}",
    "a chunk of too much": f"{HOST}{CHUNKED}\r\n1\r\nxyz\r\n{END}",
    "a huge chunk": f"{HOST}{CHUNKED}\r\n{'f' * 21}\r\nx\r\n{END}",
    "bare line feeds in chunks": f"{HOST}{CHUNKED}\r\n1\nx\n0\n\n",
    "a bare carriage return": f"{HOST}X: one\rTransfer-Encoding: chunked\r\n\r\n{END}",
    "a nul in a value": f"{HOST}X: a\0b\r\n\r\n",
    "a name with a blank": f"{HOST}X Y: a\r\n\r\n",
    "a name of nothing": f"{HOST}: a\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server:
        yield server


def said_to(server: RunningServer, data: bytes) -> bytes:
    """All that is said to somebody who says that, until the connection is closed."""
    said = b""
    with server.connect() as connection:
        connection.sendall(data)
        with suppress(ConnectionResetError):
            while part := connection.recv(1 << 16):
                said += part
    return said


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_what_may_be_understood_in_two_ways_is_refused(server: RunningServer, kind: str) -> None:
    said = said_to(server, f"POST /runs/plan HTTP/1.1\r\n{AMBIGUOUS[kind]}{BEHIND}".encode())
    assert said.startswith(b"HTTP/1.1 4")
    assert said.count(b"HTTP/1.1 ") == said.count(b"HTTP/1.1 4")


def test_requests_one_behind_the_other_are_answered_in_their_order(server: RunningServer) -> None:
    body = "4\r\n{}{}\r\n"
    first = f"POST /runs/plan HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n{CHUNKED}\r\n{body}{END}"
    last = BEHIND.replace(HOST, f"{HOST}Connection: close\r\n")
    said = said_to(server, (first + BEHIND + last).encode())
    assert [said.count(mark) for mark in (b"HTTP/1.1 422", b"HTTP/1.1 200", b'{"status":"ok"}')] == [1, 2, 2]


@pytest.mark.parametrize("size", [600_000, 5_000_000])
@pytest.mark.parametrize("where", ["path", "value", "names"])
def test_a_head_that_is_too_long_is_refused_before_it_ends(server: RunningServer, size: int, where: str) -> None:
    long = "x" * size
    lines = "".join(f"X-{number}: y\r\n" for number in range(size // 8))
    head = {"path": f"/{long} HTTP/1.1\r\n", "value": f"/ HTTP/1.1\r\nX: {long}\r\n", "names": f"/ HTTP/1.1\r\n{lines}"}
    with server.connect() as connection, suppress(ConnectionResetError, BrokenPipeError):
        connection.sendall(f"GET {head[where]}{HOST}".encode())
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400 ")


def test_a_request_that_asks_for_another_protocol_is_answered_in_this_one(server: RunningServer) -> None:
    upgrade = f"{HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    body = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    with server.connect() as connection:
        for _ in range(2):
            connection.sendall(f"POST /runs/plan HTTP/1.1\r\n{upgrade}{body}{BEHIND}".encode())
            said = b""
            while not said.endswith(b'{"status":"ok"}'):
                said += connection.recv(1 << 16)
            assert said.startswith(b"HTTP/1.1 422 ")
            assert b"exactly one of" in said  # its body was read
