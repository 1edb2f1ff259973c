"""When a worker stops: what runs may finish for a while, then it is given back.

The moment lies in memory that the pool's children share with their parent. A child may also be told alone.
"""

from __future__ import annotations

import os
import time
from ctypes import c_double

from artcelery.worker.shared import shared_double

__all__ = ["GRACE_S", "HARD_S", "prepare", "stop_alone", "stop_soon", "stopping", "stops_alone"]

GRACE_S = float(os.environ.get("ARTCELERY_GRACE_S") or 25.0)
"""How long passes may go on after the worker was told to stop."""

HARD_S = float(os.environ.get("ARTCELERY_HARD_S") or GRACE_S + 20.0)
"""When what does not give up by itself is ended."""


_shared = c_double()
_alone = False


def prepare() -> None:
    """Make the memory that is shared, before the pool is made."""
    global _shared
    _shared = shared_double()


def stop_soon(grace_s: float | None = None) -> None:
    """Tell this process, and those that were forked from it, to stop."""
    moment = time.monotonic() + (GRACE_S if grace_s is None else grace_s)
    _shared.value = min(moment, _shared.value or moment)


def stop_alone() -> None:
    """Tell only this process to stop, at once."""
    global _alone
    _alone = True


def stops_alone() -> bool:
    """Whether this process was told to stop, and not the worker."""
    return _alone


def stopping() -> bool:
    """Whether to give back what is not finished."""
    return _alone or 0.0 < _shared.value <= time.monotonic()
