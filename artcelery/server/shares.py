"""Shares: how much that takes long is done at once for each who asks, and for all; so others need not wait for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, fail_after

from artcelery.core.engine.people import Who
from artcelery.core.errors import UnreachableError

__all__ = ["Shares"]

_OF_ALL = 24
"""Fewer than the threads that serve requests (anyio has 40), so that some are left for what is done at once."""

_OF_EACH = 6
_PATIENCE_S = 60.0


class Shares:
    """The shares of one process. Whoever waits for theirs holds no thread meanwhile."""

    def __init__(self) -> None:
        self._of_all = CapacityLimiter(_OF_ALL)
        self._of_each: WeakValueDictionary[str, CapacityLimiter] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, who: Who) -> AsyncIterator[None]:
        """A place in the share of somebody; UnreachableError when none is free within a minute."""
        own = self._of_each.setdefault(who.user, CapacityLimiter(_OF_EACH))
        async with _place(own), _place(self._of_all):
            yield


@asynccontextmanager
async def _place(share: CapacityLimiter) -> AsyncIterator[None]:
    try:
        with fail_after(_PATIENCE_S):
            await share.acquire()
    except TimeoutError as error:
        raise UnreachableError("too much is asked for at once; try again in a minute") from error
    try:
        yield
    finally:
        share.release()
