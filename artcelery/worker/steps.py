"""What a worker starts and stops besides its pool: the process that tends, and the end of what does not end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any, ClassVar

from celery import bootsteps
from celery.signals import worker_process_init, worker_shutting_down

from artcelery.worker import stopping
from artcelery.worker.bell import queue_of_worker
from artcelery.worker.limits import limit_child

__all__ = ["Stopping", "Tending"]


class Tending(bootsteps.StartStopStep):
    """A process beside the pool that says that this worker lives, and rings again for what was lost.

    It is no thread: a pool that is forked while a thread holds a lock is a pool that hangs.
    """

    requires: ClassVar = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **options: Any) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        worker.app.amqp.queues.select_add(queue_of_worker(worker.hostname))

    def start(self, worker: Any) -> None:
        """Start the process."""
        queues = ",".join(sorted(worker.app.amqp.queues.consume_from))
        words = [worker.hostname, str(worker.concurrency), queues, str(os.getpid())]
        self._process = subprocess.Popen([sys.executable, "-m", "artcelery.worker.tending", *words])

    def stop(self, worker: Any) -> None:
        """End the process."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process = None

    terminate = stop


class Stopping(bootsteps.StartStopStep):
    """Out within a minute: passes finish, or are given back, or their processes are ended."""

    requires: ClassVar = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **options: Any) -> None:
        os.environ["ARTCELERY_CONCURRENCY"] = str(worker.concurrency)
        stopping.prepare()
        worker_process_init.connect(_begin_child, weak=False)
        worker_shutting_down.connect(lambda **said: self._shut(worker), weak=False)

    def _shut(self, worker: Any) -> None:
        stopping.stop_soon()
        timer = threading.Timer(stopping.HARD_S, _end_children, [worker.pool])
        timer.daemon = True
        timer.start()


def _begin_child(**said: Any) -> None:
    limit_child(int(os.environ.get("ARTCELERY_CONCURRENCY") or 1))
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.stop_soon(0.0))


def _end_children(pool: Any) -> None:
    for pid in pool.info.get("processes", ()) if pool is not None else ():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
