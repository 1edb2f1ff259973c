"""A folder of effect files."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from artcelery.core.effect.interface import Effect
from artcelery.core.effect.source import MAX_SOURCE_BYTES, read_effect
from artcelery.core.errors import ConfigError, NotFoundError, Problem

__all__ = ["EffectFolder", "read_file"]

_SAID = re.compile(rb"^[ \t]*(?:[rRuU]?(?:\"\"\"|''')[ \t]*)?@effect[ \t]+([A-Za-z0-9_-]+)[ \t]*\r?$", re.MULTILINE)

_Version = tuple[int, int, int]


@dataclass
class EffectFolder:
    """The effects of one folder, read when asked for; where `by_stem`, each file is named after its effect."""

    path: Path
    by_stem: bool = False
    _read: dict[Path, tuple[_Version, Effect]] = field(default_factory=dict, repr=False)

    def find(self, name: str) -> Effect | None:
        """The effect of a name; ConfigError when the file that bears its name is wrong."""
        path = self.path / f"{name}.py"
        if path.is_file() and (effect := self.read(path)).name == name:
            return effect
        return None if self.by_stem else next((effect for _, effect in self.named(name)), None)

    def named(self, name: str) -> Iterator[tuple[Path, Effect]]:
        """All effects of that name, also in files named otherwise; files that are wrong are passed over."""
        for path in self.files():
            try:
                if name.encode() in _bytes(path) and (effect := self.read(path)).name == name:
                    yield path, effect
            except (ConfigError, NotFoundError):
                continue

    def names(self) -> Iterator[str]:
        """The names of the effects, most of them without reading a file as a whole."""
        for path in self.files():
            if self.by_stem:
                yield path.stem
                continue
            try:
                said = _SAID.search(_bytes(path))
                yield said[1].decode() if said else self.read(path).name
            except (ConfigError, NotFoundError):
                continue

    def files(self) -> list[Path]:
        """The effect files, by name; those that begin with `_` are none."""
        try:
            found = [path for path in self.path.iterdir() if path.suffix == ".py" and path.name[0] not in "._"]
            return sorted(path for path in found if path.is_file())
        except OSError:
            return []

    def read(self, path: Path) -> Effect:
        """The effect of one file, read again only when the file has changed; ConfigError with all that is wrong."""
        version = _version(path)
        known = self._read.get(path)
        if known is None or known[0] != version:
            known = (version, read_file(path))
            self._read[path] = known
        return known[1]


def read_file(path: Path) -> Effect:
    """The effect that a file declares; NotFoundError, or ConfigError with all that is wrong in it."""
    return read_effect(_bytes(path), _shown(path))


def _bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError([Problem("this is no file")], _shown(path))
        if found.st_size > MAX_SOURCE_BYTES:
            raise ConfigError([Problem(f"an effect file has at most {MAX_SOURCE_BYTES:,} bytes")], _shown(path))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no effect file {_shown(path)}") from error
    except OSError as error:
        raise ConfigError([Problem(f"cannot be read: {error.strerror}")], _shown(path)) from error


def _version(path: Path) -> _Version:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _shown(path: Path) -> str:
    return os.fsencode(path).decode(errors="replace")
