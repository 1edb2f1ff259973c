"""Measures of several processes, which any of them tells for all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from artcelery.server.metrics.metrics import SINCE

__all__ = ["sharing_measures"]

_PREFIX = "artcelery-measures-"


@contextmanager
def sharing_measures() -> Iterator[None]:
    """Meanwhile, processes that are started share a folder for what they count, as prometheus_client has it.

    Folders of servers that were killed are removed.
    """
    _sweep()
    with _folder() as folder:
        given = {"PROMETHEUS_MULTIPROC_DIR": str(folder), SINCE: str(time.time())}
        os.environ.update(given)
        try:
            yield
        finally:
            for name in given:
                os.environ.pop(name, None)


@contextmanager
def _folder() -> Iterator[Path]:
    """A new folder, locked by this process as long as it lives, and removed at the end."""
    with ExitStack() as locked:
        while True:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            if locked.enter_context(_locked(folder)):  # else another server, which starts just now, swept it
                break
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether this process has the lock of a folder that is still there; the kernel takes it from who dies."""
    with ExitStack() as opened:
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            opened.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_there = os.path.samestat(os.fstat(descriptor), folder.lstat())
        except OSError:
            is_there = False
        yield is_there


def _sweep() -> None:
    """Remove the folders of this user whose servers are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), _locked(folder) as is_left:
            if is_left and folder.lstat().st_uid == os.getuid():
                shutil.rmtree(folder, ignore_errors=True)
