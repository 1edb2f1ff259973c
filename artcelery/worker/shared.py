"""Numbers that the pool's children share with their parent, in memory with no file behind it.

Those of `multiprocessing` and of Celery's pool lie in a folder for temporary files, which remains where all processes
of a worker are killed.
"""

from __future__ import annotations

import ctypes
import mmap
from typing import Any

from billiard.context import ForkContext  # type: ignore[import-untyped]
from billiard.sharedctypes import synchronized  # type: ignore[import-untyped]
from celery.concurrency import prefork

__all__ = ["TaskPool", "shared_double"]


def shared_double() -> ctypes.c_double:
    """A number, 0 at first, that this process and those that are forked from it read and write."""
    return ctypes.c_double.from_buffer(mmap.mmap(-1, ctypes.sizeof(ctypes.c_double)))


class TaskPool(prefork.TaskPool):
    """The pool of forked children with such counters."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, context=_Context(), **options)


class _Context(ForkContext):
    def Value(self, kind: str) -> Any:
        """A counter with a lock: how many calls of a child were answered."""
        assert kind == "i"
        memory = mmap.mmap(-1, ctypes.sizeof(ctypes.c_int))
        return synchronized(ctypes.c_int.from_buffer(memory), self.RLock(), ctx=self)
