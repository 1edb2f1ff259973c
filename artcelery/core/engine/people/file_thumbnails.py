"""Thumbnails: ordinary results, which are made once and kept as all others are."""

from __future__ import annotations

import time
from pathlib import Path

from artcelery.core.engine.context import Context
from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.engine.people.file_keeping import alone_with
from artcelery.core.errors import NotFoundError
from artcelery.core.hashing import node_key, result_encoding_id
from artcelery.core.runs import now
from artcelery.core.state.records import Result

__all__ = ["THUMBNAIL_SIZES", "thumbnail_of"]

THUMBNAIL_SIZES = (64, 128, 256, 512)
"""The sizes that there are, in pixels: the longer side has as many at most."""

_VERSION = 1
_ENCODING = result_encoding_id({"v": 1, "format": "webp", "quality": 80})


def thumbnail_of(context: Context, file: StoredFile, size: int) -> tuple[str, Path]:
    """The content hash of the thumbnail of a file, and where it lies; MediaError when none can be made."""
    if file.kind not in ("still", "film", "sound"):
        raise NotFoundError(f"there is no thumbnail of {file.content_hash}: it is no picture, film or sound")
    key = node_key("THUMBNAIL", _VERSION, {"size": size}, [file.content_hash])
    found = _found(context, key)
    if found is None:
        with alone_with(context, f"thumbnail:{key}"):
            found = _found(context, key) or _made(context, file, size, key)
    return found


def _found(context: Context, key: str) -> tuple[str, Path] | None:
    result = context.state.results.get(key, _ENCODING)
    path = context.store.find(result.content_hash, result.size_bytes) if result else None
    return (result.content_hash, path) if result and path else None


def _made(context: Context, file: StoredFile, size: int, key: str) -> tuple[str, Path]:
    source = context.store.find(file.content_hash, file.size_bytes)
    if source is None:
        raise NotFoundError(f"there is no file {file.content_hash}; it has gone from the cache")
    began = time.monotonic()
    data = context.apart.thumbnail(source, file.name or "the file", size)
    blob = context.store.put_bytes(data)
    seconds = round(time.monotonic() - began, 3)
    context.state.results.put(Result(key, _ENCODING, blob.content_hash, blob.size_bytes, seconds, now()))
    path = context.store.find(blob.content_hash, blob.size_bytes)
    if path is None:
        raise NotFoundError(f"the thumbnail of {file.content_hash} has gone already; ask again")
    return blob.content_hash, path
