"""What the numbers of a decoded picture mean; what the file leaves open is filled in as players do."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av

from artcelery.core.errors import MediaError
from artcelery.core.media.clip import Picture
from artcelery.core.media.color import tags_of
from artcelery.core.media.probing.timeline import Timeline
from artcelery.core.media.probing.turning import orientation_of, turns_sideways

__all__ = ["picture_of"]

_FULL_RANGE_PREFIXES = ("yuvj", "gray", "ya8", "ya16", "mono")
_UNSPECIFIED = (2, 3)
_PRIMARIES_OF_MATRIX = {
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "bt470bg": "bt470bg",
    "fcc": "bt470m",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}


def picture_of(frame: av.VideoFrame, stream: Any, timeline: Timeline) -> Picture:
    """The format of a film, from its first picture, its stream and its timeline; MediaError for unread colour."""
    sideways = turns_sideways(orientation_of(frame))
    width, height = (frame.height, frame.width) if sideways else (frame.width, frame.height)
    sar = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)
    pixel = frame.format
    palette = pixel.name == "pal8"
    matrix = _matrix(frame, palette)
    return Picture(
        width=width,
        height=height,
        pix_fmt=pixel.name,
        rate=timeline.rate,
        variable=timeline.variable,
        alpha=palette or any(part.is_alpha for part in pixel.components),
        depth=max(part.bits for part in pixel.components),
        sar=1 / sar if sideways else sar,
        matrix=matrix,
        color_range=_range(frame, matrix),
        primaries=_PRIMARIES.get(int(frame.color_primaries), _PRIMARIES_OF_MATRIX.get(matrix, "bt709")),
        transfer=_TRANSFERS.get(int(frame.color_trc), "iec61966-2-1" if matrix == "rgb" else "bt709"),
    )


def _matrix(frame: av.VideoFrame, palette: bool) -> str:
    if palette or frame.format.is_rgb:
        return "rgb"
    number = int(frame.colorspace)
    if number in _UNSPECIFIED or (number == 0 and frame.format.name.startswith("gray")):
        return "bt709" if frame.height > 576 or frame.width > 1024 else "smpte170m"
    if number not in _MATRICES or number == 0:
        raise MediaError(
            f"its colours are coded in a way that is not read (matrix {number} of H.273); convert it first"
        )
    return _MATRICES[number]


def _range(frame: av.VideoFrame, matrix: str) -> str:
    if matrix == "rgb" or int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"):
        return "pc"
    unspecified = int(frame.color_range) == 0
    return "pc" if unspecified and frame.format.name.startswith(_FULL_RANGE_PREFIXES) else "tv"


def _numbered(field: str, names: Sequence[str]) -> dict[int, str]:
    """The names of a field of `Picture` by their numbers; of two names for one number, the first."""
    numbers: dict[int, str] = {}
    for name in names:
        values: dict[str, Any] = {field: name}
        numbers.setdefault(getattr(tags_of(Picture(1, 1, "", **values)), field), name)
    return numbers


_MATRICES = _numbered("matrix", ("rgb", "bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc", "bt2020c"))
_PRIMARIES = _numbered(
    "primaries",
    (
        *("bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m"),
        *("film", "bt2020", "smpte428", "smpte431", "smpte432"),
    ),
)
_TRANSFERS = _numbered(
    "transfer",
    (
        *("bt709", "gamma22", "gamma28", "smpte170m", "smpte240m", "linear", "iec61966-2-4", "iec61966-2-1"),
        *("bt2020-10", "bt2020-12", "smpte2084", "arib-std-b67"),
    ),
)
