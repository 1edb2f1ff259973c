"""Unfinished files and work folders of living processes; what dead processes left is swept.

Everything in `.tmp` is named after its holder, so that any process can tell whose it is.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artcelery.core.state.holder import holder_id, holder_is_dead, holder_is_here
from artcelery.core.store.folders import make_folder

__all__ = ["Scratch"]

_FORGOTTEN_S = 7 * 24 * 3600


class Scratch:
    """The folder for what is not finished, on the same disk as the store; made and swept when first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept = False

    @contextmanager
    def new_file(self) -> Iterator[tuple[Path, int]]:
        """A new empty file and its open descriptor; removed on exit when it is still there."""
        path = self._new_path()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            yield path, descriptor
        finally:
            os.close(descriptor)
            path.unlink(missing_ok=True)

    def new_folder(self) -> Path:
        """A new empty folder."""
        path = self._new_path()
        path.mkdir(0o700)
        return path

    def _new_path(self) -> Path:
        make_folder(self._folder)
        if not self._swept:
            self._swept = True
            _sweep(self._folder)
        # No colons: the paths may end up in filter descriptions and URLs.
        return self._folder / f"{holder_id().replace(':', '_')}_{os.urandom(6).hex()}"


def _sweep(folder: Path) -> None:
    """Remove what dead processes left, and what nobody here can judge and nobody touched for a week."""
    for entry in folder.iterdir():
        if _is_left_over(entry):
            _discard(entry)


def _is_left_over(entry: Path) -> bool:
    holder = entry.name.rpartition("_")[0].replace("_", ":")
    if holder_is_here(holder):
        return holder_is_dead(holder)
    return holder_is_dead(holder) or time.time() - _last_change(entry) > _FORGOTTEN_S


def _last_change(entry: Path) -> float:
    """When anything in it last changed; now, when it is just going away."""
    try:
        return max(path.lstat().st_mtime for path in (entry, *entry.rglob("*")))
    except OSError:
        return time.time()


def _discard(entry: Path) -> None:
    """Remove a file or folder; what cannot be removed now is left for the next sweep."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
        return
    try:
        entry.unlink(missing_ok=True)
    except OSError:
        return
