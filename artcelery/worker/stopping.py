"""When a worker stops: what runs may finish for a while, then it is given back.

The moment lies in memory that the pool's children share with their parent.
"""

from __future__ import annotations

import time
from multiprocessing import RawValue

__all__ = ["GRACE_S", "HARD_S", "prepare", "stop_soon", "stopping"]

GRACE_S = 25.0
"""How long passes may go on after the worker was told to stop."""

HARD_S = 45.0
"""When what does not give up by itself is ended."""


class _Moment:
    value: float = 0.0


_shared: _Moment = _Moment()


def prepare() -> None:
    """Make the memory that is shared, before the pool is made."""
    global _shared
    _shared = RawValue("d", 0.0)


def stop_soon(grace_s: float = GRACE_S) -> None:
    """Tell this process, and those that were forked from it, to stop."""
    _shared.value = time.time() + grace_s


def stopping() -> bool:
    """Whether to give back what is not finished."""
    return 0.0 < _shared.value <= time.time()
