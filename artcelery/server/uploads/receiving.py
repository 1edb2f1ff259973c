"""What comes over a connection, handed block by block to what writes and hashes it, while the next block comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from mmap import mmap

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from artcelery.core.errors import UsageError

__all__ = ["blocks_of", "length_of", "receive"]

_BLOCK_BYTES = 1 << 20
_LARGE_BYTES = 64 << 20
_LARGE_BLOCK_BYTES = 4 << 20  # threads wake each other less; that is a fifth of the time
_SILENCE_S = 60.0

Use = Callable[[memoryview], None]


def length_of(request: Request) -> int | None:
    """How long the body is, None where it does not say; UsageError when it is packed, and so no file of ours."""
    packed = request.headers.get("content-encoding", "identity")
    if packed.strip().lower() not in ("", "identity"):
        raise UsageError(f"the body is packed ({packed}); send the file as it is")
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else None


async def blocks_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; UsageError when the connection ends before it does, 408 when nothing comes for a minute."""
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(_SILENCE_S):
                block = await anext(stream, b"")
            if not block:
                return
            yield block
    except ClientDisconnect as error:
        raise UsageError("the connection was cut before all of the file was there; send it again") from error
    except TimeoutError as error:
        raise HTTPException(408, f"nothing came for {_SILENCE_S:.0f} s; send the file again") from error


async def receive(body: AsyncIterator[bytes], about_bytes: int | None, *uses: Use) -> None:
    """Have all that comes used, each block by each of `uses` in a thread of its own; what they raise is raised here."""
    is_large = about_bytes is not None and about_bytes >= _LARGE_BYTES
    blocks = _Blocks(_LARGE_BLOCK_BYTES if is_large else _BLOCK_BYTES, uses)
    try:
        async for piece in body:
            rest = memoryview(piece)
            while rest := blocks.fill(rest):
                await blocks.use()
            if blocks.is_full:
                await blocks.use()
        await blocks.use()
        await blocks.wait()
    finally:
        await blocks.settle()


class _Blocks:
    """Two buffers, which begin at a page: one is filled while the other is used."""

    def __init__(self, block_bytes: int, uses: tuple[Use, ...]) -> None:
        self._uses = uses
        self._filling, self._using = mmap(-1, block_bytes), mmap(-1, block_bytes)
        self._size = 0
        self._at_work: asyncio.Future[list[BaseException | None]] | None = None

    @property
    def is_full(self) -> bool:
        """Whether there is no room for more."""
        return self._size == len(self._filling)

    def fill(self, piece: memoryview) -> memoryview:
        """What does not fit any more."""
        count = min(len(piece), len(self._filling) - self._size)
        self._filling[self._size : self._size + count] = piece[:count]
        self._size += count
        return piece[count:]

    async def use(self) -> None:
        """Have what was filled used, as soon as the block before it is."""
        await self.wait()
        if not self._size:
            return
        loop, block = asyncio.get_running_loop(), memoryview(self._filling)[: self._size]
        at_work = [loop.run_in_executor(None, use, block) for use in self._uses]
        self._at_work = asyncio.gather(*at_work, return_exceptions=True)
        self._filling, self._using, self._size = self._using, self._filling, 0

    async def wait(self) -> None:
        """Until nothing uses a block; what went wrong with it is raised."""
        if self._at_work is None:
            return
        results = await asyncio.shield(self._at_work)
        self._at_work = None
        for result in results:
            if result is not None:
                raise result

    async def settle(self) -> None:
        """Until nothing uses a block, whoever is in a hurry: the file may be closed only then."""
        while self._at_work is not None and not self._at_work.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(self._at_work)
