"""Which FFmpeg and Pillow work here, and what they can do."""

from __future__ import annotations

import ctypes
from importlib.util import find_spec
from pathlib import Path

__all__ = ["encoders", "ffmpeg_version", "missing_codecs", "missing_picture_formats", "pillow_version"]


def ffmpeg_version() -> str:
    """The version of FFmpeg inside PyAV, as FFmpeg says it."""
    library = _bundled_library()
    if library is None:
        import av

        return str(av.ffmpeg_version_info)
    say = ctypes.CDLL(str(library)).av_version_info
    say.restype = ctypes.c_char_p
    return str(say().decode())


def _bundled_library() -> Path | None:
    """The libavutil in PyAV's wheel: it answers without all of PyAV, which a run that renders nothing does not load."""
    found = find_spec("av")
    folder = Path(found.origin).parents[1] / "av.libs" if found and found.origin else Path()
    return next(iter(folder.glob("libavutil-*.so.*")), None)


def missing_codecs(names: list[str]) -> list[str]:
    """Those encoders that this FFmpeg lacks."""
    import av

    return [name for name in names if name not in av.codecs_available]


def encoders() -> frozenset[str]:
    """The names of all encoders of this FFmpeg."""
    import av

    return frozenset(name for name in av.codecs_available if _is_encoder(name))


def _is_encoder(name: str) -> bool:
    import av

    try:
        return bool(av.Codec(name, "w").is_encoder)
    except (ValueError, av.error.FFmpegError):
        return False


def pillow_version() -> str:
    """Pillow's version."""
    import PIL

    return str(PIL.__version__)


def missing_picture_formats() -> list[str]:
    """Those of the formats and colour management that this Pillow lacks."""
    from PIL import features

    return [name for name in ("webp", "avif", "littlecms2") if not features.check(name)]
