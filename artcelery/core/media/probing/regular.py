"""Regular files and nothing else: no pipe that waits, no device that answers, no directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PosixPath

from artcelery.core.errors import MediaError

__all__ = ["call", "named", "open_regular"]


@contextmanager
def open_regular(path: Path) -> Iterator[int]:
    """A descriptor of the regular file at `path`, open for reading; MediaError for anything else, without waiting."""
    try:
        _check(path, os.stat(path))
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError as error:
        raise MediaError(f"there is no file {named(path)}; check its name and folder") from error
    except (OSError, ValueError) as error:
        raise MediaError(f"{named(path)} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        _check(path, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


class CalledPath(PosixPath):
    """A path that messages call otherwise: a blob by the name that the user knows the file by."""

    called: str


def call(path: Path, name: str) -> Path:
    """The path, called `name` in messages."""
    made = CalledPath(path)
    made.called = name
    return made


def named(path: Path) -> str:
    """The file as messages name it: quoted, with unprintable characters escaped."""
    return repr(path.called if isinstance(path, CalledPath) else os.fspath(path))


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for test, name in _KINDS if test(status.st_mode)), "no regular file")
        raise MediaError(f"{named(path)} is {kind}; give a picture, a film or a sound")
    if status.st_size == 0:
        raise MediaError(f"{named(path)} is empty (0 bytes); was it copied whole?")


_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
