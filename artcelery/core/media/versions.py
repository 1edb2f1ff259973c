"""Which FFmpeg and Pillow work here, and what they can do."""

from __future__ import annotations

__all__ = ["ffmpeg_version", "missing_codecs", "missing_picture_formats", "pillow_version"]


def ffmpeg_version() -> str:
    """The version of FFmpeg inside PyAV, as FFmpeg says it."""
    import av

    return str(av.ffmpeg_version_info)


def missing_codecs(names: list[str]) -> list[str]:
    """Those encoders that this FFmpeg lacks."""
    import av

    return [name for name in names if name not in av.codecs_available]


def pillow_version() -> str:
    """Pillow's version."""
    import PIL

    return str(PIL.__version__)


def missing_picture_formats() -> list[str]:
    """Those of the formats and colour management that this Pillow lacks."""
    from PIL import features

    return [name for name in ("webp", "avif", "littlecms2") if not features.check(name)]
