"""Submitting from outside: runs are recorded, and the bell rings for what can be begun."""

from __future__ import annotations

from functools import cached_property

from artcelery.core.engine import Engine, Order
from artcelery.core.engine.submitting import Submitted
from artcelery.core.state.records import RunRecord
from artcelery.worker.bell import Bell
from artcelery.worker.making import make_app

__all__ = ["Farm"]


class Farm:
    """The workers that an engine's state knows, and the way to them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, order: Order) -> RunRecord:
        """Record a run for workers to render."""
        return self.ring(self._engine.submit(order))

    def retry(self, run_id: str) -> RunRecord:
        """Begin a run again that failed or was cancelled; only what is missing is rendered."""
        return self.ring(self._engine.retry(run_id))

    def trouble(self) -> str | None:
        """Why a run that is submitted now would wait, as far as that can be told; None when a worker is alive."""
        if any(not worker.stopping for worker in self._engine.state.workers.all()):
            return None
        return "no worker is alive, so it waits; start one with `artcelery worker`, or render here with --sync"

    def ring(self, submitted: Submitted) -> RunRecord:
        """Tell workers what can be begun of a run that was recorded; the run."""
        self._bell.ring(submitted.ready)
        return submitted.run

    @cached_property
    def _bell(self) -> Bell:
        return Bell(make_app(self._engine.settings), self._engine.state)
