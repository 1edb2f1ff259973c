"""The process beside a worker's pool: it says that the worker lives, and rings again for what was lost.

`python -m artcelery.worker.tending NAME CONCURRENCY QUEUES PARENT` is how a worker starts it; it ends with its parent.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import artcelery
from artcelery.core.engine import open_engine
from artcelery.core.errors import ArtceleryError
from artcelery.core.interrupts import ignore_interrupts
from artcelery.core.runs import now
from artcelery.core.settings import Settings, load_settings
from artcelery.core.state.holder import holder_is_dead, holder_of
from artcelery.core.state.protocol import RUNG_AGAIN_S, State
from artcelery.core.state.records import PassRecord, WorkerRecord
from artcelery.worker.abilities import abilities, memory_bytes
from artcelery.worker.bell import Bell
from artcelery.worker.making import make_app
from artcelery.worker.message import FORMAT

__all__ = ["STOPPING", "Tender", "main"]

logger = logging.getLogger("artcelery.tending")

_SWEEP_S, _BEAT_S, _SILENT_S = 2.0, 5.0, 20.0
_AT_ONCE = 500

STOPPING = signal.SIGUSR1
"""Says to the process that its worker begins no more passes."""


class Tender:
    """Sweeps passes that are due, and records its worker as alive."""

    def __init__(self, state: State, bell: Bell, worker: WorkerRecord, parent: int) -> None:
        self._state, self._bell, self._worker, self._parent = state, bell, worker, parent
        self._beaten = 0.0
        self._children: frozenset[str] = frozenset()

    def tend(self) -> None:
        """One round; called every two seconds."""
        if time.monotonic() - self._beaten >= _BEAT_S:
            self._state.workers.put(self._worker, _SILENT_S)
            self._beaten = time.monotonic()
        self._bell.ring(self._lost())

    def stopping(self) -> None:
        """The worker begins no more passes; what has begun may finish."""
        if not self._worker.stopping:
            self._worker = replace(self._worker, stopping=True)
            self._beaten = 0.0

    def leave(self) -> None:
        """The worker has stopped."""
        self._state.workers.remove(self._worker.name)

    def _lost(self) -> list[PassRecord]:
        """Passes that nobody will begin unless the bell rings again."""
        moment = time.time()
        due = self._state.passes.due(moment, moment + RUNG_AGAIN_S, _AT_ONCE)
        return [*self._unrung(due), *self._orphaned()]

    def _unrung(self, due: Sequence[PassRecord]) -> Iterator[PassRecord]:
        """Not what only waits for its turn: there are messages for all that is ready in its queue."""
        full: dict[str, bool] = {}
        for record in due:
            if not record.attempts and not record.reason:
                if record.queue not in full:
                    full[record.queue] = self._is_full(record.queue)
                if full[record.queue]:
                    continue
            yield record

    def _is_full(self, queue: str) -> bool:
        queued = self._state.passes.waiting().get(queue)
        return queued is not None and self._bell.waiting(queue) >= queued.ready

    def _orphaned(self) -> Sequence[PassRecord]:
        """What a process of this machine was at that is known dead; the rest are due when their leases have lapsed.

        Looked for at first, and when a child of the worker has gone: to look through all that the farm works on each
        time would cost a large farm more than anything else.
        """
        children = _children_of(self._parent)
        if self._children and self._children <= children:
            self._children = children
            return []
        found = [record for record in self._state.passes.running() if holder_is_dead(record.holder)]
        self._children = children
        return found


def _children_of(process: int) -> frozenset[str]:
    """The numbers of the processes that it started."""
    found: set[str] = set()
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found.update(path.read_text().split())
    return frozenset(found)


def main(words: Sequence[str]) -> None:
    """Tend until the parent has gone, or says to stop."""
    name, concurrency, queues, parent = words
    told = _Told()
    signal.signal(signal.SIGTERM, lambda number, frame: told.end())
    signal.signal(STOPPING, lambda number, frame: told.stop())
    ignore_interrupts()
    settings = load_settings()
    worker = WorkerRecord(
        name=name,
        holder=holder_of(int(parent)),
        version=artcelery.__version__,
        format=FORMAT,
        concurrency=int(concurrency),
        queues=tuple(queues.split(",")),
        abilities=tuple(abilities()),
        memory_bytes=memory_bytes(),
        started_at=now(),
    )
    _tend(settings, worker, int(parent), told)


class _Told:
    """What the parent has said, by signals."""

    def __init__(self) -> None:
        self.is_over = self.is_stopping = False
        self._news = threading.Event()

    def end(self) -> None:
        self.is_over = True
        self._news.set()

    def stop(self) -> None:
        self.is_stopping = True
        self._news.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until something is said."""
        self._news.wait(seconds)
        self._news.clear()


def _tend(settings: Settings, worker: WorkerRecord, parent: int, told: _Told) -> None:
    with open_engine(settings) as engine:
        tender = Tender(engine.state, Bell(make_app(settings), engine.state), worker, parent)
        while os.getppid() == parent and not told.is_over:
            try:
                if told.is_stopping:
                    tender.stopping()
                tender.tend()
            except Exception as error:  # whatever it is, the worker is to be tended
                logger.warning("%s: %s", type(error).__name__, error)
            told.wait(_SWEEP_S)
        with suppress(ArtceleryError):
            tender.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
