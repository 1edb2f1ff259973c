"""Pictures whose planes can be mixed number by number. Imports no codec library."""

from __future__ import annotations

import re
from dataclasses import replace

from artcelery.core.media.clip import Picture

__all__ = ["mixable"]

_OPAQUE = re.compile(r"(yuv4(20|22|44|40|11|10)p|yuvj4(20|22|44|40|11)p|gbrp|gray)((9|10|12|14|16)le)?|rgb24")
_CLEAR = re.compile(r"(yuva444p|gbrap)((9|10|12|14|16)le)?|rgba")
_DEPTHS = (8, 10, 12, 16)


def mixable(picture: Picture) -> Picture:
    """The same picture in a format that holds each component in whole numbers of its own, alpha for each colour.

    That is its own format where it can be; else one without loss.
    """
    if (_CLEAR if picture.alpha else _OPAQUE).fullmatch(picture.pix_fmt):
        return picture
    depth = next(known for known in _DEPTHS if known >= min(16, picture.depth))
    return replace(picture, pix_fmt=_planes(picture, depth), depth=depth)


def _planes(picture: Picture, depth: int) -> str:
    if picture.matrix == "rgb" and depth == 8:
        return "rgba" if picture.alpha else "rgb24"
    colour = "gbr" if picture.matrix == "rgb" else "yuv"
    alpha, chroma = "a" if picture.alpha else "", "" if colour == "gbr" else "444"
    return f"{colour}{alpha}{chroma}p{'' if depth == 8 else f'{depth}le'}"
