"""What comes over a connection, handed block by block to what writes it, while the next block comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from artcelery.core.errors import UsageError

__all__ = ["blocks_of", "length_of", "receive"]

_BLOCK_BYTES = 1 << 20
_SILENCE_S = 60.0


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


async def receive(blocks: AsyncIterator[bytes], write: Callable[[bytes], None]) -> None:
    """Write all that comes, in a thread, about a megabyte at a time; what `write` raises is raised here."""
    loop = asyncio.get_running_loop()
    writing: asyncio.Future[None] | None = None
    parts: list[bytes] = []
    size = 0
    try:
        async for block in blocks:
            parts.append(block)
            size += len(block)
            if size >= _BLOCK_BYTES:
                if writing is not None:
                    await writing
                writing = loop.run_in_executor(None, write, b"".join(parts))
                parts, size = [], 0
    finally:
        if writing is not None:
            await asyncio.shield(writing)
    if parts:
        await loop.run_in_executor(None, write, b"".join(parts))
