"""`artcelery serve` as a process of its own, ended with its test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.worker.farm import until

__all__ = ["Serve", "command_of", "environment_of", "is_gone", "serving"]

_PATIENCE_S = 60.0


class Serve:
    """The program, from when it prints its URL."""

    def __init__(self, environment: Mapping[str, str], log: Path, *words: str) -> None:
        self.log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "artcelery", "serve", "--port", "0", *words],
                env={**environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        assert self.url, log.read_text()

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=_PATIENCE_S, trust_env=False)

    def children(self) -> list[int]:
        """The processes that it started."""
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(number) for path in listed for number in path.read_text().split()]

    def worker(self) -> int:
        """The process of its worker, once it is there."""
        until(self._workers, "it has a worker")
        return self._workers()[0]

    def _workers(self) -> list[int]:
        return [number for number in self.children() if "worker" in command_of(number)]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code, after a signal."""
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop()
        assert self.process.stdout
        self.process.stdout.close()


def environment_of(folder: Path, **given: str) -> dict[str, str]:
    """A home of the test's own, and nothing else that is set where the tests run."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ARTCELERY_", "AWS_", "L1_"))}
    return {**kept, "ARTCELERY_HOME": str(folder / "home"), "PYTHONUTF8": "1", **given}


@contextmanager
def serving(folder: Path, *words: str, **given: str) -> Iterator[Serve]:
    served = Serve(environment_of(folder, **given), folder / "serve.log", *words)
    try:
        yield served
    finally:
        served.close()


def command_of(process: int) -> list[str]:
    """The words of a process, none when it has gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except OSError:
        return []


def is_gone(process: int) -> bool:
    """Whether a process has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True
