"""Requests that take long: who asked may have been signed out meanwhile."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from artcelery.core.engine.people import Who
from artcelery.core.errors import SignInError, UnreachableError
from artcelery.server.auth.asking import who_asks
from artcelery.server.services import Services

__all__ = ["Standing"]

_AGAIN_S = 5.0
_ENDED = "you were signed out meanwhile; sign in again"


class Standing:
    """Whether the sign-in still counts with which a request began."""

    def __init__(self, request: Request, services: Services, who: Who) -> None:
        self._request, self._services, self._who = request, services, who
        self._asked_at = time.monotonic()

    async def check(self) -> None:
        """SignInError when it does not."""
        self._asked_at = time.monotonic()
        if await run_in_threadpool(who_asks, self._request, self._services) != self._who:
            raise SignInError(_ENDED)

    async def sending(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """What comes in a body, while the sign-in counts; SignInError when it does not, at its end at the latest."""
        async for block in body:
            if self._is_due():
                await self.check()
            yield block
        await self.check()

    async def hearing(self, stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """What a stream tells, until the sign-in ends."""
        async with aclosing(stream):
            async for told in stream:
                if self._is_due() and not await self._counts():
                    return
                yield told

    def _is_due(self) -> bool:
        return time.monotonic() - self._asked_at >= _AGAIN_S

    async def _counts(self) -> bool:
        """Whether it counts, as far as can be found out: what cannot be asked tells nothing new either."""
        try:
            await self.check()
        except SignInError:
            return False
        except UnreachableError:
            return True
        return True
