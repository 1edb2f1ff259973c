"""Which media types browsers may be told: those of formats that can only be seen or heard."""

from __future__ import annotations

__all__ = ["MEDIA_TYPES", "media_type", "suffix_of"]

_TYPES = {
    "still": {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif", "gif": "image/gif"},
    "film": {
        "mp4": "video/mp4",
        "webm": "video/webm",
        "mkv": "video/x-matroska",
        "gif": "image/gif",
        "png": "image/png",
        "avif": "image/avif",
    },
    "sound": {
        "wav": "audio/wav",
        "flac": "audio/flac",
        "mp3": "audio/mpeg",
        "m4a": "audio/mp4",
        "mp4": "audio/mp4",
        "opus": "audio/ogg",
        "webm": "audio/webm",
        "mkv": "audio/x-matroska",
    },
}
_SUFFIXES = {"jpeg": ".jpg"}

MEDIA_TYPES = tuple(sorted({type for types in _TYPES.values() for type in types.values()}))
"""All that there are."""


def media_type(kind: str, format: str) -> str | None:
    """The media type of a file that was found to be a clip of this kind in this format, None for any other file.

    Documents have none: a browser, or another server, might take them for more than they are.
    """
    return _TYPES.get(kind, {}).get(format)


def suffix_of(kind: str, format: str) -> str:
    """How the name of such a file ends, empty for any other."""
    return _SUFFIXES.get(format, f".{format}") if media_type(kind, format) else ""
