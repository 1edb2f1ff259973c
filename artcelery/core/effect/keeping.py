"""An effect's source, kept as a file in a folder of effects."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from artcelery.core.effect.folder import EffectFolder
from artcelery.core.effect.interface import Effect
from artcelery.core.errors import NotAllowedError, StoreError

__all__ = ["keep"]


def keep(effect: Effect, folder: Path, force: bool) -> Path:
    """Write an effect's source into a folder as NAME.py, whole or not at all; the path.

    NotAllowedError when the folder has another effect of that name (unless `force`), or NAME.py is something else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target, same = _target(effect, folder, force)
        if not same:
            _write(effect.source, target)
    except OSError as error:
        raise StoreError(f"the effect {effect.name} cannot be kept in {folder}: {error.strerror or error}") from error
    return target


def _target(effect: Effect, folder: Path, force: bool) -> tuple[Path, bool]:
    """Where to write, and whether just this is there already."""
    for path, found in EffectFolder(folder).named(effect.name):
        if found.content_hash == effect.content_hash:
            return path, True
        if not force:
            raise NotAllowedError(
                f"{found.origin} is another effect called {effect.name} ({found.content_hash[:12]}); "
                "use --force to put this one in its place"
            )
        return path, False
    target = folder / f"{effect.name}.py"
    if os.path.lexists(target) and not force:
        raise NotAllowedError(f"{target} is there and is not the effect {effect.name}; use --force to overwrite it")
    return target, False


def _write(source: bytes, target: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(source)
            os.fchmod(file.fileno(), 0o644)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
