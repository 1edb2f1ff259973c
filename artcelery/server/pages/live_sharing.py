"""What many listeners want at the same time is made once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["Shared"]

_Made = TypeVar("_Made")


class Shared(Generic[_Made]):
    """Makes something for all who ask for it before it is begun: nobody is given what is older than their question."""

    def __init__(self, make: Callable[[], Awaitable[_Made]]) -> None:
        self._make = make
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[_Made] | None = None

    async def get(self) -> _Made:
        """What is made next; an error of making it is everybody's who waits for it."""
        if self._next is None:
            self._next = asyncio.create_task(self._made())
            self._next.add_done_callback(_seen)
        return await asyncio.shield(self._next)

    async def _made(self) -> _Made:
        async with self._turn:
            self._next = None
            return await self._make()


def _seen(task: asyncio.Task[_Made]) -> None:
    """An error is no news, though all who waited for it have gone."""
    if not task.cancelled():
        task.exception()
