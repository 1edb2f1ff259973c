"""What a store does: keep files under the hash of their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from artcelery.core.store.streaming import Digest

__all__ = ["Blob", "Incoming", "Store", "Wanted"]

Wanted = tuple[str, int | None]
"""A content hash and the size that the file must have, None for any."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file: its content hash and size."""

    content_hash: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that is coming into the store, on its own disk, open for writing."""

    path: Path
    descriptor: int


class Store(Protocol):
    """Files by content hash. A blob is whole or absent; nobody ever sees half of one."""

    def put(self, path: Path, *, consume: bool = False) -> Blob:
        """Keep a copy of the file (or, with `consume`, the file itself, which is moved), durably; idempotent.

        A copy is hashed in the same single read. StoreFullError when there is no space.
        """
        ...

    def put_bytes(self, data: bytes) -> Blob:
        """Keep `data`, durably; idempotent."""
        ...

    def receiving(self, size_bytes: int) -> AbstractContextManager[Incoming]:
        """An empty file to write into, and to keep once its digest is known; removed on exit when it was not kept.

        StoreFullError when a write within finds no space.
        """
        ...

    def keep(self, incoming: Incoming, digest: Digest) -> Blob:
        """Make what came a blob, durably, without reading it again; idempotent."""
        ...

    def find(self, content_hash: str, size_bytes: int | None = None) -> Path | None:
        """Where the blob lies on this machine, fetched if need be; None when it is missing or not of that size."""
        ...

    def has(self, content_hash: str, size_bytes: int | None = None) -> bool:
        """Whether `find` would find it; fetches nothing."""
        ...

    def has_many(self, wanted: Iterable[Wanted]) -> set[Wanted]:
        """Those that `has` says yes to, asked for at once."""
        ...

    def share(self, wanted: Iterable[Wanted]) -> None:
        """Have those blobs of this machine where other machines find them too, as `put` does anyway."""
        ...

    def work_dir(self) -> AbstractContextManager[Path]:
        """A new folder on the store's own disk, removed on exit; folders of dead processes are swept."""
        ...

    def remove(self, content_hash: str) -> int:
        """Remove the blob from this machine; how many bytes that freed (0 when there was none)."""
        ...

    def blobs(self) -> Iterator[Blob]:
        """All blobs on this machine, in the order of their hashes."""
        ...

    def verify(self, content_hash: str) -> bool:
        """Hash the blob on this machine again; when it is wrong, move it to quarantine and return False."""
        ...
