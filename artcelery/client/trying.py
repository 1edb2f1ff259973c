"""Trying again when a connection broke: with longer pauses each time, as long as there is hope."""

from __future__ import annotations

import time

import httpx

from artcelery.client.http import Http, reason_of
from artcelery.core.errors import ArtceleryError, UnreachableError

__all__ = ["HOPE_S", "Trying"]

HOPE_S = 20.0
"""How long nothing may move: a server that is started again is back by then."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0


class Trying:
    """Counts the time since the first break after which nothing moved; after `hope_s` there is no hope."""

    def __init__(self, http: Http, hope_s: float = HOPE_S) -> None:
        self._http, self._hope_s = http, hope_s
        self.moved()

    def moved(self) -> None:
        """Something moved: hope begins anew."""
        self._broke_at: float | None = None
        self._pause_s = _FIRST_PAUSE_S

    def broke(self, error: Exception, advice: str = "") -> None:
        """Wait a little before the next try; UnreachableError when there was time enough."""
        now = time.monotonic()
        self._broke_at = self._broke_at or now
        if now + self._pause_s - self._broke_at > self._hope_s:
            raise self._lost(error, advice) from error
        time.sleep(self._pause_s)
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)

    def _lost(self, error: Exception, advice: str) -> UnreachableError:
        if isinstance(error, ArtceleryError):
            return UnreachableError(error.message + advice)
        reason = reason_of(error) if isinstance(error, httpx.HTTPError) else str(error)
        return UnreachableError(self._http.unreachable(reason).message + advice)
