"""A server that stops: what was begun is finished, and event streams end as if they were over."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from tests.server.running import RunningServer, running_server, server_settings


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
