"""Blocks of a body on their way from the event loop to the threads that use them, each of which takes them in order.

A thread that has used a block goes on with the next one without asking the loop, which has its hands full with what
comes; it leaves when there is none, so that who sends slowly has no thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from mmap import mmap
from typing import TypeAlias

__all__ = ["Blocks", "Use"]

_MOST_BLOCKS = 3
_MOST_IN_A_ROW = 8

Use: TypeAlias = Callable[[memoryview], None]


class Blocks:
    """A few buffers, which begin at a page: one is filled while others are used."""

    def __init__(self, block_bytes: int, uses: Sequence[Use]) -> None:
        self._block_bytes = block_bytes
        self._loop = asyncio.get_running_loop()
        self._free: asyncio.Queue[_Block] = asyncio.Queue()
        self._made = 0
        self._filling: _Block | None = None
        self._lock = threading.Lock()
        self._lanes = [_Lane(use, self._loop, self._used) for use in uses]
        self._error: BaseException | None = None

    async def add(self, piece: bytes) -> None:
        """Have the next bytes used, sooner or later; what went wrong with those before is raised."""
        rest = memoryview(piece)
        while rest:
            block = self._filling = self._filling or await self._next()
            rest = block.fill(rest)
            if block.is_full:
                self._hand_on()

    async def finish(self) -> None:
        """All that was added is used; what went wrong is raised."""
        self._hand_on()
        while self._made:
            await self._free.get()
            self._made -= 1
        self._raise()

    async def settle(self) -> None:
        """Until no thread uses a block, whoever is in a hurry: the file may be closed only then."""
        self._made -= self._filling is not None
        while self._made:
            with suppress(asyncio.CancelledError):
                await self._free.get()
                self._made -= 1

    async def _next(self) -> _Block:
        if self._free.empty() and self._made < _MOST_BLOCKS:
            block = _Block(self._block_bytes)
            self._made += 1
            return block
        block = await self._free.get()
        if self._error is not None:
            self._free.put_nowait(block)
        self._raise()
        return block

    def _hand_on(self) -> None:
        block, self._filling = self._filling, None
        if block is not None:
            block.users = len(self._lanes)
            for lane in self._lanes:
                lane.put(block)

    def _used(self, block: _Block, error: BaseException | None) -> None:
        """A thread has used a block, which is free when all have."""
        with self._lock:
            self._error = self._error or error
            block.users -= 1
            if block.users:
                return
        block.size = 0
        self._loop.call_soon_threadsafe(self._free.put_nowait, block)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error


class _Block:
    """A buffer, of which `size` bytes are filled, and which so many have yet to use."""

    def __init__(self, block_bytes: int) -> None:
        self._buffer = mmap(-1, block_bytes)
        self.size = 0
        self.users = 0

    @property
    def is_full(self) -> bool:
        """Whether there is no room for more."""
        return self.size == len(self._buffer)

    @property
    def data(self) -> memoryview:
        """What is filled."""
        return memoryview(self._buffer)[: self.size]

    def fill(self, piece: memoryview) -> memoryview:
        """What does not fit any more."""
        count = min(len(piece), len(self._buffer) - self.size)
        self._buffer[self.size : self.size + count] = piece[:count]
        self.size += count
        return piece[count:]


class _Lane:
    """One use of blocks, in their order, in a thread while there are any; after a failure none is used any more."""

    def __init__(
        self, use: Use, loop: asyncio.AbstractEventLoop, used: Callable[[_Block, BaseException | None], None]
    ) -> None:
        self._use, self._loop, self._used = use, loop, used
        self._lock = threading.Lock()
        self._waiting: deque[_Block] = deque()
        self._is_busy = self._has_failed = False

    def put(self, block: _Block) -> None:
        """Have a block used after those that were put before."""
        with self._lock:
            self._waiting.append(block)
            starts, self._is_busy = not self._is_busy, True
        if starts:
            self._start()

    def _start(self) -> None:
        self._loop.run_in_executor(None, self._drain)

    def _drain(self) -> None:
        for _ in range(_MOST_IN_A_ROW):
            block = self._next()
            if block is None:
                return
            error: BaseException | None = None
            if not self._has_failed:
                try:
                    self._use(block.data)
                except BaseException as raised:
                    error, self._has_failed = raised, True
            self._used(block, error)
        self._loop.call_soon_threadsafe(self._start)  # after what others have waiting

    def _next(self) -> _Block | None:
        with self._lock:
            self._is_busy = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None
