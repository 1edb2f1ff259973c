"""What comes over a connection, handed block by block to what writes and hashes it, while the next block comes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from artcelery.core.errors import UsageError
from artcelery.core.settings import Settings
from artcelery.server.uploads.blocks import Blocks, Use
from artcelery.server.uploads.pace import at_least

__all__ = ["blocks_of", "length_of", "receive"]

_BLOCK_BYTES = 1 << 20
_LARGE_BYTES = 64 << 20
_LARGE_BLOCK_BYTES = 4 << 20  # threads wake each other less; that is a fifth of the time


def length_of(request: Request) -> int | None:
    """How long the body is, None where it does not say; UsageError when it is packed, and so no file of ours."""
    packed = request.headers.get("content-encoding", "identity")
    if packed.strip().lower() not in ("", "identity"):
        raise UsageError(f"the body is packed ({packed}); send the file as it is")
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else None


async def blocks_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; UsageError when the connection ends before it does, 408 when its sender is too slow."""
    settings: Settings = request.app.state.settings
    try:
        async for piece in at_least(request.stream(), settings.min_rate, settings.silence_s):
            yield piece
    except ClientDisconnect as error:
        raise UsageError("the connection was cut before all of the file was there; send it again") from error


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
