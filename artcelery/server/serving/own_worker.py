"""The worker of a server that needs no other: it lives as long as the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

__all__ = ["OwnWorker"]

_LOOK_S = 0.2
_LONG_S = 60.0
"""One that lived so long is started again without a pause that grew."""

_PATIENCE_S = 55.0


class OwnWorker:
    """A worker process, from `with` to its end; when it ends by itself, another is started after a pause.

    It has a session of its own, so that Ctrl-C reaches only the server, which tells it.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._over = threading.Event()
        self._signal = signal.SIGTERM
        # The thread lives as long as the worker does: the kernel takes its end for that of the parent.
        self._thread = threading.Thread(target=self._keep, name="worker", daemon=True)

    def stop_soon(self, quick: bool = False) -> None:
        """Tell it to stop: to finish what it renders, or, `quick`, to give that back at once. Does not wait."""
        if quick:
            self._signal = signal.SIGQUIT
        self._over.set()

    def _keep(self) -> None:
        pause_s = 1.0
        while not self._over.is_set():
            began = time.monotonic()
            code = self._live()
            if self._over.is_set():
                return
            pause_s = 1.0 if time.monotonic() - began > _LONG_S else pause_s
            self._say(f"the worker ended with code {code}; another is started in {pause_s:g} s")
            self._over.wait(pause_s)
            pause_s = min(2 * pause_s, _LONG_S)

    def _live(self) -> int:
        """One worker, from its start to its end; its exit code."""
        child = [sys.executable, "-m", "artcelery.server.serving.child", str(os.getpid())]
        words = ["--server", "", "worker", "--name", "server"]  # of this machine, whatever the environment says
        process = subprocess.Popen(
            [*child, *words], stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
        )
        while process.poll() is None and not self._over.wait(_LOOK_S):
            pass
        return _ended(process, self._signal)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_soon()
        self._thread.join(_PATIENCE_S + 1)


def _ended(process: subprocess.Popen[bytes], number: int) -> int:
    """The exit code of a process that is told to end; it gets as long as a worker may take, then no more."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
