"""The helper: a process that has PyAV and Pillow loaded, and forks for every file that it is asked about.

Loading them takes a third of a second; forking takes a few milliseconds. The helper itself never opens a file of a
stranger, and knows no secret: it begins with an environment of its own, and with one socket.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass

from artcelery.core.interrupts import ignore_interrupts
from artcelery.core.media.apart.confining import confine
from artcelery.core.media.apart.messages import Job, ending, refusal
from artcelery.core.media.apart.performing import perform, warm_up

__all__ = ["Helper"]

_MOST_JOB_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Child:
    answer: socket.socket
    until: float


class Helper:
    """Forks for each job that comes over a socket, with the descriptor for its answer; ends with the socket."""

    def __init__(self, jobs: socket.socket) -> None:
        self._jobs = jobs
        self._children: dict[int, _Child] = {}

    def serve(self) -> None:
        """Do what is asked until nobody can ask any more; no child is left."""
        wakes, wake = socket.socketpair()
        wake.setblocking(False)
        wakes.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        watched = selectors.PollSelector()  # whoever started it may have had many files open: its numbers can be high
        watched.register(self._jobs, selectors.EVENT_READ)
        watched.register(wakes, selectors.EVENT_READ)
        try:
            while True:
                ready = [key.fileobj for key, _ in watched.select(self._patience())]
                if wakes in ready:
                    with contextlib.suppress(BlockingIOError):
                        wakes.recv(4096)
                self._end_overdue()
                self._reap()
                if self._jobs in ready and not self._begin():
                    return
        finally:
            for pid in self._children:
                os.kill(pid, signal.SIGKILL)

    def _begin(self) -> bool:
        """Fork for the next job; False when there will be none."""
        data, descriptors, _, _ = socket.recv_fds(self._jobs, _MOST_JOB_BYTES, 1)
        if not data or not descriptors:
            return False
        job, answer = Job.of(data), socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            _be_child(job, answer)
        self._children[pid] = _Child(answer, time.monotonic() + job.wall_s)
        return True

    def _reap(self) -> None:
        """Say of each child that is over how it ended."""
        for pid, child in list(self._children.items()):
            over, status = os.waitpid(pid, os.WNOHANG)
            if over:
                del self._children[pid]
                with contextlib.suppress(OSError), child.answer:
                    child.answer.send(ending(os.waitstatus_to_exitcode(status)), socket.MSG_DONTWAIT)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for pid, child in self._children.items():
            if child.until <= now:
                os.kill(pid, signal.SIGKILL)

    def _patience(self) -> float | None:
        """How long nothing need be done, unless something happens."""
        if not self._children:
            return None
        return max(0.01, min(child.until for child in self._children.values()) - time.monotonic())


def _be_child(job: Job, answer: socket.socket) -> None:
    """Answer, and end without a way back into the helper."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.closerange(3, answer.fileno())
        os.closerange(answer.fileno() + 1, 1 << 16)
        signal.alarm(int(job.wall_s) + 1)  # should the helper be gone
        confine(job)
        try:
            said = perform(job)
        except Exception as error:
            said = refusal(error)
        answer.sendall(said.to_bytes())
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    ignore_interrupts()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # who started it ends it, when nothing is asked any more
    warm_up()
    Helper(socket.socket(fileno=int(sys.argv[1]))).serve()
