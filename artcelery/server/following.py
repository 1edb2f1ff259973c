"""Runs that clients follow, as server-sent events: each run is read by one reader, however many listen to it."""

from __future__ import annotations

import asyncio
import json
import logging
from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from anyio import CapacityLimiter, to_thread
from fastapi.sse import format_sse_event

from artcelery.core.engine.following import Following, Told
from artcelery.core.errors import ArtceleryError, NotFoundError
from artcelery.core.events import PassFinished, PassProgress, PassStarted, event_data, event_name
from artcelery.core.state.protocol import State

__all__ = ["Followings"]

_POLL_S = 0.1
_TROUBLE_S = 1.0
_QUIET_S = 15.0
_READERS = 8
_AT_ONCE = 8
"""How many listeners hear something before others have their turn: each costs as much as a small request."""


# No blocks of their own: some clients take any block for an event.
_RETRY = b"retry: 1000\n"
_STILL_HERE = b": still here\n"

_log = logging.getLogger(__name__)


class Followings:
    """The runs that clients of this process follow. Readers have threads of their own: no request delays them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._channels: dict[str, _Channel] = {}
        self._threads = CapacityLimiter(_READERS)

    async def stream(self, run_id: str, after: int | None) -> AsyncGenerator[bytes, None]:
        """What happens to a run, after that entry of its journal or from its beginning, until it ends."""
        channel = self._channels.get(run_id)
        if channel is None or channel.ended:
            channel = self._channels[run_id] = _Channel(Following(self._state, run_id), self._threads)
        channel.listeners += 1
        try:
            async for frames in channel.listen(-1 if after is None else after):
                yield frames
        finally:
            channel.listeners -= 1
            if not channel.listeners:
                channel.close()
                if self._channels.get(run_id) is channel:
                    del self._channels[run_id]

    @property
    def readers(self) -> int:
        """How many runs are read now."""
        return len(self._channels)


class _Channel:
    """One run as it is told: a log that everybody reads at their own pace, and where its passes stand now.

    Who reads slowly holds nobody up, and takes no room: of what is only where things stand, just the last is there.
    """

    def __init__(self, following: Following, threads: CapacityLimiter) -> None:
        self.listeners = 0
        self.ended = False
        self._following, self._threads = following, threads
        self._numbers: list[int] = []
        self._frames: list[bytes] = []
        self._standing: dict[str, tuple[int, bytes]] = {}
        self._version = 0
        self._tellings = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._loop = asyncio.get_running_loop()
        self._quiet = self._loop.call_later(_QUIET_S, self._tell)
        self._reader = asyncio.create_task(self._read())

    def close(self) -> None:
        """Read no more."""
        self._reader.cancel()
        self._quiet.cancel()

    async def listen(self, last: int) -> AsyncIterator[bytes]:
        """Frames as they come, from that number on; a comment when there is none for long."""
        seen, head, has_waited = 0, _RETRY, False
        while True:
            telling, ended = self._tellings, self.ended
            place = bisect_right(self._numbers, last)
            frames = [*self._frames[place:], *(frame for at, frame in self._standing.values() if at > seen)]
            seen = self._version
            if frames:
                last = max([last, *self._numbers[-1:]])
                yield head + b"".join(frames)
                head = b""
            elif has_waited and not ended:
                yield _STILL_HERE
            if ended:
                return
            if telling == self._tellings:
                await self._next_telling()
            has_waited = True

    async def _read(self) -> None:
        """Read what happens until the run ends; however this ends, the listeners hear of it."""
        try:
            while not self._following.over:
                await asyncio.sleep(await self._read_once())
        except NotFoundError:
            return  # it was removed
        except Exception:
            _log.exception("following a run went wrong")
        finally:
            self.ended = True
            self._tell()

    async def _read_once(self) -> float:
        """Take in what is new; how long to wait before the next time: at least as long as reading took."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            told = await to_thread.run_sync(self._following.news, limiter=self._threads)
        except NotFoundError:
            raise
        except ArtceleryError:
            return _TROUBLE_S
        if told:
            self._take(told)
            self._tell()
        return 0.0 if self._following.over else max(_POLL_S, clock() - began)

    def _take(self, told: Sequence[Told]) -> None:
        self._version += 1
        for item in told:
            frame = _frame(item)
            if item.number is not None:
                self._numbers.append(item.number)
                self._frames.append(frame)
            if isinstance(item.event, PassProgress):
                self._standing[item.event.node_id] = (self._version, frame)
            elif isinstance(item.event, (PassStarted, PassFinished)):
                self._standing.pop(item.event.node_id, None)

    def _tell(self) -> None:
        """Have all listeners look: there is something new, or nothing was for long."""
        self._tellings += 1
        self._quiet.cancel()
        if not self.ended:
            self._quiet = self._loop.call_later(_QUIET_S, self._tell)
        waiting, self._waiting = self._waiting, []
        self._wake(waiting)

    def _wake(self, waiting: Sequence[asyncio.Future[None]]) -> None:
        for listener in waiting[:_AT_ONCE]:
            if not listener.done():
                listener.set_result(None)
        if rest := waiting[_AT_ONCE:]:
            self._loop.call_soon(self._wake, rest)

    async def _next_telling(self) -> None:
        listener = self._loop.create_future()
        self._waiting.append(listener)
        await listener


def _frame(told: Told) -> bytes:
    data = json.dumps(event_data(told.event), separators=(",", ":"))
    number = None if told.number is None else str(told.number)
    return format_sse_event(data_str=data, event=event_name(told.event), id=number)
