"""Assets and inputs: from a name, a path or a hash to a file in the store."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from artcelery.core.engine.context import Context
from artcelery.core.errors import MediaError, NotFoundError, UsageError
from artcelery.core.graph import SourceFile
from artcelery.core.hashing import content_hash, is_hash
from artcelery.core.media.clip import Clip, clip_from_json, clip_to_json
from artcelery.core.media.probing.formats import format_of_file
from artcelery.core.runs import now
from artcelery.core.state.records import Asset, FileFact, MediaFact
from artcelery.core.values import file_name

__all__ = ["Assets", "check_name", "file_status"]

_NONE_OF_OURS = "-"
_BUILT_IN = Path(__file__).parent.parent.parent / "assets"


class Assets:
    """Names of files, and the way from what a user says to a file that can be rendered."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list(self) -> Sequence[Asset]:
        """All assets by name, built-in ones included."""
        named = {asset.name: asset for asset in (*self.built_in_assets(), *self._context.state.assets.all())}
        return [named[name] for name in sorted(named)]

    def built_in_assets(self) -> Sequence[Asset]:
        """The assets that everybody has; they were made at no time in particular."""
        return [Asset(path.stem, content_hash(path), "") for path in sorted(_BUILT_IN.glob("*.png"))]

    def names(self) -> Sequence[str]:
        """The names of all assets, quickly."""
        built_in = {path.stem for path in _BUILT_IN.glob("*.png")}
        return sorted(built_in | {asset.name for asset in self._context.state.assets.all()})

    def add(self, path: Path, name: str | None = None) -> MediaFact:
        """Import a file, and name it; its probed facts. MediaError when it is no media that can be rendered."""
        if name is not None:
            check_name(name)
        source = self._from_path(path)
        if name is not None:
            self._context.state.assets.put(Asset(name, source.content_hash, now()))
        fact = self._context.state.media.get(source.content_hash)
        assert fact is not None
        return fact

    def name(self, name: str, content_hash: str) -> Asset:
        """Give a stored file a name."""
        check_name(name)
        if not self._context.store.has(content_hash):
            raise NotFoundError(f"no file {content_hash} in the cache; import it first (`artcelery cache import FILE`)")
        asset = Asset(name, content_hash, now())
        self._context.state.assets.put(asset)
        return asset

    def remove(self, name: str) -> None:
        """Forget a name; the file stays."""
        if not self._context.state.assets.remove(name):
            built_in = " (built-in assets stay)" if (_BUILT_IN / f"{name}.png").exists() else ""
            raise NotFoundError(f"there is no asset {name!r}{built_in}; `artcelery assets list` shows them")

    def resolve(self, said: str | Path, base: Path | None = None) -> SourceFile:
        """The file meant by a content hash, the name of an asset, or a path (relative to `base`)."""
        if isinstance(said, str):
            if is_hash(said):
                return self.by_hash(said)
            asset = self._context.state.assets.get(said)
            if asset is not None:
                return replace(self.by_hash(asset.content_hash), name=said)
            if (built_in := self.built_in(said)) is not None:
                return built_in
        path = Path(said) if base is None else base / said
        if not os.path.lexists(path):
            raise NotFoundError(
                f"there is no asset, file or hash {str(said)!r}; `artcelery assets list` shows the assets"
            )
        return self._from_path(path)

    def built_in(self, name: str) -> SourceFile | None:
        """The file of a built-in asset, None when there is none of that name."""
        path = _BUILT_IN / f"{name}.png"
        return replace(self._from_path(path), name=name) if os.sep not in name and os.path.isfile(path) else None

    def by_hash(self, wanted: str) -> SourceFile:
        """A stored file by its content hash."""
        fact = self._context.state.media.get(wanted)
        if fact is not None and fact.clip is not None and fact.format and self.holds(wanted):
            format = None if fact.format == _NONE_OF_OURS else fact.format
            return SourceFile(wanted, clip_from_json(fact.clip), fact.name, format)
        path = self._context.store.find(wanted)
        if path is None:
            raise NotFoundError(f"no file {wanted} in the cache; import it first (`artcelery cache import FILE`)")
        return SourceFile(wanted, self.clip_of(wanted, path), fact.name if fact else "", format_of_file(path))

    def holds(self, wanted: str) -> bool:
        """Whether the store has a file."""
        return self._context.store.has(wanted)

    def clip_of(self, wanted: str, path: Path, name: str = "") -> Clip:
        """What a stored file is: remembered by its hash, probed once. What is known of how it came stands."""
        fact = self._context.state.media.get(wanted)
        if fact is not None and fact.clip is not None and fact.format:
            return clip_from_json(fact.clip)
        clip = self._probe(path)
        if not self._context.read_only:
            self._context.state.media.learn([_fact(wanted, path, clip, name)])
        return clip

    def _probe(self, path: Path) -> Clip:
        from artcelery.core.media.probing.probe import probe

        return probe(path, self._context.limits)

    def _from_path(self, path: Path) -> SourceFile:
        """A file on disk: hashed (or remembered unchanged), probed, and kept unless nothing may be written."""
        status = file_status(path)
        known = self._context.state.media.hash_of_file(status)
        if self._context.read_only:
            known = known or content_hash(path)
        elif known is None or not self._context.store.has(known, status.size_bytes):
            known = self._import(path, status)
        name = file_name(path)
        return SourceFile(known, self.clip_of(known, path, name), name, format_of_file(path))

    def _import(self, path: Path, status: FileFact) -> str:
        """Keep a copy of a file; what is no media is refused before it is copied."""
        clip = self._probe(path)
        wanted = self._context.store.put(path).content_hash
        self._context.state.media.remember_file(replace(status, content_hash=wanted))
        self._context.state.media.put(_fact(wanted, path, clip, file_name(path)))
        return wanted


def _fact(wanted: str, path: Path, clip: Clip, name: str) -> MediaFact:
    """What is known of a file that was looked into."""
    format = format_of_file(path) or _NONE_OF_OURS
    return MediaFact(wanted, path.stat().st_size, clip_to_json(clip), name, "import", now(), format)


def file_status(path: Path) -> FileFact:
    """What tells whether a file on disk is unchanged; MediaError when it is none that can be read."""
    import stat

    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise MediaError(f"{str(path)!r} is not a regular file; give a picture, a film or a sound")
    if not os.access(path, os.R_OK):
        raise MediaError(f"{str(path)!r} cannot be read: permission denied")
    return FileFact(
        path=os.path.abspath(path),
        device=status.st_dev,
        inode=status.st_ino,
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
    )


def check_name(name: str) -> None:
    """UsageError when an asset cannot be called so."""
    if is_hash(name) or not name or "/" in name or name.startswith(".") or not name.isprintable():
        raise UsageError(f"{name!r} cannot be the name of an asset; use letters, digits, - and _")
