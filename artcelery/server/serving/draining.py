"""Event streams of a server that stops."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Draining"]

_EVENTS = b"text/event-stream"
_GONE: Message = {"type": "http.disconnect"}


class Draining:
    """An application whose event streams end when its server stops; their clients ask again, of whoever serves then.

    All other requests are finished: a server waits for them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._begun = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """End the streams there are, and any that begin now; may be called by signal handlers and other threads."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begun.set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            self._loop = asyncio.get_running_loop()
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, self._begun)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            if not self._begun.is_set():
                raise
            return  # it took too long; that is no error of the application
        await exchange.finish()


class _Exchange:
    """One request and its reply; to the application, a stream that is to end looks like one whose client has gone."""

    def __init__(self, receive: Receive, send: Send, stopping: asyncio.Event) -> None:
        self._receive, self._send, self._stopping = receive, send, stopping
        self._streaming = asyncio.Event()
        self._is_read = self._is_over = False

    async def receive(self) -> Message:
        if self._is_read:
            return await self._left()
        message = await self._receive()
        self._is_read = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if any(name == b"content-type" and _EVENTS in value for name, value in message["headers"]):
                self._streaming.set()
        elif message["type"] == "http.response.body":
            self._is_over = not message.get("more_body", False)
        await self._send(message)

    async def finish(self) -> None:
        """Say that a stream is over, where its application stopped in the middle."""
        if self._is_ended() and not self._is_over:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _is_ended(self) -> bool:
        return self._streaming.is_set() and self._stopping.is_set()

    async def _left(self) -> Message:
        """What comes after a request: its client has gone; or, of a stream, the server stops."""
        if self._is_ended():
            return _GONE
        gone, ended = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._ends())
        try:
            await asyncio.wait((gone, ended), return_when=asyncio.FIRST_COMPLETED)
            return gone.result() if gone.done() else _GONE
        finally:
            gone.cancel()
            ended.cancel()

    async def _ends(self) -> None:
        await self._streaming.wait()
        await self._stopping.wait()
