"""The store on a local disk: one read-only file per content hash, in folders of its first two digits."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from artcelery.core.errors import NotFoundError, StoreError
from artcelery.core.hashing import hash_bytes, is_hash
from artcelery.core.store.folders import make_folder, sync_folder
from artcelery.core.store.protocol import Blob, Incoming, Wanted
from artcelery.core.store.scratch import Scratch
from artcelery.core.store.source import Source, open_regular
from artcelery.core.store.space import writing_to
from artcelery.core.store.streaming import Digest, copy_and_hash, flush_and_hash, hash_source, write_all

__all__ = ["DiskStore"]

_READ_ONLY = 0o444


class DiskStore:
    """Files by content hash below `root`, which is made when something is first put.

    A blob appears under its name by one rename, after its bytes are on disk. Whoever is killed or runs out of space
    on the way leaves at most something in `.tmp`, which the next process sweeps.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._scratch = Scratch(root / ".tmp")

    def put(self, path: Path, *, consume: bool = False) -> Blob:
        """Keep a copy of the file, or, with `consume`, the file itself, durably."""
        with open_regular(path) as source, writing_to(self.root, source.stat.st_size):
            if not consume or self._is_blob(path):
                return self._copy(source)
            make_folder(self.root)
            if self._can_move(source) and (blob := self._move(source)):
                return blob
            blob = self._copy(source)
            path.unlink()
            return blob

    def put_bytes(self, data: bytes) -> Blob:
        """Keep `data`, durably; nothing is written when it is there already."""
        digest = Digest(hash_bytes(data), len(data))
        if self._holds(digest, data):
            return Blob(digest.content_hash, digest.size_bytes)
        with writing_to(self.root, len(data)), self._scratch.new_file() as (made, target):
            write_all(target, data)
            os.fchmod(target, _READ_ONLY)
            os.fsync(target)
            return self._keep(made, digest)

    def find(self, content_hash: str, size_bytes: int | None = None) -> Path | None:
        """Where the blob lies, or None when it is missing or not of that size."""
        if not is_hash(content_hash):
            return None
        path = self._path(content_hash)
        size = _file_size(path)
        return path if size is not None and size_bytes in (None, size) else None

    def has(self, content_hash: str, size_bytes: int | None = None) -> bool:
        """Whether the blob is there, in that size."""
        return self.find(content_hash, size_bytes) is not None

    def has_many(self, wanted: Iterable[Wanted]) -> set[Wanted]:
        """Those that are there."""
        return {pair for pair in wanted if self.has(*pair)}

    def share(self, wanted: Iterable[Wanted]) -> None:
        """Nothing: whoever shares the disk has them."""

    @contextmanager
    def work_dir(self) -> Iterator[Path]:
        """A new folder on the store's own disk, removed on exit."""
        with writing_to(self.root, 0):
            folder = self._scratch.new_folder()
        try:
            yield folder
        finally:
            # What cannot be removed now is swept when this process is gone.
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def receiving(self, size_bytes: int) -> Iterator[Incoming]:
        """An empty file to write into, and to keep once its digest is known; removed on exit when it was not kept."""
        with writing_to(self.root, size_bytes), self._scratch.new_file() as (made, target):
            yield Incoming(made, target)

    def keep(self, incoming: Incoming, digest: Digest) -> Blob:
        """Make what came a blob, durably."""
        os.fchmod(incoming.descriptor, _READ_ONLY)
        os.fsync(incoming.descriptor)
        return self._keep(incoming.path, digest)

    def remove(self, content_hash: str) -> int:
        """Remove the blob; how many bytes that freed."""
        path = self.find(content_hash)
        size = _file_size(path) if path else None
        if path is None or size is None:
            return 0
        with writing_to(self.root, 0):
            path.unlink(missing_ok=True)
        return size

    def blobs(self) -> Iterator[Blob]:
        """All blobs, in the order of their hashes."""
        for folder in _names(self.root, length=2):
            for name in _names(self.root / folder, length=64):
                size = _file_size(self.root / folder / name)
                if size is not None and is_hash(name) and name.startswith(folder):
                    yield Blob(name, size)

    def verify(self, content_hash: str) -> bool:
        """Hash the blob again; False when it is missing, or was wrong and now lies in `quarantine`."""
        path = self.find(content_hash)
        if path is None:
            return False
        try:
            with open_regular(path) as source:
                if _is_right(source, content_hash):
                    return True
                if source.is_at_its_path():
                    self._quarantine(path)
                    return False
        except NotFoundError:
            return False
        return self.verify(content_hash)  # somebody put it right meanwhile

    def _path(self, content_hash: str) -> Path:
        return self.root / content_hash[:2] / content_hash

    def _copy(self, source: Source) -> Blob:
        with self._scratch.new_file() as (made, target):
            digest = copy_and_hash(source, target)
            source.check_unchanged(digest.size_bytes)
            os.fchmod(target, _READ_ONLY)
            return self._keep(made, digest)

    def _holds(self, digest: Digest, data: bytes) -> bool:
        """Whether exactly these bytes are there already, durably."""
        path = self.find(digest.content_hash, digest.size_bytes)
        if path is None:
            return False
        with open_regular(path) as source, writing_to(self.root, 0):
            if source.read(len(data) + 1) != data:
                return False
            # Whoever put it there may not have come so far yet.
            sync_folder(path.parent)
            return True

    def _is_blob(self, path: Path) -> bool:
        """Whether the path leads to a file that is in the store already, which nobody may take out of it."""
        return path.resolve().parent.parent == self.root.resolve()

    def _can_move(self, source: Source) -> bool:
        """Whether the file is ours alone: one name, one owner, on the disk of the store."""
        facts = source.stat
        alone = facts.st_nlink == 1 and facts.st_uid == os.geteuid()
        return alone and source.is_at_its_path() and facts.st_dev == self.root.stat().st_dev

    def _move(self, source: Source) -> Blob | None:
        """Rename the file into the store; None when that takes a copy."""
        digest = flush_and_hash(source)
        source.check_unchanged(digest.size_bytes)
        os.fchmod(source.descriptor, _READ_ONLY)
        try:
            return self._keep(source.path, digest)
        except OSError as error:
            if error.errno != errno.EXDEV:  # two mounts of one device
                raise
        source.rewind()
        return None

    def _keep(self, made: Path, digest: Digest) -> Blob:
        """Give the finished file its name; a blob that is there already stays as it is, a damaged one gives way."""
        final = self._path(digest.content_hash)
        if _file_size(final) == digest.size_bytes and _holds_what_it_says(final):
            made.unlink()
        else:
            make_folder(final.parent, 0o755)
            made.replace(final)
        # Also when somebody else put it there: they may not have come to this line yet.
        sync_folder(final.parent)
        return Blob(digest.content_hash, digest.size_bytes)

    def _quarantine(self, path: Path) -> None:
        with writing_to(self.root, 0):
            folder = self.root / "quarantine"
            make_folder(folder)
            number = 1
            while os.path.lexists(target := folder / f"{path.name}.{number}"):
                number += 1
            with suppress(FileNotFoundError):  # somebody else who looked has put it there
                path.rename(target)
            sync_folder(path.parent)


def _is_right(source: Source, content_hash: str) -> bool:
    try:
        return hash_source(source).content_hash == content_hash
    except StoreError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EIO:
            return False  # a bad sector is as wrong as a flipped bit
        raise


def _holds_what_it_says(blob: Path) -> bool:
    try:
        with open_regular(blob) as source:
            return _is_right(source, blob.name)
    except NotFoundError:
        return False


def _file_size(path: Path) -> int | None:
    """The size of a regular file, None when there is none."""
    try:
        facts = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(f"{path} cannot be looked at: {error.strerror}; check the permissions of the cache") from error
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None


def _names(folder: Path, length: int) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if len(name) == length)
    except (FileNotFoundError, NotADirectoryError):
        return []
