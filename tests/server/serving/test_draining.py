"""A server that stops: what was begun is finished, and event streams end as if they were over."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from artcelery.server.serving.patience import Patience
from tests.server.running import RunningServer, running_server, server_settings

HURRIED = Patience(drain_silence_s=0.2)


def make_app(go_on: threading.Event) -> FastAPI:
    app = FastAPI()

    async def forever() -> AsyncIterator[str]:
        while True:
            yield "data: one\n\n"
            await asyncio.sleep(0.01)

    @app.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(forever(), media_type="text/event-stream; charset=utf-8")

    @app.get("/silent")
    async def silent() -> StreamingResponse:
        async def never() -> AsyncIterator[str]:
            yield "data: one\n\n"
            await asyncio.Event().wait()

        return StreamingResponse(never(), media_type="text/event-stream")

    @app.get("/much")
    async def much(kind: str = "video/mp4") -> StreamingResponse:
        async def blocks() -> AsyncIterator[bytes]:
            while True:
                yield bytes(1 << 16)
                await asyncio.sleep(0)

        return StreamingResponse(blocks(), media_type=kind)

    @app.get("/slow")
    def slow() -> str:
        go_on.wait(30)
        return "done"

    return app


def stopped_in_the_middle(server: RunningServer, path: str) -> bytes:
    """All that a stream gives whose server stops after its first event; an error when the stream is cut."""
    with server.client() as client, client.stream("GET", path) as reply:
        chunks = reply.iter_raw()
        first = next(chunks)
        server.stop()
        return first + b"".join(chunks)


@pytest.mark.parametrize("path", ["/events", "/silent"])
def test_an_event_stream_ends_politely(path: str, tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path), app=make_app(threading.Event())) as server:
        given = stopped_in_the_middle(server, path)
    assert given.startswith(b"data: one\n\n")


def test_a_request_that_was_begun_is_finished_and_no_other_is_taken(tmp_path: Path) -> None:
    go_on, replies = threading.Event(), list[httpx.Response]()
    with running_server(server_settings(tmp_path), app=make_app(go_on)) as server, server.client() as client:
        thread = threading.Thread(target=lambda: replies.append(client.get("/slow")))
        thread.start()
        _until_busy(server)
        server.stop()
        _until_refused(server)
        assert not replies
        go_on.set()
        thread.join(30)
    assert [(reply.status_code, reply.text) for reply in replies] == [(200, '"done"')]


def test_a_stream_whose_client_leaves_first_is_left_at_once(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path), app=make_app(threading.Event())) as server:
        with server.client() as client, client.stream("GET", "/events") as reply:
            next(reply.iter_raw())
        _until_idle(server)


@pytest.mark.parametrize("kind", ["video/mp4", "text/event-stream"])
def test_who_takes_nothing_of_a_reply_holds_no_stop_up(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app, path = make_app(threading.Event()), f"/much?kind={kind}"
    with running_server(server_settings(tmp_path), app=app, patience=HURRIED) as server, asked(server, path):
        _until_full(server)
        server.stop()
        _until_idle(server)
    assert caplog.text == ""


def test_who_sends_nothing_of_a_file_holds_no_stop_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    head = b"POST /cache/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
    with running_server(server_settings(tmp_path), patience=HURRIED) as server, server.connect() as connection:
        connection.sendall(head + b"a little")
        _until_busy(server)
        server.stop()
        _until_idle(server)
    assert caplog.text == ""


def test_what_goes_on_for_too_long_is_cut_without_ado(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    go_on = threading.Event()
    patience = Patience(drain_s=0.2)
    with running_server(server_settings(tmp_path), app=make_app(go_on), patience=patience) as server:
        with asked(server, "/slow") as slow, asked(server, "/much") as much:
            while b"\r\n\r\n" not in much.recv(1 << 16):
                pass
            server.stop()
            while _taken(much):
                pass
            assert _taken(slow) == b""
        go_on.set()
    assert caplog.text == ""


def asked(server: RunningServer, path: str) -> socket.socket:
    """A connection on which something was asked for, and of which nothing is read."""
    connection = server.connect()
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return connection


def _taken(connection: socket.socket) -> bytes:
    """The next bytes, none when the connection ended, however it did."""
    try:
        return connection.recv(1 << 16)
    except ConnectionResetError:
        return b""


def _until_full(server: RunningServer) -> None:
    """Until more waits to be taken than the system holds."""
    while not any(connection.flow.write_paused for connection in server.server.server_state.connections):
        threading.Event().wait(0.01)


def _until_idle(server: RunningServer) -> None:
    """Until nothing is answered any more."""
    while server.server.server_state.tasks:
        threading.Event().wait(0.01)


def _until_busy(server: RunningServer) -> None:
    while not server.server.server_state.tasks:
        threading.Event().wait(0.01)


def _until_refused(server: RunningServer) -> None:
    """Until nobody listens any more."""
    while True:
        try:
            with server.client() as client:
                client.get("/events", headers={"Connection": "close"})
        except httpx.ConnectError:
            return
        except httpx.HTTPError:
            continue
