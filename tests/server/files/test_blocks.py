"""Blocks of a body are used in their order, by each use in a thread of its own, and what goes wrong is heard of."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator

import pytest

from artcelery.core.errors import TooLargeError
from artcelery.server.uploads.receiving import receive

MEGABYTE = 1 << 20


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    """The data, as a connection might give it."""
    for at in range(0, len(data), size):
        await asyncio.sleep(0)
        yield data[at : at + size]


@pytest.mark.parametrize("size", [1000, 65_536, MEGABYTE, 3 * MEGABYTE + 1])
@pytest.mark.parametrize("length", [0, 1, MEGABYTE, 7 * MEGABYTE + 77])
def test_each_use_gets_all_bytes_in_their_order(size: int, length: int) -> None:
    data = os.urandom(length)
    found: tuple[list[bytes], list[bytes]] = ([], [])

    def slow(block: memoryview) -> None:
        time.sleep(0.001)
        found[1].append(bytes(block))

    asyncio.run(receive(pieces(data, size), length, lambda block: found[0].append(bytes(block)), slow))
    assert [b"".join(blocks) for blocks in found] == [data, data]
    assert all(len(block) == MEGABYTE for block in found[0][:-1])


def test_what_a_use_raises_is_raised_and_no_more_is_used() -> None:
    used = []

    def failing(block: memoryview) -> None:
        used.append(len(block))
        raise TooLargeError("too large")

    with pytest.raises(TooLargeError, match="too large"):
        asyncio.run(receive(pieces(bytes(20 * MEGABYTE), 65_536), None, failing, len))
    assert len(used) == 1


def test_when_it_ends_nothing_is_used_any_more_also_when_it_was_cancelled() -> None:
    using, may_end = threading.Event(), threading.Event()
    ended = []

    def use(block: memoryview) -> None:
        using.set()
        may_end.wait(30)
        ended.append(len(block))

    async def endless() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield bytes(65_536)

    async def cancelled() -> None:
        task = asyncio.create_task(receive(endless(), None, use))
        await asyncio.to_thread(using.wait, 30)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.01)
        assert not task.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        count = len(ended)
        await asyncio.sleep(0.05)
        assert len(ended) == count > 0

    asyncio.run(cancelled())
