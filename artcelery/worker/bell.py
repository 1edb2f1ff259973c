"""Ringing: a message for each pass that can be begun, into a queue that a worker reads which can do it.

A message that gets lost loses nothing: the pass is due again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

from celery import Celery
from kombu.exceptions import ChannelError, OperationalError

from artcelery.core.errors import UnreachableError
from artcelery.core.state.protocol import State
from artcelery.core.state.records import PassRecord, WorkerRecord
from artcelery.worker.abilities import lacking
from artcelery.worker.message import FORMAT, TASK, call_of

__all__ = ["Bell", "queue_of_worker"]

_LOOK_AGAIN_S = 10.0
_LEAST_LIMIT_S, _LIMIT_UNKNOWN_S, _TIMES = 600.0, 12 * 3600.0, 20


def queue_of_worker(name: str) -> str:
    """The queue that only one worker reads."""
    return "worker." + name.replace("@", ".").replace("/", ".")


class Bell:
    """Tells workers that there is something to do; that the broker does not answer is no error of who rings."""

    def __init__(self, app: Celery, state: State) -> None:
        self._app, self._state = app, state

    def ring(self, passes: Iterable[PassRecord]) -> None:
        """Send a message for each pass; where no worker can do it, its run says why."""
        records = list(passes)
        if not records:
            return
        workers = [worker for worker in self._state.workers.all() if not worker.stopping]
        for record in records:
            queue, trouble = route(record, workers)
            if trouble:
                self._state.passes.explain(record.run_id, record.name, trouble, time.time() + _LOOK_AGAIN_S)
            if queue:
                self._send(record, queue)

    def waiting(self, queue: str) -> int:
        """How many messages wait in a queue."""
        with self._app.connection_for_read() as connection:
            try:
                return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
            except ChannelError:
                return 0  # Redis has no empty lists
            except (OperationalError, *connection.recoverable_connection_errors) as error:
                raise UnreachableError(f"the broker does not answer: {error}") from error

    def _send(self, record: PassRecord, queue: str) -> None:
        try:
            self._app.send_task(TASK, [call_of(record)], queue=queue, time_limit=_limit_s(record), ignore_result=True)
        except OperationalError:
            return  # the state has the pass; it is due again in a minute


def route(record: PassRecord, workers: Sequence[WorkerRecord]) -> tuple[str, str]:
    """The queue for a pass, and why nobody can do it now; with no worker at all it waits in its own queue."""
    if not workers:
        return record.queue, ""
    takers = [worker for worker in workers if record.queue in worker.queues]
    if not takers:
        return record.queue, f"no worker that is alive takes the queue {record.queue!r}"
    lacks = {worker.name: _lacks(record, worker) for worker in takers}
    able = [worker for worker in takers if not lacks[worker.name]]
    if not able:
        named = "; ".join(f"{name} lacks {', '.join(items)}" for name, items in sorted(lacks.items())[:3])
        return "", f"no worker that is alive can do it: {named}"
    return (record.queue if len(able) == len(takers) else queue_of_worker(random.choice(able).name)), ""


def _lacks(record: PassRecord, worker: WorkerRecord) -> Sequence[str]:
    if worker.format != FORMAT:
        return (f"format {FORMAT} (it is artcelery {worker.version}, which reads format {worker.format})",)
    return lacking(record.requires, worker.abilities, worker.memory_bytes // max(worker.concurrency, 1))


def _limit_s(record: PassRecord) -> float:
    """When a pass is ended that seems to hang: far beyond what similar ones took."""
    if record.seconds is None:
        return _LIMIT_UNKNOWN_S
    return max(_LEAST_LIMIT_S, _TIMES * record.seconds)
