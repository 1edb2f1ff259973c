"""Fetching files by content hash: what was cut is gone on with, and what has come is believed when it hashes right."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import TypeVar

from artcelery.core.errors import CorruptError, UnreachableError
from artcelery.core.hashing import Hasher
from artcelery.core.store.streaming import Digest, write_all
from artcelery.core.store.transport import Giver, Interrupted, Patience, Reading

__all__ = ["Fetcher", "Report"]

_LONGEST_PAUSE_S = 4.0

T = TypeVar("T")
Report = Callable[[int, int | None], None]
"""Is told how many bytes have come, and of how many; what it raises ends the fetch."""


class Fetcher:
    """Fetches what lies elsewhere. Calls are tried again while there is hope, then raise UnreachableError."""

    def __init__(self, url: str, giver: Giver, patience: Patience) -> None:
        self.url = url
        self._giver, self._patience = giver, patience

    def fetch(
        self, content_hash: str, target: int, size_bytes: int | None = None, report: Report | None = None
    ) -> Digest | None:
        """Write the file into an open, empty one; None when it is not there, or not of that size.

        Whatever it takes to get all of it, only what is missing is asked for again. CorruptError when its bytes are
        wrong, twice.
        """
        for _ in range(2):
            download = _Download(target, size_bytes, report)
            there = self.insist(lambda: download.go_on(self._giver, content_hash), lambda: download.received)  # noqa: B023
            if not there:
                return None
            digest = download.digest()
            if digest.content_hash == content_hash:
                return digest
        raise CorruptError(
            f"{self._giver.place(content_hash)} is not what its name says: its bytes hash to "
            f"{digest.content_hash[:12]}; remove it there, then run again, so that it is made again"
        )

    def insist(self, ask: Callable[[], T], amount: Callable[[], int] = lambda: 0) -> T:
        """Ask again until it works, waiting longer each time; each piece of progress gives new patience."""
        patience, began, had = self._patience, time.monotonic(), amount()
        pause = patience.first_pause_s
        while True:
            try:
                return ask()
            except Interrupted as error:
                reason = error
            if amount() - had >= patience.progress_bytes:
                began, had, pause = time.monotonic(), amount(), patience.first_pause_s
            wait = pause * random.uniform(0.5, 1.5)
            if time.monotonic() + wait - began > patience.total_s:
                raise UnreachableError(
                    f"the remote store {self.url} does not answer: {reason}; "
                    "check that it runs and that ARTCELERY_STORE_URL is right, then run again"
                ) from reason
            time.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE_S)


class _Download:
    """A file that comes, hashed as it comes; what has come stays when the connection breaks."""

    def __init__(self, target: int, size_bytes: int | None, report: Report | None) -> None:
        self._target, self._size_bytes, self._report = target, size_bytes, report
        self._begin()

    def go_on(self, giver: Giver, content_hash: str) -> bool:
        """Get the rest; False when the file is not there, or not of that size."""
        with giver.read(content_hash, self.received) as reading:
            if reading is None:
                return False
            total = reading.total_bytes
            if total is not None and self._size_bytes not in (None, total):
                return False
            if reading.offset != self.received:
                self._begin()
            self._take(reading)
        if total is not None and self.received < total:
            raise Interrupted(f"the connection ended after {self.received} of {total} bytes")
        return self._size_bytes in (None, self.received)

    def digest(self) -> Digest:
        """What has come."""
        return Digest(self._hasher.hexdigest(), self.received)

    def _begin(self) -> None:
        os.lseek(self._target, 0, os.SEEK_SET)
        os.ftruncate(self._target, 0)
        self._hasher, self.received = Hasher(), 0

    def _take(self, reading: Reading) -> None:
        if reading.offset != self.received:
            raise Interrupted(f"it sent bytes from {reading.offset} on instead of from {self.received}")
        for block in reading.blocks:
            write_all(self._target, block)
            self._hasher.update(block)
            self.received += len(block)
            if self._report is not None:
                self._report(self.received, reading.total_bytes)
