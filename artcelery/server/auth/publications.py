"""What was found published, or not, a moment ago."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

__all__ = ["Publications"]

_PUBLISHED_S = 60.0
_NOT_YET_S = 5.0  # what was just published is to be seen, and not to be deleted
_MOST = 10_000


class Publications:
    """Verdicts by content hash, for a minute at most; the oldest are forgotten when there are many."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, tuple[bool, float]] = OrderedDict()
        self._lock = Lock()

    def get(self, content_hash: str) -> bool | None:
        """Whether a file was published, None when that is not known (any more)."""
        with self._lock:
            published, until = self._until.get(content_hash, (False, 0.0))
        return published if time.monotonic() < until else None

    def put(self, content_hash: str, published: bool) -> None:
        """Remember a verdict."""
        until = time.monotonic() + (_PUBLISHED_S if published else _NOT_YET_S)
        with self._lock:
            self._until[content_hash] = (published, until)
            self._until.move_to_end(content_hash)
            if len(self._until) > _MOST:
                self._until.popitem(last=False)
