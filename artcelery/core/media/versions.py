"""Which FFmpeg renders here, and what it can do."""

from __future__ import annotations

import av

__all__ = ["ffmpeg_version", "missing_codecs"]


def ffmpeg_version() -> str:
    """The version of FFmpeg inside PyAV, as FFmpeg says it."""
    return str(av.ffmpeg_version_info)


def missing_codecs(names: list[str]) -> list[str]:
    """Those encoders that this FFmpeg lacks."""
    return [name for name in names if name not in av.codecs_available]
