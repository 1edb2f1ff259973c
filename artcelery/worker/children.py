"""A child of the pool: what it may take, and when it ends without being asked by its parent.

A parent that was killed cannot end its children, and they would wait for calls for ever.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from artcelery.worker.limits import limit_child
from artcelery.worker.stopping import stop_alone, stops_alone

__all__ = ["begin_child", "busy"]

_LOOK_S = 0.5
_PATIENCE_S = 10.0

_hands = threading.Lock()


@contextmanager
def busy() -> Iterator[None]:
    """While this process performs a call: it is not ended meanwhile, if that gives up in time."""
    with _hands:
        yield


def begin_child(concurrency: int) -> None:
    """What a child does first."""
    limit_child(concurrency)
    signal.signal(signal.SIGTERM, lambda number, frame: stop_alone())
    threading.Thread(target=_watch, args=[os.getppid()], name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    """End this process when its parent has gone, or it was told to stop: what it renders is given back first."""
    while os.getppid() == parent and not stops_alone():
        time.sleep(_LOOK_S)
    stop_alone()
    _hands.acquire(timeout=_PATIENCE_S)
    time.sleep(_LOOK_S)  # the parent, if it lives, hears what came of the call
    os._exit(0)
