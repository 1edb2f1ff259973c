"""How fast the sender of a body is: one who says nothing, or drips, is waited for so long and then no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException

__all__ = ["at_least"]


async def at_least(body: AsyncIterator[bytes], min_rate: float, silence_s: float) -> AsyncIterator[bytes]:
    """What comes, while so many bytes a second do, on average over `silence_s` of waiting for them; 408 else.

    Only the waiting counts: what is done with a piece takes no time of its sender's.
    """
    waited_s, came = 0.0, 0
    while True:
        began = time.monotonic()
        piece = await _within(silence_s, body)
        if not piece:
            return
        waited_s, came = waited_s + time.monotonic() - began, came + len(piece)
        if waited_s >= silence_s:
            if came < min_rate * waited_s:
                raise _too_slow(f"less than {min_rate:g} bytes a second came")
            waited_s, came = 0.0, 0
        yield piece


async def _within(silence_s: float, body: AsyncIterator[bytes]) -> bytes:
    """The next piece, empty at the end."""
    try:
        async with asyncio.timeout(silence_s):
            return await anext(body, b"")
    except TimeoutError as error:
        raise _too_slow(f"nothing came for {silence_s:g} s") from error


def _too_slow(what: str) -> HTTPException:
    return HTTPException(408, f"{what}; send the file again", {"Connection": "close"})
