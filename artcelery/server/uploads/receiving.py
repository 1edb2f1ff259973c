"""What comes over a connection, handed block by block to what writes and hashes it, while the next block comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from artcelery.core.errors import UsageError
from artcelery.server.uploads.blocks import Blocks, Use

__all__ = ["blocks_of", "length_of", "receive"]

_BLOCK_BYTES = 1 << 20
_LARGE_BYTES = 64 << 20
_LARGE_BLOCK_BYTES = 4 << 20  # threads wake each other less; that is a fifth of the time
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


async def receive(body: AsyncIterator[bytes], about_bytes: int | None, *uses: Use) -> None:
    """Have all that comes used, each block by each of `uses` in a thread of its own; what they raise is raised here."""
    is_large = about_bytes is not None and about_bytes >= _LARGE_BYTES
    blocks = Blocks(_LARGE_BLOCK_BYTES if is_large else _BLOCK_BYTES, uses)
    try:
        async for piece in body:
            await blocks.add(piece)
        await blocks.finish()
    finally:
        await blocks.settle()
