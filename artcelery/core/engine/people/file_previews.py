"""Previews: thumbnails of pictures, films and sounds, and waveforms; ordinary results, made once and kept as all are.

A waveform is made once however wide it is drawn, and the thumbnail of a sound is drawn from it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from artcelery.core.engine.context import Context
from artcelery.core.engine.keeping import alone_with
from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.errors import NotFoundError
from artcelery.core.hashing import node_key, result_encoding_id
from artcelery.core.media.peaks import Peaks
from artcelery.core.runs import now
from artcelery.core.state.records import Result
from artcelery.core.store.protocol import Blob

__all__ = ["THUMBNAIL_SIZES", "WAVEFORM", "Preview", "find_preview", "make_preview", "thumbnail"]

THUMBNAIL_SIZES = (64, 128, 256, 512)
"""The sizes that there are, in pixels: the longer side has as many at most."""

_LONGEST_S = 180.0
"""Longer than any is made: should its maker be gone by then, another may make it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is wanted of a file: how it looks in so many pixels, or (without a size) how it sounds."""

    size: int = 0

    def key_of(self, content_hash: str) -> str:
        """What computes it."""
        if self.size:
            return node_key("THUMBNAIL", 2, {"size": self.size}, [content_hash])
        return node_key("WAVEFORM", 1, {}, [content_hash])

    @property
    def encoding(self) -> str:
        """How it is kept."""
        return _WEBP if self.size else _JSON


_WEBP = result_encoding_id({"v": 1, "format": "webp", "quality": 80})
_JSON = result_encoding_id({"v": 1, "format": "json"})

_NAME = "the file"
"""What errors call it: what is wrong with it is told to all who have it, whatever each of them calls it."""

WAVEFORM = Preview()
"""How a file sounds: its peaks, as JSON."""


def thumbnail(size: int) -> Preview:
    """How a file looks in a square of so many pixels."""
    return Preview(size)


def find_preview(context: Context, file: StoredFile, preview: Preview) -> Blob | None:
    """The preview of a file where it is made already; NotFoundError when there is nothing to be seen, or heard."""
    _refuse_unless_there_can_be(file, preview)
    result = context.state.results.get(preview.key_of(file.content_hash), preview.encoding)
    if result is None or not context.store.has(result.content_hash, result.size_bytes):
        return None
    return Blob(result.content_hash, result.size_bytes)


def make_preview(context: Context, file: StoredFile, preview: Preview) -> Blob:
    """The preview of a file, made once by whoever comes first; MediaError when the file cannot be read."""
    source = context.store.find(file.content_hash, file.size_bytes)
    if source is None:
        raise NotFoundError(f"there is no file {file.content_hash}; it has gone from the cache")
    with alone_with(context, f"preview:{preview.key_of(file.content_hash)}", _LONGEST_S):
        return find_preview(context, file, preview) or _made(context, file, preview, source)


def _made(context: Context, file: StoredFile, preview: Preview, source: Path) -> Blob:
    began = time.monotonic()
    blob = context.store.put_bytes(_bytes_of(context, file, preview, source))
    seconds = round(time.monotonic() - began, 3)
    key = preview.key_of(file.content_hash)
    context.state.results.put(Result(key, preview.encoding, blob.content_hash, blob.size_bytes, seconds, now()))
    return blob


def _bytes_of(context: Context, file: StoredFile, preview: Preview, source: Path) -> bytes:
    if not preview.size:
        return context.apart.waveform(source, _NAME).to_bytes()
    if _has_picture(file):
        return context.apart.thumbnail(source, _NAME, preview.size)
    from artcelery.core.media.small import draw_waveform

    return draw_waveform(_peaks_of(context, file), preview.size)


def _peaks_of(context: Context, file: StoredFile) -> Peaks:
    blob = make_preview(context, file, WAVEFORM)
    path = context.store.find(blob.content_hash, blob.size_bytes)
    if path is None:
        raise NotFoundError(f"the waveform of {file.content_hash} has gone already; ask again")
    return Peaks.of(path.read_bytes())


def _refuse_unless_there_can_be(file: StoredFile, preview: Preview) -> None:
    has_sound = file.clip is not None and file.clip.sound is not None
    if preview.size and not _has_picture(file) and not has_sound:
        raise NotFoundError(f"there is no thumbnail of {file.content_hash}: it is no picture, film or sound")
    if not preview.size and not has_sound:
        raise NotFoundError(f"there is no waveform of {file.content_hash}: it has no sound")


def _has_picture(file: StoredFile) -> bool:
    return file.clip is not None and file.clip.picture is not None
