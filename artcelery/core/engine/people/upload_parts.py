"""Files that arrive in parts, so that a connection that breaks costs little.

What has come lies in a folder of its own beside the cache, until the file is whole or nobody has sent anything for a
day. A file that comes in one part is hashed while it arrives; the others are hashed once, when they are whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.engine.people.upload_room import Room, room_of
from artcelery.core.engine.people.uploads import Taking, plain_name
from artcelery.core.engine.people.who import Who
from artcelery.core.errors import ConflictError, MediaError, NotFoundError, QuotaError, UsageError
from artcelery.core.hashing import hash_bytes
from artcelery.core.store.arriving import Arriving
from artcelery.core.store.folders import make_folder
from artcelery.core.store.protocol import Incoming
from artcelery.core.store.source import Source
from artcelery.core.store.space import writing_to
from artcelery.core.store.streaming import Digest, hash_source

__all__ = ["KEPT_S", "Part", "Partial", "PartialUploads"]

KEPT_S = 24 * 3600.0
"""How long what has come is kept after the last of it came."""

_MOST_AT_ONCE = 100
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Partial:
    """A file that arrives in parts: how much of it is there, and, once it is whole, its content hash."""

    id: str
    name: str
    size_bytes: int
    offset: int
    changed_at: float
    content_hash: str = ""

    @property
    def expires_at(self) -> float:
        """When it is forgotten unless more comes, in seconds since 1970."""
        return self.changed_at + KEPT_S

    @property
    def open_bytes(self) -> int:
        """How many bytes are promised to it."""
        return 0 if self.content_hash else self.size_bytes


class PartialUploads:
    """The files of one member that arrive in parts."""

    def __init__(self, context: Context, who: Who) -> None:
        self._context, self._who = context, who
        self._all = context.settings.cache / ".uploads"
        self._folder = self._all / hash_bytes(who.user.encode())[:32]

    def begin(self, size_bytes: int, name: str) -> Partial:
        """A new upload of so many bytes; TooLargeError or QuotaError, with what is left, when there is no room."""
        self._sweep()
        opened = [item for item in self._list() if not item.content_hash]
        if len(opened) >= _MOST_AT_ONCE:
            raise QuotaError(f"{len(opened)} uploads are unfinished, the most there may be; finish or remove some")
        self._room(opened).check(size_bytes)
        if size_bytes < 1:
            raise UsageError("the file is empty; there is nothing to upload")
        partial = Partial(secrets.token_hex(16), plain_name(name), size_bytes, 0, time.time())
        with writing_to(self._all, size_bytes):
            make_folder(self._path(partial.id))
            self._data(partial.id).touch(0o600)
            self._record(partial)
        return partial

    def get(self, id: str) -> Partial:
        """An upload of theirs; NotFoundError for any other."""
        found = self._read(id)
        if found is None:
            raise NotFoundError(f"there is no upload {id!r}; begin another")
        return found

    def remove(self, id: str) -> None:
        """Give up an upload."""
        shutil.rmtree(self._path(self.get(id).id), ignore_errors=True)

    @contextmanager
    def more(self, id: str, offset: int, size_bytes: int | None) -> Iterator[Part]:
        """Go on with an upload where it stands; what came is kept, however this ends.

        ConflictError when it stands elsewhere, or somebody else goes on with it.
        """
        if self.get(id).content_hash:
            raise ConflictError("the upload is whole already; begin another")
        with self._alone_with(id) as descriptor, writing_to(self._all, size_bytes or 0):
            partial = self.get(id)
            if offset != partial.offset:
                raise ConflictError(f"the upload has {partial.offset} bytes, and goes on there; not at {offset}")
            Room(partial.size_bytes - offset).check(size_bytes or 0)
            os.lseek(descriptor, offset, os.SEEK_SET)
            try:
                yield Part(partial, Incoming(self._data(id), descriptor), self)
            finally:
                os.fdatasync(descriptor)

    def finish(self, partial: Partial, incoming: Incoming, digest: Digest) -> StoredFile:
        """Take a file that is wholly there; one that is no media is given up."""
        try:
            file = Taking(self._context, self._who).take(incoming, digest, partial.name)
        except MediaError:
            shutil.rmtree(self._path(partial.id), ignore_errors=True)
            raise
        self._record(replace(partial, content_hash=file.content_hash, offset=partial.size_bytes))
        return file

    def _room(self, opened: list[Partial]) -> Room:
        return room_of(self._context, self._who, sum(item.open_bytes for item in opened))

    @contextmanager
    def _alone_with(self, id: str) -> Iterator[int]:
        with ExitStack() as opened:
            try:
                descriptor = opened.enter_context(_locked(self._data(id)))
            except FileNotFoundError as error:  # it was finished or given up just now
                raise ConflictError("the upload is over already; ask where it stands") from error
            except BlockingIOError as error:
                raise ConflictError("somebody else goes on with this upload just now; ask where it stands") from error
            yield descriptor

    def _list(self) -> list[Partial]:
        with suppress(FileNotFoundError):
            return [found for name in os.listdir(self._folder) if (found := self._read(name))]
        return []

    def _read(self, id: str) -> Partial | None:
        if not _ID.fullmatch(id):
            return None
        try:
            said: dict[str, Any] = json.loads((self._path(id) / "facts.json").read_bytes())
            facts = self._data(id).stat() if not said["content_hash"] else None
        except (FileNotFoundError, ValueError):
            return None
        if facts is not None:
            said |= {"offset": facts.st_size, "changed_at": facts.st_mtime}
        partial = Partial(**said)
        return partial if partial.expires_at > time.time() else None

    def _record(self, partial: Partial) -> None:
        made = self._path(partial.id) / "facts.new"
        made.write_text(json.dumps({name: getattr(partial, name) for name in Partial.__slots__}))
        made.replace(made.with_name("facts.json"))

    def _sweep(self) -> None:
        """Remove what nobody has sent anything for, whoever began it; what somebody sends for just now stays."""
        for folder in self._all.glob("*/*"):
            with suppress(OSError), ExitStack() as locked:  # another server may sweep, too
                if _is_forgotten(folder):
                    with suppress(FileNotFoundError):  # that of a whole file has gone to the store
                        locked.enter_context(_locked(folder / "data"))
                    shutil.rmtree(folder, ignore_errors=True)

    def _path(self, id: str) -> Path:
        return self._folder / id

    def _data(self, id: str) -> Path:
        return self._path(id) / "data"


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The open file of which nobody else has the lock; BlockingIOError when somebody has."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def _is_forgotten(folder: Path) -> bool:
    return max(path.lstat().st_mtime for path in (folder, *folder.iterdir())) + KEPT_S < time.time()


class Part:
    """The part of an upload that arrives now."""

    def __init__(self, partial: Partial, incoming: Incoming, uploads: PartialUploads) -> None:
        self._partial, self._incoming, self._uploads = partial, incoming, uploads
        self._arriving = Arriving(incoming, partial.size_bytes)
        self._room = Room(partial.size_bytes - partial.offset)

    def hash(self, block: memoryview) -> None:
        """Hash the next bytes, when they can be all of the file: what comes in several parts is hashed at the end."""
        if self._partial.offset == 0:
            self._arriving.hash(block)

    def write(self, block: memoryview) -> None:
        """Add the next bytes; TooLargeError when they are more than were promised."""
        self._room.check(self._arriving.size_bytes + len(block))
        self._arriving.write(block)

    def end(self) -> Partial:
        """Where the upload stands; the file is the member's when it is whole. MediaError when it is no media."""
        partial = replace(
            self._partial, offset=self._partial.offset + self._arriving.size_bytes, changed_at=time.time()
        )
        if partial.offset < partial.size_bytes:
            return partial
        file = self._uploads.finish(partial, self._incoming, self._digest())
        return replace(partial, content_hash=file.content_hash)

    def _digest(self) -> Digest:
        if self._partial.offset == 0:
            return self._arriving.digest()
        source = Source(self._incoming.path, self._incoming.descriptor)
        source.rewind()
        return hash_source(source)
