"""A file that is read into or in the store: opened without waiting, and watched for changes while it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import mmap
from pathlib import Path

from artcelery.core.errors import NotFoundError, StoreError

__all__ = ["Source", "open_regular", "shown"]

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def shown(path: Path) -> str:
    """The path in quotes, fit to print whatever its bytes are."""
    text = str(path)
    return f"'{text}'" if text.isprintable() else ascii(text)


class Source:
    """An open regular file."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        self.stat = os.fstat(descriptor)

    def read(self, limit_bytes: int) -> bytes:
        """The next bytes, none at the end; StoreError when the disk does not give them."""
        try:
            return os.read(self.descriptor, limit_bytes)
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def read_into(self, buffer: mmap | bytearray) -> int:
        """Fill the buffer with the next bytes; how many, fewer only at the end. StoreError when the disk fails."""
        view, size = memoryview(buffer), 0
        try:
            while size < len(view) and (count := os.readv(self.descriptor, [view[size:]])):
                size += count
        except OSError as error:
            raise _unreadable(self.path, error) from error
        return size

    def rewind(self) -> None:
        """Begin again at the first byte."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)

    def check_unchanged(self, read_bytes: int) -> None:
        """StoreError when the file was written to since it was opened, or fewer or more bytes were read than it has."""
        now = os.fstat(self.descriptor)
        same = (now.st_size, now.st_mtime_ns) == (self.stat.st_size, self.stat.st_mtime_ns)
        if not same or read_bytes != now.st_size:
            raise StoreError(f"{shown(self.path)} was changed while it was read; try again when it is finished")

    def is_at_its_path(self) -> bool:
        """Whether the path still leads to this file, itself and not through a link."""
        try:
            return os.path.samestat(os.lstat(self.path), self.stat)
        except FileNotFoundError:
            return False


@contextmanager
def open_regular(path: Path) -> Iterator[Source]:
    """The regular file at `path`, open; anything else is refused at once, a pipe without waiting for a writer."""
    try:
        # Looked at before it is opened: opening a device may already do something.
        _refuse_unless_regular(path, os.stat(path).st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"there is no file {shown(path)}; check the name") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        source = Source(path, descriptor)
        _refuse_unless_regular(path, source.stat.st_mode)
        yield source
    finally:
        os.close(descriptor)


def _refuse_unless_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise StoreError(f"{shown(path)} is {kind}; only files can be stored")


def _unreadable(path: Path, error: Exception) -> StoreError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return StoreError(f"{shown(path)} cannot be read: {reason}; check its permissions and the disk")
