"""What the words of a member's order mean: their names and files, and nothing else of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from artcelery.core.effect import Effect
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.errors import ConfigError, NotFoundError
from artcelery.core.graph import SourceFile
from artcelery.core.hashing import is_hash
from artcelery.core.media.clip import Clip
from artcelery.core.state.protocol import Assets as Names

__all__ = ["ReachedAssets", "ReachedEffects"]


class ReachedAssets(Assets):
    """Files by hash and name as far as they may be read; of paths, none."""

    def __init__(
        self, context: Context, names: Names, may_read: Callable[[str], bool], called: Callable[[str], str]
    ) -> None:
        super().__init__(context)
        self._names, self._may_read, self._called = names, may_read, called

    def resolve(self, said: str | Path, base: Path | None = None) -> SourceFile:
        """The file meant by a content hash or the name of an asset."""
        text = str(said)
        if base is None and is_hash(text):
            return self.by_hash(text)
        asset = self._names.get(text) if base is None else None
        if asset is not None:
            return replace(self.by_hash(asset.content_hash), name=text)
        if base is None and (built_in := self.built_in(text)) is not None:
            return built_in
        raise NotFoundError(f"there is no asset or hash {text!r}; upload the file first")

    def by_hash(self, wanted: str) -> SourceFile:
        """A stored file by its content hash, called as its holder calls it."""
        if not self.holds(wanted):
            raise NotFoundError(f"there is no file {wanted}; upload it first")
        return replace(super().by_hash(wanted), name=self._called(wanted))

    def holds(self, wanted: str) -> bool:
        """Whether the store has a file that may be read."""
        return self._may_read(wanted) and super().holds(wanted)

    def _probe(self, path: Path) -> Clip:
        """What a file is that nobody looked into yet, found out by a process that may die of it."""
        return self._context.apart.probe(path, "the file").clip


class ReachedEffects:
    """The effects that are installed: a pin may say which of them, but never means a stored file."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        """The effect of a name, exactly the pinned one when there is a pin; no error says where files lie."""
        try:
            return self._context.library.resolve(name, pinned_hash, lambda wanted: None)
        except ConfigError as error:
            raise NotFoundError(
                f"the file of the effect {name!r} is wrong; who operates this server can see why"
            ) from error
        except NotFoundError:
            if pinned_hash is None:
                raise
            raise NotFoundError(
                f"the effect {name} is pinned to {pinned_hash}, which is not installed here; "
                "write the hash of the installed one into the config, or none at all"
            ) from None
