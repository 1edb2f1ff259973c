"""Looking for runs whose process is gone, not more often than is worth its while."""

from __future__ import annotations

import time

from artcelery.core.runs import sweep_dead
from artcelery.core.state.protocol import Runs

__all__ = ["Sweeping"]

_PAUSE_S = 1.0


class Sweeping:
    """Marks runs whose process is gone as failed, at most once a second, however often it is called."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._due_at = 0.0

    def __call__(self) -> None:
        if time.monotonic() >= self._due_at:
            sweep_dead(self._runs)
            self._due_at = time.monotonic() + _PAUSE_S
