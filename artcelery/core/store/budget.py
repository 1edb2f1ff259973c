"""How much of the disk a cache in front of a remote store may take: what was not used for longest goes first."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from artcelery.core.errors import UnreachableError
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Blob

__all__ = ["Budget", "used_now"]

_USED_S = 60.0
_COUNT_S = 60.0
_COUNT_PART = 20
_ASKED_AGAIN_S = 600.0


def used_now(path: Path) -> None:
    """Note that a blob is used, in its access time, at most once a minute."""
    with suppress(OSError):  # somebody else's file, or gone: all that is lost is the order in which files go
        facts = path.stat()
        if time.time() - facts.st_atime >= _USED_S:
            os.utime(path, ns=(time.time_ns(), facts.st_mtime_ns))


class Budget:
    """Keeps a store on disk below a size, by dropping what is surely elsewhere too.

    Files are counted anew when this process has added a twentieth of the limit or a minute has passed: others add too.
    """

    def __init__(self, disk: DiskStore, limit_bytes: int) -> None:
        self._disk, self._limit_bytes = disk, limit_bytes
        self._total, self._added, self._counted = 0, limit_bytes, float("-inf")
        self._oldest: deque[_Item] = deque()
        self._only_here: dict[str, float] = {}

    def added(self, size_bytes: int, kept: Collection[str], is_elsewhere: Callable[[Blob], bool]) -> None:
        """Some bytes were added: drop as many as are too many, none that is to be kept or lies nowhere else."""
        self._total += size_bytes
        self._added += size_bytes
        if self._added * _COUNT_PART >= self._limit_bytes or time.monotonic() - self._counted >= _COUNT_S:
            self._count()
        with suppress(UnreachableError):  # nothing goes that may be nowhere else; the next file tries again
            self._make_room(kept, is_elsewhere)

    def _count(self) -> None:
        items = [item for blob in self._disk.blobs() if (item := self._item(blob))]
        self._total, self._added, self._counted = sum(item.blob.size_bytes for item in items), 0, time.monotonic()
        self._oldest = deque(sorted(items, key=lambda item: item.used))

    def _make_room(self, kept: Collection[str], is_elsewhere: Callable[[Blob], bool]) -> None:
        while self._total > self._limit_bytes and self._oldest:
            item = self._oldest.popleft()
            if item.blob.content_hash in kept or self._item(item.blob) != item or self._is_known_to_stay(item.blob):
                continue
            if is_elsewhere(item.blob):
                self._total -= self._disk.remove(item.blob.content_hash)
            else:
                self._only_here[item.blob.content_hash] = time.monotonic() + _ASKED_AGAIN_S

    def _is_known_to_stay(self, blob: Blob) -> bool:
        """Whether it was nowhere else a while ago: files from before there was a remote store may be many."""
        return time.monotonic() < self._only_here.get(blob.content_hash, float("-inf"))

    def _item(self, blob: Blob) -> _Item | None:
        path = self._disk.find(blob.content_hash)
        try:
            return _Item(blob, path.stat().st_atime_ns) if path else None
        except FileNotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class _Item:
    """A blob and when it was last used."""

    blob: Blob
    used: int
