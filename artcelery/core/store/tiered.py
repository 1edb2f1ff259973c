"""The store of a machine that shares no disk with the others: a disk in front of a remote store.

What is put is on the disk and in the remote store before `put` returns, so that whoever reads of it can fetch it. What
is asked for and not on the disk is fetched, and believed only when it hashes to its name.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from artcelery.core.errors import CorruptError, StoreError
from artcelery.core.hashing import is_hash
from artcelery.core.store.budget import Budget, used_now
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Blob, Incoming, Wanted
from artcelery.core.store.remote import Remote
from artcelery.core.store.streaming import Digest

__all__ = ["TieredStore"]

_REMEMBERED_S = 300.0
_ASKED_AT_ONCE = 16


class TieredStore:
    """A disk in front of a remote store. `blobs`, `remove` and `verify` are about the disk: the remote keeps its files.

    With `budget_bytes` the disk is a cache of about that size. While a work folder is open, what was asked for stays.
    """

    def __init__(self, disk: DiskStore, remote: Remote, budget_bytes: int | None = None) -> None:
        self.disk, self.remote = disk, remote
        self._budget = Budget(disk, budget_bytes) if budget_bytes is not None else None
        self._process = _Process()

    def put(self, path: Path, *, consume: bool = False) -> Blob:
        """Keep the file on the disk and in the remote store, durably."""
        return self._push(self.disk.put(path, consume=consume))

    def put_bytes(self, data: bytes) -> Blob:
        """Keep `data` on the disk and in the remote store, durably."""
        return self._push(self.disk.put_bytes(data))

    def receiving(self, size_bytes: int) -> AbstractContextManager[Incoming]:
        """An empty file on the disk to write into; removed on exit when it was not kept."""
        return self.disk.receiving(size_bytes)

    def keep(self, incoming: Incoming, digest: Digest) -> Blob:
        """Make what came a blob, on the disk and in the remote store, durably."""
        return self._push(self.disk.keep(incoming, digest))

    def find(self, content_hash: str, size_bytes: int | None = None) -> Path | None:
        """Where the blob lies on the disk, fetched when it was not there; None when the remote has none of that size.

        CorruptError when what the remote has is wrong, UnreachableError when it does not answer.
        """
        if not is_hash(content_hash):
            return None
        here = self._here
        here.asked_for(content_hash)
        path = self.disk.find(content_hash, size_bytes)
        if path is None:
            with here.fetching(content_hash):
                path = self.disk.find(content_hash, size_bytes) or self._fetch(content_hash, size_bytes)
        if path is not None:
            used_now(path)
        return path

    def has(self, content_hash: str, size_bytes: int | None = None) -> bool:
        """Whether the blob is on the disk or in the remote store, which is believed for some minutes."""
        return bool(self.has_many([(content_hash, size_bytes)]))

    def has_many(self, wanted: Iterable[Wanted]) -> set[Wanted]:
        """Those that are on the disk or in the remote store, which is asked for many at once."""
        pairs = set(wanted)
        found = {pair for pair in pairs if self.disk.has(*pair) or self._here.seen.has(*pair)}
        unknown = [pair for pair in pairs - found if is_hash(pair[0])]
        return found | self._are_remote(unknown)

    def share(self, wanted: Iterable[Wanted]) -> None:
        """Push what is on the disk and not in the remote store: files from before there was one."""
        here = {(name, path.stat().st_size) for name, size in set(wanted) if (path := self.disk.find(name, size))}
        unsure = {pair for pair in here if not self._here.seen.has(*pair)}
        for content_hash, size_bytes in unsure - self._are_remote(unsure):
            self._push(Blob(content_hash, size_bytes))

    @contextmanager
    def work_dir(self) -> Iterator[Path]:
        """A new folder on the disk, removed on exit; until then, what is asked for is not dropped from the disk."""
        here = self._here
        with self.disk.work_dir() as folder, here.working():
            yield folder

    def remove(self, content_hash: str) -> int:
        """Remove the blob from the disk alone: it can be fetched again; how many bytes that freed."""
        return self.disk.remove(content_hash)

    def blobs(self) -> Iterator[Blob]:
        """All blobs on the disk, in the order of their hashes."""
        return self.disk.blobs()

    def verify(self, content_hash: str) -> bool:
        """Hash the blob on the disk again; one that is wrong goes to quarantine, and is fetched when it is needed."""
        return self.disk.verify(content_hash)

    @property
    def _here(self) -> _Process:
        """What this process knows; one that was forked begins anew."""
        if self._process.pid != os.getpid():
            self._process = _Process()
        return self._process

    def _push(self, blob: Blob) -> Blob:
        path = self.disk.find(blob.content_hash, blob.size_bytes)
        if path is not None:
            used_now(path)
            self.remote.push(blob.content_hash, path, blob.size_bytes)
        elif not self._is_elsewhere(blob):  # what is may have left the disk already, to make room
            raise StoreError(f"{blob.content_hash[:12]} was removed from the cache while it was stored; try again")
        self._here.seen.add(blob)
        self._make_room(blob)
        return blob

    def _fetch(self, content_hash: str, size_bytes: int | None) -> Path | None:
        seen = self._here.seen
        with self.disk.receiving(size_bytes or 0) as incoming:
            try:
                digest = self.remote.fetch(content_hash, incoming.descriptor, size_bytes)
            except CorruptError:
                seen.forget(content_hash)
                raise
            if digest is None:
                seen.forget(content_hash)
                return None
            blob = self.disk.keep(incoming, digest)
        seen.add(blob)
        self._make_room(blob)
        return self.disk.find(content_hash, size_bytes)

    def _are_remote(self, pairs: Collection[Wanted]) -> set[Wanted]:
        """Those that the remote store has, asked for many at once."""
        if len(pairs) < 2:
            return {pair for pair in pairs if self._is_remote(*pair)}
        with ThreadPoolExecutor(min(_ASKED_AT_ONCE, len(pairs))) as pool:
            answers = pool.map(lambda pair: self._is_remote(*pair), pairs)
            return {pair for pair, there in zip(pairs, answers, strict=True) if there}

    def _is_remote(self, content_hash: str, size_bytes: int | None) -> bool:
        size = self.remote.size(content_hash)
        if size is None:
            return False
        self._here.seen.add(Blob(content_hash, size))
        return size_bytes in (None, size)

    def _make_room(self, added: Blob) -> None:
        if self._budget is None:
            return
        here = self._here
        with here.making_room:
            self._budget.added(added.size_bytes, {added.content_hash, *here.in_use}, self._is_elsewhere)

    def _is_elsewhere(self, blob: Blob) -> bool:
        """Whether the remote has the blob: asked now, for nothing goes on the strength of a memory."""
        return self.remote.size(blob.content_hash) == blob.size_bytes


class _Process:
    """What one process knows and does: what it saw in the remote store, what it fetches, what its passes use."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.seen = _Seen()
        self.in_use: frozenset[str] = frozenset()
        self.making_room = threading.Lock()
        self._works = 0
        self._lock = threading.Lock()
        self._fetches: dict[str, _Fetch] = {}

    @contextmanager
    def working(self) -> Iterator[None]:
        """A pass is at work."""
        with self._lock:
            self._works += 1
        try:
            yield
        finally:
            with self._lock:
                self._works -= 1
                if not self._works:
                    self.in_use = frozenset()

    def asked_for(self, content_hash: str) -> None:
        """A pass at work may open the file at any time until its end."""
        with self._lock:
            if self._works:
                self.in_use |= {content_hash}

    @contextmanager
    def fetching(self, content_hash: str) -> Iterator[None]:
        """One thread at a time: the others find what it fetched."""
        with self._lock:
            fetch = self._fetches.setdefault(content_hash, _Fetch())
            fetch.waiting += 1
        try:
            with fetch.lock:
                yield
        finally:
            with self._lock:
                fetch.waiting -= 1
                if not fetch.waiting:
                    del self._fetches[content_hash]


class _Fetch:
    """A fetch, and how many threads want it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting = 0


class _Seen:
    """Files that the remote had a while ago."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[int, float]] = {}

    def add(self, blob: Blob) -> None:
        """The remote has it."""
        self._files[blob.content_hash] = (blob.size_bytes, time.monotonic() + _REMEMBERED_S)

    def has(self, content_hash: str, size_bytes: int | None) -> bool:
        """Whether it was there, in that size, and not too long ago."""
        size, until = self._files.get(content_hash, (-1, 0.0))
        return time.monotonic() < until and size_bytes in (None, size)

    def forget(self, content_hash: str) -> None:
        """It is not there, or wrong."""
        self._files.pop(content_hash, None)
