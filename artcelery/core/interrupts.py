"""Ctrl-C is for the command that was called: processes that it has started do not hear it, and end when it does.

A terminal sends the signal to all of them, also to those that have just begun and cannot have said that they ignore it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ignore_interrupts", "interrupts_held"]

_INTERRUPT = {signal.SIGINT}


@contextmanager
def interrupts_held() -> Iterator[None]:
    """What is started within hears no interrupt until it says `ignore_interrupts`; this process hears it afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_interrupts() -> None:
    """Ignore interrupts from the beginning of this process on; what it starts ignores them as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPT)
