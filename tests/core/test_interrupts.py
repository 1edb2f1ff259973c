"""Processes that are started deaf to Ctrl-C are so from their first moment on."""

from __future__ import annotations

import signal
import subprocess
import sys

from artcelery.core.interrupts import interrupts_held

CHILD = """
import signal, sys
from artcelery.core.interrupts import ignore_interrupts

ignore_interrupts()
print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN, signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""


def test_an_interrupt_before_a_child_has_begun_is_none() -> None:
    with interrupts_held():
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    child.send_signal(signal.SIGINT)
    said, trouble = child.communicate(timeout=60)
    assert (child.returncode, said, trouble) == (0, "True False\n", "")


def test_who_starts_a_child_hears_interrupts_afterwards() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with interrupts_held():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
