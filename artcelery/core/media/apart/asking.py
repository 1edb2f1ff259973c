"""Asking of a file of a stranger what it is, how it looks and how it sounds, without touching it in this process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artcelery.core.errors import MediaError, UnreachableError
from artcelery.core.interrupts import interrupts_held
from artcelery.core.media.apart.messages import MOST_ANSWER_BYTES, Answer, Job, parse_answer
from artcelery.core.media.clip import Clip, clip_from_json
from artcelery.core.media.limits import Limits
from artcelery.core.media.peaks import Peaks

__all__ = ["Apart", "Probed"]

_HELPER = "artcelery.core.media.apart.forking"
_ENVIRON = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
_GRACE_S = 10.0
"""How long after the end of its time the answer to a job may take; a helper that says nothing then stands still."""

_PROBE_S = 20.0
_PATIENCE_S = 60.0
_TRIES = 3
_LONG: dict[str, Any] = {"wall_s": 60.0, "cpu_s": 45}
"""What it may take to decode a good part of a file."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file is, and which of the formats it is in that results are written in, None for others."""

    clip: Clip
    format: str | None


class Apart:
    """Looks at files in processes that are confined to them; so many at once, the others wait their turn.

    The helper behind it starts with the first file, again when it is gone or stands still, and ends with this object.
    """

    def __init__(
        self, limits: Limits, at_once: int | None = None, *, probe_s: float = _PROBE_S, grace_s: float = _GRACE_S
    ) -> None:
        self._limits = limits
        self._probe_s, self._grace_s = probe_s, grace_s
        # One more than are made beside requests, which may take a minute: who uploads need not wait for them.
        self._turns = threading.BoundedSemaphore(at_once or len(os.sched_getaffinity(0)) + 1)
        self._lock = threading.Lock()
        self._helper: _Helper | None = None

    def probe(self, path: Path, name: str) -> Probed:
        """What a file is, which messages call by a name; MediaError when that is not media, or ends its reader."""
        facts = self._ask(Job("probe", os.fspath(path), name, self._limits, wall_s=self._probe_s)).facts
        try:
            return Probed(clip_from_json(facts["clip"]), facts["format"])
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
            raise _makes_no_sense(name) from error

    def thumbnail(self, path: Path, name: str, size: int) -> bytes:
        """A WebP of the file of at most `size` pixels a side; MediaError when there is nothing to be seen."""
        return self._ask(Job("thumbnail", os.fspath(path), name, self._limits, size, **_LONG)).data

    def waveform(self, path: Path, name: str) -> Peaks:
        """The peaks of the sound in a file; MediaError when there is nothing to be heard."""
        answer = self._ask(Job("waveform", os.fspath(path), name, self._limits, **_LONG))
        try:
            return Peaks.of(answer.data)
        except ValueError as error:
            raise _makes_no_sense(name) from error

    def close(self) -> None:
        """End the helper; it starts again with the next file."""
        with self._lock:
            helper, self._helper = self._helper, None
        if helper is not None:
            helper.end()

    def _ask(self, job: Job) -> Answer:
        if not self._turns.acquire(timeout=_PATIENCE_S):
            raise UnreachableError("too many files are looked at just now; try again in a minute")
        try:
            for _ in range(_TRIES):
                helper = self._here()
                if (answer := parse_answer(self._sent(helper, job), job.name)) is not None:
                    return answer
                self._leave(helper)
                if helper.is_ended:
                    raise UnreachableError("files are not looked at any more, for all of this ends; ask again later")
        finally:
            self._turns.release()
        raise UnreachableError(
            "the process that looks at files ends, or stands still, again and again; see the log of the server"
        )

    def _sent(self, helper: _Helper, job: Job) -> bytes:
        """All that comes back; nothing when the helper has gone, or says nothing in time."""
        mine, theirs = socket.socketpair()
        with mine:
            with theirs:
                try:
                    helper.send(job, theirs)
                except OSError:
                    return b""
            return _read_all(mine, time.monotonic() + job.wall_s + self._grace_s, job.name)

    def _here(self) -> _Helper:
        """The helper of this process; one that was inherited belongs to another."""
        with self._lock:
            if self._helper is None or not self._helper.is_ours_and_alive():
                self._helper = _Helper()
            return self._helper

    def _leave(self, helper: _Helper) -> None:
        """Ask a helper no more that has gone, even if the system still says that it runs; it ends with its last use."""
        with self._lock:
            if self._helper is helper:
                self._helper = None


class _Helper:
    """A running helper; it ends when this object does."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._jobs, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            kept = {name: os.environ[name] for name in _ENVIRON if name in os.environ}
            paths = os.pathsep.join(path for path in sys.path if path)
            with interrupts_held():
                self._process = subprocess.Popen(
                    [sys.executable, "-m", _HELPER, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env={**kept, "PYTHONPATH": paths, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
                    pass_fds=[theirs.fileno()],
                    cwd="/",
                )
        self.end = weakref.finalize(self, _end, self._pid, self._jobs, self._process)

    def is_ours_and_alive(self) -> bool:
        """Whether this process started it, and it has not ended."""
        return self._pid == os.getpid() and self._process.poll() is None

    @property
    def is_ended(self) -> bool:
        """Whether it was told to end, so that nobody shall start another for what it was asked."""
        return not self.end.alive

    def send(self, job: Job, answer: socket.socket) -> None:
        """Hand over a job, and where its answer goes."""
        with self._lock:
            socket.send_fds(self._jobs, [job.to_bytes()], [answer.fileno()])


def _end(pid: int, jobs: socket.socket, process: subprocess.Popen[bytes]) -> None:
    jobs.close()
    if pid == os.getpid():
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
        process.kill()
        process.wait()


def _makes_no_sense(name: str) -> MediaError:
    return MediaError(f"{name!r} cannot be read: its reader says nothing that makes sense")


def _read_all(answer: socket.socket, until: float, name: str) -> bytes:
    """What comes until the other side is done, but no more than an answer may be; nothing unless it is done in time."""
    parts: list[bytes] = []
    size = 0
    while size <= MOST_ANSWER_BYTES:
        answer.settimeout(max(0.001, until - time.monotonic()))
        try:
            part = answer.recv(1 << 16)
        except TimeoutError:
            return b""
        except ConnectionError:
            part = b""
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    raise MediaError(f"{name!r} cannot be read: its reader says too much")
