"""Work that may take long, in a few threads of its own: who waits for it takes no thread from other requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

__all__ = ["in_turn"]

_MOST_AT_ONCE = 8
T = TypeVar("T")


async def in_turn(request: Request, work: Callable[..., T], *given: object) -> T:
    """What work on a file comes to: looking into it, drawing it small, keeping it. So much is done at once."""
    state = request.app.state
    if not hasattr(state, "turns"):
        state.turns = CapacityLimiter(_MOST_AT_ONCE)
    return await to_thread.run_sync(lambda: work(*given), limiter=state.turns)
