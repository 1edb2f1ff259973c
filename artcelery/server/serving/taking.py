"""Clients that take nothing of what is written for them, or a little at a time."""

from __future__ import annotations

import asyncio

__all__ = ["Taking"]


class Taking:
    """Looks how much a client takes while something waits for it; who takes too little is left alone."""

    def __init__(self, transport: asyncio.Transport, every_s: float, min_rate: float) -> None:
        self._transport, self._every_s, self._min_rate = transport, every_s, min_rate
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Something waits: it is looked at again and again."""
        self.end()
        self._left = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._every_s, self._look)

    def end(self) -> None:
        """All is taken."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def hurry(self, every_s: float) -> None:
        """Look more often from now on."""
        self._every_s = min(self._every_s, every_s)
        if self._timer is not None:
            self.begin()

    def _look(self) -> None:
        taken = self._left - self._transport.get_write_buffer_size()
        if taken < max(1, self._min_rate * self._every_s):
            self._transport.abort()
        else:
            self.begin()
