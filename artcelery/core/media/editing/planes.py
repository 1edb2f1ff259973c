"""The numbers of a picture: its planes as arrays, and the numbers that stand for a colour in them.

For formats that hold each component in whole numbers of its own (`mixable`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.media.clip import Picture

__all__ = ["Plane", "colour_planes", "halvings", "planes_of"]

Plane: TypeAlias = NDArray[Any]
"""The numbers of a plane: (rows, columns, components)."""

_PACKED = {"rgb24": 3, "rgba": 4}

_KR_KB = {
    "bt709": (Fraction("0.2126"), Fraction("0.0722")),
    "fcc": (Fraction("0.30"), Fraction("0.11")),
    "bt470bg": (Fraction("0.299"), Fraction("0.114")),
    "smpte170m": (Fraction("0.299"), Fraction("0.114")),
    "smpte240m": (Fraction("0.212"), Fraction("0.087")),
    "bt2020nc": (Fraction("0.2627"), Fraction("0.0593")),
    "bt2020c": (Fraction("0.2627"), Fraction("0.0593")),
}


def planes_of(frame: av.VideoFrame, picture: Picture) -> list[Plane]:
    """The planes of a frame of that format; writing into them changes the frame."""
    kind, parts = np.dtype(np.uint8 if picture.depth <= 8 else "<u2"), _PACKED.get(frame.format.name, 1)
    planes: list[Plane] = []
    plane: Any  # that a plane is a buffer is not in its type
    for plane in frame.planes:
        lines = np.frombuffer(plane, kind).reshape(plane.height, -1)
        rows = lines[:, : plane.width * parts].reshape(plane.height, plane.width, parts)  # a view, not a copy
        planes.append(rows if plane.line_size > 0 else rows[::-1])  # a picture that was turned over lies upside down
    return planes


def halvings(frame: av.VideoFrame, axis: int) -> list[int]:
    """How many pixels in a row (axis 1) or a column (axis 0) share a number, for each plane."""
    shared = 64 // (frame.format.chroma_width(64) if axis else frame.format.chroma_height(64))
    return [shared if number in (1, 2) else 1 for number in range(len(frame.planes))]


def colour_planes(color: str, picture: Picture) -> list[Plane]:
    """A colour (#rrggbb) as planes of one pixel, opaque; they spread over those of a frame.

    YUV by the matrix and range of the picture, rounded to the nearest (ITU-T H.273, 8.3).
    """
    red, green, blue = (Fraction(int(color[at : at + 2], 16), 255) for at in (1, 3, 5))
    most = (1 << picture.depth) - 1
    alpha = [most] if picture.alpha else []
    if picture.matrix == "rgb":
        if picture.pix_fmt in _PACKED:
            return [_pixel(*(round(part * most) for part in (red, green, blue)), *alpha)]
        return [_pixel(value) for value in (*(round(part * most) for part in (green, blue, red)), *alpha)]
    luma, cb, cr = _yuv(red, green, blue, picture)
    return [_pixel(luma)] if picture.pix_fmt.startswith("gray") else [_pixel(item) for item in (luma, cb, cr, *alpha)]


def _yuv(red: Fraction, green: Fraction, blue: Fraction, picture: Picture) -> tuple[int, int, int]:
    kr, kb = _KR_KB[picture.matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    differences = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    most, step = (1 << picture.depth) - 1, 1 << (picture.depth - 8)
    if picture.color_range == "pc":
        cb, cr = (min(most, round(part * most) + 128 * step) for part in differences)
        return round(luma * most), cb, cr
    cb, cr = (round((128 + 224 * part) * step) for part in differences)
    return round((16 + 219 * luma) * step), cb, cr


def _pixel(*values: int) -> Plane:
    return np.array(values, np.uint16).reshape(1, 1, len(values))
