"""The cache: stored files with what is known of them, and what may go."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.awaited import awaited_files
from artcelery.core.engine.context import Context
from artcelery.core.engine.delivery import check_target, deliver
from artcelery.core.engine.keeping import alone_with
from artcelery.core.errors import ConflictError, NotAllowedError, NotFoundError, UsageError
from artcelery.core.hashing import is_hash
from artcelery.core.media.clip import Clip, clip_from_json
from artcelery.core.runs import refuse_if_needed
from artcelery.core.state.records import MediaFact
from artcelery.core.store.protocol import Blob

__all__ = ["Cache", "Item", "Pruned", "Stats", "Verified"]

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """A stored file and what is known of it."""

    content_hash: str
    size_bytes: int
    name: str = ""
    origin: str = ""
    clip: str = ""

    def to_json(self) -> dict[str, Any]:
        """The item as plain values."""
        return {
            "content_hash": self.content_hash,
            "size_bytes": self.size_bytes,
            "name": self.name,
            "origin": self.origin,
            "clip": self.clip,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """How many files were hashed again, and which were wrong (now in quarantine)."""

    checked: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning freed, or would free."""

    items: tuple[Item, ...]
    freed_bytes: int
    kept_bytes: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How much the cache holds."""

    files: int
    bytes: int
    results: int
    needed_files: int
    needed_bytes: int
    free_bytes: int
    path: str


class Cache:
    """The files of this engine."""

    def __init__(self, context: Context, assets: Assets) -> None:
        self._context, self._assets = context, assets

    def list(self) -> Iterator[Item]:
        """All stored files, in the order of their hashes."""
        facts = {**self._records(), **{fact.content_hash: fact for fact in self._context.state.media.all()}}
        for blob in self._context.store.blobs():
            yield _item(blob, facts.get(blob.content_hash))

    def _records(self) -> dict[str, MediaFact]:
        """The provenance records, which no other fact names: a run that renders nothing has little to write."""
        facts: dict[str, MediaFact] = {}
        page = self._context.state.runs.page(limit=_PAGE)
        while page.runs:
            facts |= {
                run.provenance_hash: MediaFact(run.provenance_hash, 0, name=run.output_name, origin="record")
                for run in page.runs
                if run.provenance_hash
            }
            if page.cursor is None:
                break
            page = self._context.state.runs.page(limit=_PAGE, cursor=page.cursor)
        return facts

    def path(self, said: str) -> Path:
        """Where a stored file lies, by its hash, a prefix of it (8 digits or more), or the name of an asset."""
        wanted = self.find(said)
        path = self._context.store.find(wanted)
        assert path is not None
        return path

    def document(self, said: str) -> Any:
        """What a stored JSON document (an analysis, a provenance record) says; None when the file is none."""
        wanted = self.find(said)
        fact = self._context.state.media.get(wanted)
        is_json = fact is not None and fact.clip is not None and clip_from_json(fact.clip) == Clip("data")
        if not is_json and wanted not in self._records():
            return None
        return json.loads(self.path(wanted).read_bytes())

    def copy(self, said: str, output: Path, *, force: bool = False) -> Path:
        """Copy a stored file to `output`, whole or not at all."""
        check_target(output, force)
        deliver(self._context.store, self.find(said), output, force)
        return output

    def find(self, said: str) -> str:
        """The whole content hash of a stored file."""
        asset = self._context.state.assets.get(said)
        wanted = asset.content_hash if asset else said
        found = self._with_prefix(wanted) if not is_hash(wanted) else [wanted]
        if not found or not self._context.store.has(found[0]):
            raise NotFoundError(f"there is no file {said!r} in the cache; `artcelery cache list` shows them")
        if len(found) > 1:
            raise UsageError(f"{said!r} may mean {len(found)} files; give more digits")
        return found[0]

    def _with_prefix(self, prefix: str) -> Sequence[str]:
        if len(prefix) < 8 or set(prefix) - set("0123456789abcdef"):
            return []
        return [blob.content_hash for blob in self._context.store.blobs() if blob.content_hash.startswith(prefix)]

    def remove(self, said: str) -> Item:
        """Remove a file that nothing needs; NotAllowedError names the runs or assets that do."""
        wanted = self.find(said)
        with alone_with(self._context, f"file:{wanted}"):  # it may be becoming somebody's
            return self.remove_alone(wanted)

    def remove_alone(self, wanted: str) -> Item:
        """The same within `alone_with`, of a file that is there."""
        refuse_if_needed(wanted, self._context.state.runs)
        if holders := self._context.state.holders(wanted):
            raise NotAllowedError(f"{wanted[:12]} belongs to {holders[0]}, who can let go of it on the server")
        named = [asset.name for asset in self._context.state.assets.all() if asset.content_hash == wanted]
        if named:
            raise NotAllowedError(f"{wanted[:12]} is the asset {named[0]!r}; `artcelery assets rm {named[0]}` first")
        fact = self._context.state.media.get(wanted)
        size = self._context.store.remove(wanted)
        self._forget(wanted)
        return _item(Blob(wanted, size), fact)

    def verify(self, said: Sequence[str] = ()) -> Verified:
        """Hash files again; wrong ones go to quarantine, and their results are forgotten."""
        wanted = [self.find(text) for text in said] or [blob.content_hash for blob in self._context.store.blobs()]
        wrong = []
        for content_hash in wanted:
            if not self._context.store.verify(content_hash):
                wrong.append(content_hash)
                self._forget(content_hash)
        return Verified(len(wanted), tuple(wrong))

    def _forget(self, content_hash: str) -> None:
        """Forget what a file was the result of, unless a remote store has it still."""
        if not self._context.store.has(content_hash):
            self._context.state.results.forget(content_hash)
            self._context.state.media.remove(content_hash)

    def stats(self) -> Stats:
        """How much there is, how much of it runs need, and how much space is left."""
        import shutil

        files = list(self._context.store.blobs())
        needed = [blob for blob in files if self._is_needed(blob.content_hash)]
        results = sum(len(self._context.state.results.of_content(blob.content_hash)) for blob in files)
        folder = self._context.settings.cache
        free = shutil.disk_usage(folder if folder.exists() else folder.anchor).free
        return Stats(len(files), _total(files), results, len(needed), _total(needed), free, str(folder))

    def prune(
        self, *, max_size_bytes: int | None = None, max_age_s: float | None = None, dry_run: bool = False
    ) -> Pruned:
        """Free what no run, name or user needs: what is too old, then the cheapest to make again, to fit the size.

        Cheap is few seconds to render per byte freed. What runs that are not over may read is needed, too.
        """
        blobs = list(self._context.store.blobs())
        awaited = awaited_files(self._context, self._assets)
        unneeded = [
            blob for blob in blobs if blob.content_hash not in awaited and not self._is_needed(blob.content_hash)
        ]
        free = [item for blob in unneeded if (item := self._candidate(blob))]
        chosen = [item for item in free if max_age_s is not None and item.age_s > max_age_s]
        if max_age_s is None and max_size_bytes is None:
            chosen = free
        left = _total(blobs) - sum(item.blob.size_bytes for item in chosen)
        if max_size_bytes is not None:
            for item in sorted(set(free) - set(chosen), key=lambda item: (item.cost, -item.age_s)):
                if left <= max_size_bytes:
                    break
                chosen.append(item)
                left -= item.blob.size_bytes
        blobs = [item.blob for item in chosen]
        items = self._items(blobs) if dry_run else [it for blob in blobs if (it := self._removed(blob))]
        freed = sum(item.size_bytes for item in items)
        return Pruned(tuple(items), freed, left + _total(blobs) - freed)

    def _removed(self, blob: Blob) -> Item | None:
        """What was removed; None when it has gone meanwhile, or something needs it now."""
        try:
            return self.remove(blob.content_hash)
        except (NotFoundError, NotAllowedError, ConflictError):
            return None

    def _items(self, blobs: Sequence[Blob]) -> Sequence[Item]:
        facts = self._context.state.media.get_many(blob.content_hash for blob in blobs)
        return [_item(blob, facts.get(blob.content_hash)) for blob in blobs]

    def _is_needed(self, content_hash: str) -> bool:
        state = self._context.state
        if state.runs.using(content_hash) or state.configs.get(content_hash) or state.holders(content_hash):
            return True
        return any(asset.content_hash == content_hash for asset in self._context.state.assets.all())

    def _candidate(self, blob: Blob) -> _Candidate | None:
        path = self._context.store.find(blob.content_hash)
        if path is None:
            return None
        seconds = max((item.seconds for item in self._context.state.results.of_content(blob.content_hash)), default=0.0)
        age = time.time() - path.stat().st_mtime
        return _Candidate(blob, seconds / max(1, blob.size_bytes), age)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that may go: `cost` is seconds to render per byte."""

    blob: Blob
    cost: float
    age_s: float


def _total(blobs: Sequence[Blob]) -> int:
    return sum(blob.size_bytes for blob in blobs)


def _item(blob: Blob, fact: MediaFact | None) -> Item:
    if fact is None:
        return Item(blob.content_hash, blob.size_bytes)
    clip = clip_from_json(fact.clip).describe() if fact.clip else ""
    return Item(blob.content_hash, blob.size_bytes, fact.name, fact.origin, clip)
