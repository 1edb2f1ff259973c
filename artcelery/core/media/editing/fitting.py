"""How a picture is brought to another size: inside it, over it, or stretched. Imports no codec library."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from artcelery.core.media.clip import Picture

__all__ = ["Box", "FitMode", "box_of", "shape_of"]

FitMode = Literal["fit", "fill", "stretch", "pad"]

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """Scale to `scaled`, then cut or pad to `out`; both in square pixels."""

    scaled: Size
    out: Size


def shape_of(picture: Picture) -> Fraction:
    """Width / height of a picture as it is shown."""
    return picture.width * picture.sar / picture.height


def box_of(picture: Picture, size: Size, mode: FitMode) -> Box:
    """How a picture comes into `size`: `fit` inside, `fill` over it and cut, `pad` inside with bars, `stretch`."""
    if mode == "stretch":
        return Box(size, size)
    shape = shape_of(picture)
    if mode == "fill":
        return Box(_covering(size, shape), size)
    inside = _fitted(size, shape)
    return Box(inside, size if mode == "pad" else inside)


def _fitted(size: Size, shape: Fraction) -> Size:
    width, height = size
    if width > height * shape:
        return max(1, round(height * shape)), height
    return width, max(1, round(width / shape))


def _covering(size: Size, shape: Fraction) -> Size:
    width, height = size
    if width > height * shape:
        return width, max(height, round(width / shape))
    return max(width, round(height * shape)), height
