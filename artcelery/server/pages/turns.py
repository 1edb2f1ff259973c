"""How often each who asks may have something made that costs: some at once, then so many a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

from artcelery.core.engine.people import Who
from artcelery.core.errors import QuotaError

__all__ = ["Turns"]

_MOST_KNOWN = 10_000


class Turns:
    """The turns of one process: `burst` at once, of which `per_s` come back each second; the operator's have no end."""

    def __init__(self, burst: int = 60, per_s: float = 1.0) -> None:
        self._burst, self._per_s = burst, per_s
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: Who) -> None:
        """Take a turn; QuotaError when none is left just now."""
        if who.is_operator:
            return
        with self._lock:
            left = self._left_of(who.user)
            if left < 1:
                raise QuotaError("that is faster than pictures can be made here; wait some seconds, then go on")
            self._left[who.user] = (left - 1, time.monotonic())
            self._left.move_to_end(who.user)
            if len(self._left) > _MOST_KNOWN:
                self._left.popitem(last=False)

    def _left_of(self, user: str) -> float:
        left, since = self._left.get(user, (float(self._burst), 0.0))
        return min(float(self._burst), left + (time.monotonic() - since) * self._per_s)
