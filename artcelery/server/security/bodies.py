"""How much a request may send where nobody streams: what is read whole must be small."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

__all__ = ["WHOLE_S", "limit_of", "limited", "says_too_much", "too_large"]

_SIGN_IN_BYTES = 8 << 10
_USUAL_BYTES = 4 << 20
WHOLE_S = 20.0
"""How long a body may take to come that is read whole, at most."""

_STREAMING = ("/cache", "/configs/upload", "/do/media/upload", "/do/order")
"""Rooms that read what is sent piece by piece, and have limits of their own."""


def limit_of(path: str) -> int | None:
    """How many bytes a request to a path may send, None where its route says so."""
    if path.startswith(("/auth", "/logout", "/sign-in")):
        return _SIGN_IN_BYTES
    return None if path.startswith(_STREAMING) else _USUAL_BYTES


def says_too_much(headers: Headers, limit: int) -> bool:
    """Whether a request says beforehand that it sends more."""
    said = headers.get("content-length", "0")
    return not said.isdecimal() or int(said[:20]) > limit


def too_large(limit: int) -> HTTPException:
    """The refusal of a body."""
    return HTTPException(413, f"no more than {limit} bytes are read here; send less")


def limited(receive: Receive, limit: int, within_s: float) -> Receive:
    """What receives a request's body, which raises a 413 when more than that arrives, and a 408 when it takes long."""
    left, until, is_whole = limit, time.monotonic() + within_s, False

    async def receive_limited() -> Message:
        nonlocal left, is_whole
        if is_whole:  # what comes now is that the client has gone
            return await receive()
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, f"the request did not come within {within_s:g} s; send it again") from error
        is_whole = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        if left < 0:
            raise too_large(limit)
        return message

    return receive_limited
