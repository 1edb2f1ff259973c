"""Colour tags of frames: which numbers mean which RGB (ITU-T H.273). Imports no codec library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artcelery.core.media.clip import Picture

if TYPE_CHECKING:
    import av

__all__ = ["RGB", "Tags", "tag", "tags_of", "yuv_matrix"]

_MATRICES = {"rgb": 0, "bt709": 1, "fcc": 4, "bt470bg": 5, "smpte170m": 6, "smpte240m": 7, "bt2020nc": 9, "bt2020c": 10}
_RANGES = {"tv": 1, "pc": 2}
_PRIMARIES = {
    "bt709": 1,
    "bt470m": 4,
    "bt470bg": 5,
    "smpte170m": 6,
    "smpte240m": 7,
    "film": 8,
    "bt2020": 9,
    "smpte428": 10,
    "smpte431": 11,
    "smpte432": 12,
}
_TRANSFERS = {
    "bt709": 1,
    "gamma22": 4,
    "bt470m": 4,
    "gamma28": 5,
    "bt470bg": 5,
    "smpte170m": 6,
    "smpte240m": 7,
    "linear": 8,
    "iec61966-2-4": 11,
    "iec61966-2-1": 13,
    "bt2020-10": 14,
    "bt2020-12": 15,
    "smpte2084": 16,
    "arib-std-b67": 18,
}


@dataclass(frozen=True, slots=True)
class Tags:
    """The four numbers of H.273 that say what pixels mean."""

    matrix: int
    color_range: int
    primaries: int
    transfer: int


RGB = Tags(matrix=0, color_range=2, primaries=1, transfer=13)


def tags_of(picture: Picture) -> Tags:
    """The tags of a picture's format."""
    return Tags(
        _MATRICES.get(picture.matrix, 2),
        _RANGES.get(picture.color_range, 1),
        _PRIMARIES.get(picture.primaries, 2),
        _TRANSFERS.get(picture.transfer, 2),
    )


def tag(frame: av.VideoFrame, tags: Tags) -> av.VideoFrame:
    """The frame, saying what its pixels mean; primaries and transfer only where it said nothing."""
    frame.colorspace, frame.color_range = tags.matrix, tags.color_range
    if frame.color_primaries == 2:
        frame.color_primaries = tags.primaries
    if frame.color_trc == 2:
        frame.color_trc = tags.transfer
    return frame


def yuv_matrix(picture: Picture) -> str:
    """The YUV matrix a picture is written with: its own, or for RGB the one that players assume for its size."""
    if picture.matrix != "rgb":
        return picture.matrix
    return "bt709" if picture.height > 576 or picture.width > 1024 else "smpte170m"
