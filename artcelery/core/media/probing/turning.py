"""Which way is up: the eight ways a picture can be stored, numbered as in EXIF, and how each is put right."""

from __future__ import annotations

import struct
from typing import Any

import av
from av.sidedata.sidedata import SideDataContainer, Type

from artcelery.core.effect import Filter

__all__ = ["TURNS", "orientation_of", "turns_sideways"]

TURNS: dict[int, tuple[Filter, ...]] = {
    1: (),
    2: (Filter("hflip"),),
    3: (Filter("hflip"), Filter("vflip")),
    4: (Filter("vflip"),),
    5: (Filter("transpose", dir="cclock_flip"),),
    6: (Filter("transpose", dir="clock"),),
    7: (Filter("transpose", dir="clock_flip"),),
    8: (Filter("transpose", dir="cclock"),),
}
"""The filters that put a stored picture upright."""

_ORIENTATIONS = {
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}


def orientation_of(frame: av.VideoFrame) -> int:
    """How a film says its pictures are turned, 1 to 8; turns by less than a quarter are taken for none."""
    container: Any = SideDataContainer
    # `frame.side_data` would keep the frame alive, and its decoder's buffers with it, until garbage is collected.
    matrix = container(frame).get(Type.DISPLAYMATRIX)
    if matrix is None:
        return 1
    a, b, _, c, d = struct.unpack_from("=5i", bytes(matrix))
    return _ORIENTATIONS.get((_sign(a), _sign(b), _sign(c), _sign(d)), 1)


def turns_sideways(orientation: int) -> bool:
    """Whether width and height change places."""
    return orientation >= 5


def _sign(value: int) -> int:
    """-1, 0 or 1 for a 16.16 number that is nearly that."""
    return round(max(-1.0, min(1.0, value / 65536)))
