"""Lists of runs that are looked at: what changes is read once for all of them, and each hears it once."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread

from artcelery.core.errors import ArtceleryError
from artcelery.core.state.protocol import State
from artcelery.server.pages.live_reading import Changed, RunsReading

__all__ = ["Heard", "LiveRuns"]

_POLL_S = 0.5
_SPARED = 9
_TROUBLE_S = 2.0
_QUIET_S = 15.0
_KEPT = 2000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What changed up to a position, each run once; None when that is not known, and one has to look anew."""

    position: str
    changed: Sequence[Changed] | None


class LiveRuns:
    """The runs that this process watches, while anybody listens."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._watch: _Watch | None = None
        self._threads = CapacityLimiter(1)

    async def changes(self, after: str | None) -> AsyncGenerator[Heard | None, None]:
        """What changes after a position, without end; None now and then while nothing does."""
        watch = self._watch = self._watch or _Watch(RunsReading(self._state), self._threads)
        watch.listeners += 1
        try:
            async for heard in watch.listen(after):
                yield heard
        finally:
            watch.listeners -= 1
            if not watch.listeners:
                watch.close()
                self._watch = None

    @property
    def is_reading(self) -> bool:
        """Whether runs are read now."""
        return self._watch is not None


class _Watch:
    """One reader and the last changes that it noticed, numbered; a position names both."""

    def __init__(self, reading: RunsReading, threads: CapacityLimiter) -> None:
        self.listeners = 0
        self._reading, self._threads = reading, threads
        self._name = secrets.token_hex(4)
        self._log: deque[Changed] = deque(maxlen=_KEPT)
        self._count = 0
        self._happened = asyncio.Event()
        self._is_ready = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    def close(self) -> None:
        """Read no more."""
        self._reader.cancel()

    async def listen(self, after: str | None) -> AsyncGenerator[Heard | None, None]:
        """What changes after a position; when that is none of this reader's, the first is that one has to look anew."""
        await self._is_ready.wait()
        number = self._number(after)
        if number is None:
            number = self._count
            yield Heard(f"{self._name}.{number}", None)
        while True:
            happened = self._happened
            if number < self._count:
                changed, number = self._since(number), self._count
                yield Heard(f"{self._name}.{number}", changed)
            elif not await _happens(happened):
                yield None

    def _number(self, position: str | None) -> int | None:
        """The number in a position that changes can be told from, None otherwise."""
        name, _, said = (position or "").partition(".")
        if name != self._name or not said.isdecimal():
            return None
        number = int(said)
        return number if self._count - len(self._log) <= number <= self._count else None

    def _since(self, number: int) -> Sequence[Changed] | None:
        """The last change of each run; None for who listens too slowly."""
        first = self._count - len(self._log)
        if number < first:
            return None
        latest = {item.run.id: item for item in list(self._log)[number - first :]}
        return list(latest.values())

    async def _read(self) -> None:
        """Read until nobody listens; what goes wrong is tried again."""
        while True:
            try:
                rest = await self._read_once()
            except ArtceleryError:
                rest = _TROUBLE_S
            except Exception:
                _log.exception("watching runs went wrong")
                rest = _TROUBLE_S
            await asyncio.sleep(rest)

    async def _read_once(self) -> float:
        clock = asyncio.get_running_loop().time
        began = clock()
        news = await to_thread.run_sync(self._reading.news, limiter=self._threads)
        if not self._is_ready.is_set():
            self._is_ready.set()  # what is there at the beginning is no news
        elif news:
            self._log.extend(news)
            self._count += len(news)
            happened, self._happened = self._happened, asyncio.Event()
            happened.set()
        return max(_POLL_S, _SPARED * (clock() - began))


async def _happens(event: asyncio.Event) -> bool:
    """Whether something happens before it has been quiet for long."""
    try:
        async with asyncio.timeout(_QUIET_S):
            await event.wait()
    except TimeoutError:
        return False
    return True
