"""One read of a file that hashes it, and copies it at once.

Reading, hashing, writing and flushing have a thread each, for all of them release the GIL. Hashing is the slowest and
waits for the others only when the disk cannot keep up; flushing on the way leaves little for the last fsync.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue

from artcelery.core.hashing import Hasher
from artcelery.core.store.source import Source

__all__ = ["Digest", "copy_and_hash", "flush_and_hash", "hash_source", "write_all"]

_BLOCK_BYTES = 1 << 18  # small enough to be hashed and written from the processor's cache
_BLOCKS = 64
_FLUSH_EVERY = 256  # blocks


@dataclass(frozen=True, slots=True)
class Digest:
    """What was read: its hash and how many bytes."""

    content_hash: str
    size_bytes: int


def hash_source(source: Source) -> Digest:
    """The digest of a file."""
    pipe = _Pipe()
    with _thread(lambda: pipe.fill(source)):
        return pipe.hash(lambda block: pipe.make_room())


def flush_and_hash(source: Source) -> Digest:
    """The digest of a file, which is on disk when this returns."""
    with _thread(lambda: os.fsync(source.descriptor)):
        return hash_source(source)


def copy_and_hash(source: Source, target: int) -> Digest:
    """Copy a file into an open one, which is on disk when this returns."""
    pipe = _Pipe()
    with (
        _thread(lambda: pipe.flush(target)),
        _thread(lambda: pipe.drain(target)),
        _thread(lambda: pipe.fill(source)),
    ):
        digest = pipe.hash(pipe.hashed.put)
    os.fsync(target)
    return digest


def write_all(target: int, data: bytes) -> None:
    """Write all of `data`, however little the system takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(target, rest) :]


class _Pipe:
    """What flows between the threads: blocks, each made room for before it is read. None ends a queue."""

    def __init__(self) -> None:
        self.hashed: SimpleQueue[bytes | None] = SimpleQueue()
        self._read: SimpleQueue[bytes | None] = SimpleQueue()
        self._flushes: SimpleQueue[int | None] = SimpleQueue()
        self._room = threading.Semaphore(_BLOCKS)
        self._stopped = False

    def make_room(self) -> None:
        self._room.release()

    def fill(self, source: Source) -> None:
        """Read ahead, until the end or until stopped."""
        try:
            while self._room.acquire() and not self._stopped and (block := source.read(_BLOCK_BYTES)):
                self._read.put(block)
        finally:
            self._read.put(None)

    def hash(self, pass_on: Callable[[bytes], None]) -> Digest:
        """Hash each block that was read, then pass it on; whatever happens, the other threads then end."""
        hasher, size_bytes = Hasher(), 0
        try:
            for block in iter(self._read.get, None):
                hasher.update(block)
                size_bytes += len(block)
                pass_on(block)
        finally:
            self.hashed.put(None)
            self._stop()
        return Digest(hasher.hexdigest(), size_bytes)

    def drain(self, target: int) -> None:
        """Write each block that was hashed."""
        try:
            for count, block in enumerate(iter(self.hashed.get, None), start=1):
                write_all(target, block)
                self.make_room()
                if count % _FLUSH_EVERY == 0:
                    self._flushes.put(count)
        finally:
            self._flushes.put(None)
            self._stop()

    def flush(self, target: int) -> None:
        """Send what was written on its way to the disk, again and again."""
        for _ in iter(self._flushes.get, None):
            os.fdatasync(target)

    def _stop(self) -> None:
        self._stopped = True
        self.make_room()


@contextmanager
def _thread(work: Callable[[], None]) -> Iterator[None]:
    """Do `work` in a thread meanwhile; what it raises is raised at the end."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="store", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failures:
        raise failures[0]
