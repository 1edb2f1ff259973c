"""What a child of the pool does with a call: it performs the pass, and rings for what can be begun then."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.utils.log import get_task_logger

from artcelery.core.engine.holding import STOPS
from artcelery.core.errors import StateError, UnreachableError
from artcelery.core.settings import Settings
from artcelery.worker.abilities import lacking, memory_bytes
from artcelery.worker.children import busy
from artcelery.worker.message import not_understood
from artcelery.worker.stopping import stopping

if TYPE_CHECKING:
    from artcelery.core.engine import Engine
    from artcelery.core.engine.performing import Performer
    from artcelery.worker.bell import Bell

__all__ = ["Performing"]

logger = get_task_logger("artcelery")


class Performing:
    """Performs calls, with an engine of its own in each process."""

    def __init__(self, app: Celery, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._hands: _Hands | None = None

    def __call__(self, call: dict[str, Any], worker: str) -> None:
        """Perform the pass of a call; whatever happens is recorded in the state."""
        if self._hands is None or self._hands.pid != os.getpid():
            self._hands = _Hands(self._app, self._settings, worker)
        self._hands.perform(call)


class _Hands:
    def __init__(self, app: Celery, settings: Settings, worker: str) -> None:
        from artcelery.core.engine import open_engine
        from artcelery.worker.bell import Bell

        self.pid, self.worker = os.getpid(), worker
        self.engine: Engine = open_engine(settings)
        self.bell: Bell = Bell(app, self.engine.state)
        self.concurrency = int(os.environ.get("ARTCELERY_CONCURRENCY") or 1)

    @cached_property
    def performer(self) -> Performer:
        return self.engine.performer(self.worker, self._lacks, stopping)

    @cached_property
    def abilities(self) -> frozenset[str]:
        from artcelery.worker.abilities import abilities

        return frozenset(abilities())

    def perform(self, call: dict[str, Any]) -> None:
        """Perform the pass of a call; a state that is away is no error here: the pass is due again."""
        with busy():
            try:
                self._perform(call)
            except (UnreachableError, StateError) as error:
                logger.warning("%s %s: %s", call.get("run"), call.get("pass"), error)

    def _perform(self, call: dict[str, Any]) -> None:
        run_id, name = call.get("run", ""), call.get("pass", "")
        if stopping():
            self.performer.leave(run_id, name, STOPS, 0.0)
            return
        if said := not_understood(call, self.worker):
            logger.warning("%s %s: %s", run_id, name, said)
            self.performer.leave(run_id, name, said)
            return
        ready = self.performer.perform(run_id, name)
        self.bell.ring(item for item in ready if item.name or stopping())
        for record in [item for item in ready if not item.name and not stopping()]:
            # The end of a run takes no time: no message for it.
            self.bell.ring(self.performer.perform(record.run_id, record.name))

    def _lacks(self, requires: Sequence[str]) -> Sequence[str]:
        return lacking(requires, self.abilities, memory_bytes() // self.concurrency)
