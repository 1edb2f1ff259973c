"""A child of the pool: what it may take, and when it ends without being asked by its parent.

A parent that was killed cannot end its children, and they would wait for calls for ever. Celery asks the kernel to kill
them then; but the kernel does so when the thread ends that forked them, and that is one which ends before the pool has
finished where a child took the place of another. Here they notice it themselves, and can give back what they render.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from billiard.util import set_pdeathsig  # type: ignore[import-untyped]

from artcelery.worker.limits import is_bloated, limit_child
from artcelery.worker.stopping import stop_alone, stops_alone

__all__ = ["begin_child", "busy"]

_LOOK_S = 0.5
_PATIENCE_S = 10.0
_BLOATED = 12  # ENOMEM

_hands = threading.Lock()
_begun = False


@contextmanager
def busy() -> Iterator[None]:
    """While this process performs a call: it is not ended meanwhile, if that gives up in time.

    One that has grown too much ends at once afterwards, before it is given anything else; the pool starts another.
    """
    if not _begun:  # another kind of pool, which has no children
        yield
        return
    former = signal.signal(signal.SIGTERM, lambda number, frame: stop_alone())
    try:
        with _hands:
            yield
    finally:
        signal.signal(signal.SIGTERM, former)
    if is_bloated():
        os._exit(_BLOATED)


def begin_child(parent: int, concurrency: int) -> None:
    """What a child does first."""
    global _begun
    _begun = True
    limit_child(concurrency)
    set_pdeathsig(0)
    threading.Thread(target=_watch, args=[parent], name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    """End this process when its parent has gone, or it was told to stop: what it renders is given back first."""
    while not _is_over(parent):
        time.sleep(_LOOK_S)
    stop_alone()
    _hands.acquire(timeout=_PATIENCE_S)
    time.sleep(_LOOK_S)  # the parent, if it lives, hears what came of the call
    os._exit(0)


def _is_over(parent: int) -> bool:
    try:
        return os.getppid() != parent or stops_alone()
    except MemoryError:  # a pass takes all there is just now
        return False
