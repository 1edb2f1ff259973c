"""Where a layer lies on its canvas, and what that is. Imports no codec library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.editing.conforming import MixedColourError, common_picture
from artcelery.core.media.painting.planar import planar
from artcelery.core.ops.generate_text import ANCHORS
from artcelery.core.ops.op import InferError
from artcelery.core.values import resolve_size

__all__ = ["BlendMode", "at", "canvas_of", "pictures_of"]

BlendMode = Literal[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "add",
    "subtract",
    "average",
    "difference",
    "lighten",
    "darken",
    "soft_light",
    "hard_light",
]


def at(
    position: str | list[int | str], margin: int | str, size: tuple[int, int], canvas: tuple[int, int]
) -> tuple[int, int]:
    """The left upper corner of a layer of that size, in pixels of the canvas.

    Percent are of the free space, as in CSS's `background-position`: 0% is the left or upper edge, 50% the middle,
    100% the right or lower edge. A named place keeps `margin` (pixels, or percent of the canvas's height) from the
    edges it names.
    """
    free = canvas[0] - size[0], canvas[1] - size[1]
    if not isinstance(position, str):
        return _pixels(position[0], free[0]), _pixels(position[1], free[1])
    kept = resolve_size(margin, canvas[1]) if margin else 0
    across, along = ANCHORS[position]
    return _anchored(across, kept, free[0]), _anchored(along, kept, free[1])


def _pixels(place: int | str, free: int) -> int:
    return place if isinstance(place, int) else round(Fraction(place.rstrip("%")) * free / 100)


def _anchored(share: float, margin: int, free: int) -> int:
    return {0.0: margin, 1.0: free - margin}.get(share, free // 2)


def canvas_of(
    pictures: Sequence[Picture], size: tuple[int, int], rate: Fraction | None, *, alpha: bool, rgb: bool
) -> Picture:
    """The format of a canvas: the lowest picture's way to say colour, or RGB where all are or `rgb` asks for it.

    As deep as the deepest. A film keeps its pairs of pixels that share a colour, unless the canvas is transparent.
    InferError for pictures that cannot be shown together.
    """
    try:
        common = common_picture(pictures, size, rate)
    except MixedColourError as error:
        raise InferError(str(error), "inputs") from error
    depth = next(known for known in (8, 10, 12, 16) if known >= min(16, max(item.depth for item in pictures)))
    plain = replace(common, alpha=alpha, depth=depth, sar=Fraction(1))
    if rgb or common.matrix == "rgb":
        plain = replace(plain, matrix="rgb", color_range="pc")
    elif pictures[0].matrix != "rgb":
        plain = replace(plain, matrix=pictures[0].matrix, color_range=pictures[0].color_range)
    return replace(plain, pix_fmt=planar(plain.matrix, pictures[0].chroma, depth, alpha))


def pictures_of(clips: Sequence[Clip], node: str) -> list[Picture]:
    """The pictures of all inputs; InferError for one that has none."""
    pictures = [clip.picture for clip in clips]
    for number, (clip, picture) in enumerate(zip(clips, pictures, strict=True), 1):
        if picture is None:
            what = "a document" if clip.kind == "data" else "a sound"
            raise InferError(f"input {number} of this {node} is {what}; give it a still or a film", "inputs")
    return [picture for picture in pictures if picture is not None]
