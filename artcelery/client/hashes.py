"""The hashes of files of this machine: a large one that did not change is read but once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from artcelery.core.engine.assets import file_status
from artcelery.core.errors import MediaError
from artcelery.core.hashing import content_hash
from artcelery.core.settings import Settings
from artcelery.core.state.records import FileFact

__all__ = ["Hashes"]

_REMEMBERED_FROM_BYTES = 16 << 20


class Hashes:
    """Remembers in the state of this machine what large files hashed to, as the engine does here."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, path: Path) -> tuple[str, int]:
        """The content hash of a file, and its size; MediaError when it is none that can be read."""
        status = file_status(path)
        if status.size_bytes < _REMEMBERED_FROM_BYTES:
            return _hashed(path), status.size_bytes
        return self._remembered(path, status), status.size_bytes

    def _remembered(self, path: Path, status: FileFact) -> str:
        from artcelery.core.state.sqlite import SqliteState

        state = SqliteState.open(self._settings.state_file)
        try:
            known = state.media.hash_of_file(status)
            if known is None:
                known = _hashed(path)
                state.media.remember_file(replace(status, content_hash=known))
            return known
        finally:
            state.close()


def _hashed(path: Path) -> str:
    try:
        return content_hash(path)
    except OSError as error:
        raise MediaError(f"{str(path)!r} cannot be read: {error.strerror}") from error
