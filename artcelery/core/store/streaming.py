"""One read of a file that hashes it, and copies it at once.

Reading, hashing, writing and flushing have a thread each, for all of them release the GIL. Hashing is the slowest and
waits for the others only when the disk cannot keep up. Large files are written past the page cache where the file
system can do that: it takes the processor half as long, and leaves nothing for the last fsync.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import mmap
from queue import SimpleQueue

from artcelery.core.hashing import Hasher
from artcelery.core.store.source import Source

__all__ = ["Digest", "Writer", "copy_and_hash", "flush_and_hash", "hash_source", "write_all"]

_BLOCK_BYTES = 1 << 20
_BLOCKS = 16
_FLUSH_EVERY = 32  # blocks
_DIRECT_FROM_BYTES = 64 << 20
_SECTOR_BYTES = 4096
_O_DIRECT = getattr(os, "O_DIRECT", 0)


@dataclass(frozen=True, slots=True)
class Digest:
    """What was read: its hash and how many bytes."""

    content_hash: str
    size_bytes: int


def hash_source(source: Source) -> Digest:
    """The digest of a file."""
    if source.stat.st_size < _BLOCK_BYTES:  # to begin a thread takes longer than to read that
        return _hashed_here(source)
    pipe = _Pipe()
    with _thread(lambda: pipe.fill(source)):
        return pipe.hash(pipe.give_back)


def _hashed_here(source: Source) -> Digest:
    hasher, size_bytes, buffer = Hasher(), 0, bytearray(_BLOCK_BYTES)
    while size := source.read_into(buffer):
        hasher.update(memoryview(buffer)[:size])
        size_bytes += size
    return Digest(hasher.hexdigest(), size_bytes)


def flush_and_hash(source: Source) -> Digest:
    """The digest of a file, which is on disk when this returns."""
    with _thread(lambda: os.fsync(source.descriptor)):
        return hash_source(source)


def copy_and_hash(source: Source, target: int) -> Digest:
    """Copy a file into an open, empty one, which is on disk when this returns."""
    pipe, writer = _Pipe(), Writer(target, source.stat.st_size)
    writer.reserve(source.stat.st_size)
    with (
        _thread(lambda: pipe.flush(target)),
        _thread(lambda: pipe.drain(writer)),
        _thread(lambda: pipe.fill(source)),
    ):
        digest = pipe.hash(pipe.hashed.put)
    os.fsync(target)
    return digest


def write_all(target: int, data: bytes | memoryview) -> None:
    """Write all of `data`, however little the system takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(target, rest) :]


@dataclass(frozen=True, slots=True)
class _Block:
    """The first `size` bytes of a buffer."""

    buffer: mmap
    size: int

    @property
    def data(self) -> memoryview:
        return memoryview(self.buffer)[: self.size]


class Writer:
    """Writes blocks one after another; those of large files directly to the disk, while that is possible."""

    def __init__(self, target: int, size_bytes: int) -> None:
        self._target = target
        self.direct = bool(_O_DIRECT) and size_bytes >= _DIRECT_FROM_BYTES and self._set_direct(True)

    def reserve(self, size_bytes: int) -> None:
        """Have the file system find room at once for what is written directly."""
        if self.direct:
            os.posix_fallocate(self._target, 0, size_bytes)

    def write(self, block: memoryview) -> None:
        """Write a whole block, which begins at a page where it is to be written directly."""
        if self.direct and len(block) % _SECTOR_BYTES:  # the last one
            self._cached()
        written = 0
        if self.direct:
            try:
                written = os.write(self._target, block)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
            if written < len(block):  # the rest may begin anywhere
                self._cached()
        write_all(self._target, block[written:])

    def _cached(self) -> None:
        self.direct = False
        self._set_direct(False)

    def _set_direct(self, wanted: bool) -> bool:
        """Whether the file system takes it."""
        flags = fcntl.fcntl(self._target, fcntl.F_GETFL)
        try:
            fcntl.fcntl(self._target, fcntl.F_SETFL, flags | _O_DIRECT if wanted else flags & ~_O_DIRECT)
        except OSError:
            return False
        return True


class _Pipe:
    """What flows between the threads: blocks, in buffers that begin at a page and are used again. None ends a queue."""

    def __init__(self) -> None:
        self.hashed: SimpleQueue[_Block | None] = SimpleQueue()
        self._read: SimpleQueue[_Block | None] = SimpleQueue()
        self._flushes: SimpleQueue[int | None] = SimpleQueue()
        self._free: SimpleQueue[mmap | None] = SimpleQueue()
        self._buffers = 0
        self._stopped = False

    def give_back(self, block: _Block) -> None:
        """The block has been used."""
        self._free.put(block.buffer)

    def fill(self, source: Source) -> None:
        """Read ahead, until the end or until stopped."""
        try:
            while (buffer := self._buffer()) is not None and not self._stopped:
                size = source.read_into(buffer)
                if size:
                    self._read.put(_Block(buffer, size))
                if size < len(buffer):
                    return
        finally:
            self._read.put(None)

    def hash(self, pass_on: Callable[[_Block], None]) -> Digest:
        """Hash each block that was read, then pass it on; whatever happens, the other threads then end."""
        hasher, size_bytes = Hasher(), 0
        try:
            for block in iter(self._read.get, None):
                hasher.update(block.data)
                size_bytes += block.size
                pass_on(block)
        finally:
            self.hashed.put(None)
            self._stop()
        return Digest(hasher.hexdigest(), size_bytes)

    def drain(self, writer: Writer) -> None:
        """Write each block that was hashed."""
        try:
            for count, block in enumerate(iter(self.hashed.get, None), start=1):
                writer.write(block.data)
                self.give_back(block)
                if count % _FLUSH_EVERY == 0 and not writer.direct:
                    self._flushes.put(count)
        finally:
            self._flushes.put(None)
            self._stop()

    def flush(self, target: int) -> None:
        """Send what was written on its way to the disk, again and again."""
        for _ in iter(self._flushes.get, None):
            os.fdatasync(target)

    def _buffer(self) -> mmap | None:
        """A buffer to read into: a new one while there are few, then one that was given back."""
        if self._buffers < _BLOCKS:
            self._buffers += 1
            return mmap(-1, _BLOCK_BYTES)
        return self._free.get()

    def _stop(self) -> None:
        self._stopped = True
        self._free.put(None)


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
