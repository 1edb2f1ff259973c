"""What a worker starts and stops besides its pool: the process that tends, and the end of what does not end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial
from signal import SIGKILL
from typing import Any, ClassVar

from celery import bootsteps
from celery.signals import worker_process_init, worker_shutdown, worker_shutting_down
from celery.utils.log import get_logger

from artcelery.core.interrupts import interrupts_held
from artcelery.worker import stopping
from artcelery.worker.bell import queue_of_worker
from artcelery.worker.children import begin_child
from artcelery.worker.tending import STOPPING

__all__ = ["Stopping", "Tending"]

logger = get_logger("artcelery")

_LOOK_S = 2.0


class Tending(bootsteps.StartStopStep):
    """A process beside the pool that says that this worker lives, and rings again for what was lost.

    It is no thread: a pool that is forked while a thread holds a lock is a pool that hangs. When it ended by itself, it
    is started again. It goes on while the worker stops, and says that then, for passes that have begun may finish.
    """

    requires: ClassVar = {"celery.worker.components:Pool", "celery.worker.components:Timer"}

    def __init__(self, worker: Any, **options: Any) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: Any = None
        worker.app.amqp.queues.select_add(queue_of_worker(worker.hostname))
        worker_shutting_down.connect(self._say_so, weak=False)
        worker_shutdown.connect(self.terminate, weak=False)

    def start(self, worker: Any) -> None:
        """Start the process."""
        self._begin(worker)
        self._timer = worker.timer.call_repeatedly(_LOOK_S, self._look, (worker,))

    def stop(self, worker: Any) -> None:
        """Start the process no more; it ends last."""
        if self._timer is not None:
            self._timer.cancel()

    def terminate(self, worker: Any = None, **said: Any) -> None:
        """End the process."""
        self.stop(worker)
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)

    def _say_so(self, **said: Any) -> None:
        if self._process is not None:
            self._process.send_signal(STOPPING)

    def _begin(self, worker: Any) -> None:
        queues = ",".join(sorted(worker.app.amqp.queues.consume_from))
        words = [worker.hostname, str(worker.concurrency), queues, str(os.getpid())]
        with interrupts_held():
            self._process = subprocess.Popen([sys.executable, "-m", "artcelery.worker.tending", *words])

    def _look(self, worker: Any) -> None:
        if self._process is not None and self._process.poll() is not None:
            logger.warning("the process that tends ended with code %s; it is started again", self._process.returncode)
            self._begin(worker)


class Stopping(bootsteps.StartStopStep):
    """Out within a minute: passes finish, or are given back, or their processes are ended."""

    requires: ClassVar = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **options: Any) -> None:
        os.environ["ARTCELERY_CONCURRENCY"] = str(worker.concurrency)
        stopping.prepare()
        worker_process_init.connect(partial(_begin_child, os.getpid()), weak=False)
        worker_shutting_down.connect(lambda how, **said: self._shut(worker, how), weak=False)

    def _shut(self, worker: Any, how: str) -> None:
        stopping.stop_soon(0.0 if how == "Cold" else None)
        timer = threading.Timer(stopping.HARD_S, _end_children, [worker.pool])
        timer.daemon = True
        timer.start()


def _begin_child(parent: int, **said: Any) -> None:
    begin_child(parent, int(os.environ.get("ARTCELERY_CONCURRENCY") or 1))


def _end_children(pool: Any) -> None:
    for pid in pool.info.get("processes", ()) if pool is not None else ():
        with suppress(ProcessLookupError):
            os.kill(pid, SIGKILL)
