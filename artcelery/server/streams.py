"""Event streams: how many there are at once, for each who follows and for all of this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from artcelery.core.engine.people import Who
from artcelery.core.errors import QuotaError

__all__ = ["Streams"]

_OF_ALL = 4000
_OF_EACH = 100
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Streams:
    """The event streams of one process. Who operates it is one like all others, but has no bound of their own."""

    def __init__(self, of_all: int = _OF_ALL, of_each: int = _OF_EACH) -> None:
        self._of_all, self._of_each = of_all, of_each
        self._open: Counter[str] = Counter()

    def reply(self, who: Who, told: AsyncGenerator[bytes, None]) -> StreamingResponse:
        """The reply that sends events to somebody as they come; QuotaError before it begins when there are too many."""
        return _EventReply(self, who, told)

    @contextmanager
    def place(self, who: Who) -> Iterator[None]:
        """One stream more, as long as it lasts."""
        self._check(who)
        self._open[who.user] += 1
        try:
            yield
        finally:
            self._open[who.user] -= 1
            self._open += Counter()  # forgets who follows nothing

    @property
    def open(self) -> int:
        """How many there are now."""
        return self._open.total()

    def _check(self, who: Who) -> None:
        own = 0 if who.is_operator else self._open[who.user]
        if own >= self._of_each:
            raise QuotaError(f"you follow {own} streams of events, the most there may be at once; close some of them")
        if self.open >= self._of_all:
            raise QuotaError("too many follow this server just now; try again in a minute, or ask now and then instead")


class _EventReply(StreamingResponse):
    def __init__(self, streams: Streams, who: Who, told: AsyncGenerator[bytes, None]) -> None:
        super().__init__(told, headers=_HEADERS, media_type="text/event-stream")
        self._streams, self._who, self._told = streams, who, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._told):
            with self._streams.place(self._who):
                await super().__call__(scope, receive, send)
