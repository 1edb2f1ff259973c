"""A remote store of a URL: files by content hash, fetched and pushed with patience, believed when they hash right."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from artcelery.core.errors import CorruptError, UnreachableError, UsageError
from artcelery.core.hashing import Hasher
from artcelery.core.store.streaming import Digest, write_all
from artcelery.core.store.transport import Interrupted, Patience, Reading, Transport

__all__ = ["Remote", "Report", "open_remote"]

_FORMS = "s3://bucket/prefix, gs://bucket/prefix, az://container/prefix, file:///shared/folder or https://host/path"
_LONGEST_PAUSE_S = 4.0

T = TypeVar("T")
Report = Callable[[int, int | None], None]
"""Is told how many bytes have come, and of how many; what it raises ends the fetch."""


def open_remote(url: str, token: str | None = None, patience: Patience | None = None) -> Remote:
    """The remote store of a URL, which nothing is asked of yet; UsageError when it is none that is known."""
    patience = patience or Patience()
    parts = _parsed(url)
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        raise UsageError("ARTCELERY_STORE_TOKEN holds a space or a letter that no token has; copy it again")
    if parts.scheme in ("http", "https"):
        from artcelery.core.store.server import CacheServer

        return Remote(url, CacheServer(url, token, patience), patience)
    from artcelery.core.store.buckets import Bucket

    return Remote(url, Bucket(url, patience), patience)


class Remote:
    """Files by content hash elsewhere. Calls are tried again while there is hope, then raise UnreachableError."""

    def __init__(self, url: str, transport: Transport, patience: Patience) -> None:
        self.url = url
        self._transport, self._patience = transport, patience

    def size(self, content_hash: str) -> int | None:
        """The size of the file there, None when there is none."""
        return self._insist(lambda: self._transport.size(content_hash))

    def fetch(
        self, content_hash: str, target: int, size_bytes: int | None = None, report: Report | None = None
    ) -> Digest | None:
        """Write the file into an open, empty one; None when it is not there, or not of that size.

        Whatever it takes to get all of it, only what is missing is asked for again. CorruptError when its bytes are
        wrong, twice.
        """
        for _ in range(2):
            download = _Download(target, size_bytes, report)
            there = self._insist(lambda: download.go_on(self._transport, content_hash), lambda: download.received)  # noqa: B023
            if not there:
                return None
            digest = download.digest()
            if digest.content_hash == content_hash:
                return digest
        raise CorruptError(
            f"{self._transport.place(content_hash)} is not what its name says: its bytes hash to "
            f"{digest.content_hash[:12]}; remove it there, then run again, so that it is made again"
        )

    def push(self, content_hash: str, path: Path, size_bytes: int) -> None:
        """Have the file there: returns when it is, whole; sends nothing when it was."""
        if self.size(content_hash) != size_bytes:
            self._insist(lambda: self._transport.write(content_hash, path))

    def _insist(self, ask: Callable[[], T], amount: Callable[[], int] = lambda: 0) -> T:
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

    def go_on(self, transport: Transport, content_hash: str) -> bool:
        """Get the rest; False when the file is not there, or not of that size."""
        with transport.read(content_hash, self.received) as reading:
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


def _parsed(url: str) -> SplitResult:
    """The parts of a URL of one of the known forms."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when it is no number
    except ValueError as error:
        raise UsageError(f"the store URL cannot be read: {error}; write {_FORMS}") from error
    if parts.scheme not in ("s3", "gs", "az", "file", "http", "https"):
        raise UsageError(f"{_shown(parts)!r} is no store URL; write {_FORMS}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"a store URL has no password and nothing after ? or #; write {_FORMS}, "
            "and secrets in ARTCELERY_STORE_TOKEN or the AWS_*, GOOGLE_* or AZURE_* environment"
        )
    if parts.scheme == "file":
        whole = parts.netloc in ("", "localhost") and parts.path.startswith("/")
    else:
        whole = bool(parts.hostname)
    if not whole:
        raise UsageError(f"the store URL {url!r} is not whole; write {_FORMS}")
    return parts


def _shown(parts: SplitResult) -> str:
    """The URL without what may be a secret in it."""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme else parts.path
