"""Starting a worker: the application, its pool and what belongs to it, until it is told to stop."""

from __future__ import annotations

import os
import socket
import warnings
from collections.abc import Callable, Sequence

from celery.exceptions import SecurityWarning

from artcelery.core.engine import open_engine
from artcelery.core.errors import UsageError
from artcelery.core.settings import Settings, load_settings
from artcelery.worker.making import QUEUES, make_app

__all__ = ["start_worker"]


def start_worker(
    *, concurrency: int | None, queues: Sequence[str] | None, name: str | None, say: Callable[[str], None]
) -> None:
    """Run a worker in this process; returns when it has stopped. UnreachableError when a service does not answer."""
    settings = load_settings()
    hostname = f"{name or 'artcelery'}@{socket.gethostname()}"
    _check(settings, hostname, queues or (), say)
    # Celery warns of messages that could run code; ours are JSON, and nothing else is accepted.
    warnings.simplefilter("ignore", SecurityWarning)
    app = make_app(settings)
    worker = app.Worker(
        hostname=hostname,
        concurrency=concurrency or len(os.sched_getaffinity(0)),
        queues=",".join(queues or QUEUES),
        loglevel=os.environ.get("ARTCELERY_LOG_LEVEL", "WARNING"),
        optimization="fair",
        without_mingle=settings.redis_url is None,
        without_gossip=True,
        quiet=True,
    )
    where = "Redis" if settings.redis_url else f"the queue in {settings.home_dir / 'queue'}"
    say(f"{worker.hostname} takes up to {worker.concurrency} passes at a time from {where}; Ctrl-C stops it")
    worker.start()


def _check(settings: Settings, hostname: str, queues: Sequence[str], say: Callable[[str], None]) -> None:
    if unknown := [item for item in queues if item not in QUEUES]:
        raise UsageError(f"there is no queue {unknown[0]!r}; the queues are {', '.join(QUEUES)}")
    with open_engine(settings) as engine:
        for warning in engine.warnings():  # whether the state answers is better known now than later, too
            say(f"warning: {warning}")
        if any(worker.name == hostname for worker in engine.state.workers.all()):
            say(f"warning: a worker {hostname} is alive already; with a --name of its own each is seen")
