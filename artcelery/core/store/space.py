"""What to say when the disk does not take a file."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artcelery.core.errors import StoreError, StoreFullError
from artcelery.core.store.source import shown

__all__ = ["full_reason", "writing_to"]

_FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file system or a limit (`ulimit -f`) allows no file of that size",
}


def full_reason(error: OSError) -> str | None:
    """Why there is no room, in words, or None when the error is about something else."""
    return _FULL.get(error.errno or 0)


@contextmanager
def writing_to(root: Path, needed_bytes: int) -> Iterator[None]:
    """Turn what the system says about a failed write below `root` into StoreFullError or StoreError."""
    try:
        yield
    except OSError as error:
        if reason := full_reason(error):
            raise StoreFullError(_full_message(root, needed_bytes, reason)) from error
        where = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else root
        message = f"{shown(where)} cannot be written to: {error.strerror or error}; check its permissions"
        raise StoreError(message) from error


def _full_message(root: Path, needed_bytes: int, reason: str) -> str:
    return (
        f"no room in {shown(root)} for {_amount(needed_bytes)}: {reason} ({_free(root)} free); "
        "free some with `artcelery cache prune --max-size SIZE`, or move the cache with ARTCELERY_CACHE_DIR"
    )


def _free(root: Path) -> str:
    try:
        disk = os.statvfs(root)
    except OSError:
        return "an unknown amount"
    return _amount(disk.f_bavail * disk.f_frsize)


def _amount(size_bytes: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size_bytes < 1000:
            return f"{size_bytes:.4g} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.4g} TB"
