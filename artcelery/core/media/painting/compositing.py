"""Painting one picture over another, plane by plane: places to the pixel, transparency with clean edges.

The canvas is planar: YUV with the colour of each pixel or of pixels in pairs, or RGB; 8 to 16 bits; transparency only
where each pixel has a colour of its own. Porter and Duff's "over" with straight alpha, as in W3C Compositing and
Blending Level 1. Values are 32-bit floats, rounded once, and sums of two products: the same on every processor.

Where pixels of the canvas share their colour, what lies above counts for each of them by itself: its colour is
weighed with its transparency before it is averaged. So nothing bleeds from pixels that are clear, an odd place parts
no pair, and what is not covered is left as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.media.painting.blending import FORMULAS, Floats, blend_table

__all__ = ["Paint", "Place", "Planes", "Surface", "paint_of", "planes_of"]

Plane: TypeAlias = NDArray[Any]
Planes: TypeAlias = list[Plane]
Paint: TypeAlias = Callable[[Planes], None]
"""Paints a picture onto the planes of a canvas."""

_STRIP = 32  # rows at a time, so that what is being worked on stays in the processor's cache; even, for pairs


@dataclass(frozen=True, slots=True)
class Surface:
    """A kind of canvas: its size, steps per value less one, how many pixels share a colour, whether it has alpha."""

    width: int
    height: int
    most: int = 255
    across: int = 1
    down: int = 1
    alpha: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture lies (its left upper corner), how opaque it is at most, and how it is blended."""

    x: int = 0
    y: int = 0
    opacity: float = 1.0
    mode: str = "normal"


def planes_of(frame: av.VideoFrame) -> Planes:
    """The planes of a planar frame as arrays of integers; writing into them changes the frame."""
    kind = np.dtype(np.uint8 if frame.format.components[0].bits <= 8 else "<u2")
    planes: Planes = []
    plane: Any  # that a plane is a buffer is not in its type
    for plane in frame.planes:
        rows = np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width]
        planes.append(rows if plane.line_size > 0 else rows[::-1])  # a picture that was turned over lies upside down
    return planes


def paint_of(surface: Surface, planes: Planes, place: Place, *, alpha: bool, again: bool = False) -> Paint | None:
    """What paints a picture of such planes (the last its transparency, with `alpha`); None: nothing of it is seen.

    The picture is in the canvas's kind of colour; where pixels of the canvas share theirs, a picture with as many
    colours as pixels fits too. `again`: it will be painted many times, so more is worked out before.
    """
    patch = _visible(surface, planes, place, alpha)
    if patch is not None and again and patch.alpha is not None:
        patch = _seen(surface, patch)
    if patch is None or not place.opacity:
        return None
    if patch.alpha is None and not surface.alpha and surface.most == 255 and place.mode != "normal":
        return lambda canvas: _paint_table(canvas, patch)
    if surface.alpha or place.mode != "normal":
        return lambda canvas: _paint_general(surface, canvas, patch)
    if patch.paired or (patch.alpha is None and surface.across == surface.down == 1):
        return lambda canvas: _apply(canvas, _plain_steps(surface, patch))
    if not again:
        return lambda canvas: _apply(canvas, _weighed_steps(surface, patch))
    steps = list(_weighed_steps(surface, patch))
    return lambda canvas: _apply(canvas, steps)


@dataclass(frozen=True, slots=True)
class _Patch:
    """The part of a picture that lies on the canvas, [left, right) by [top, bottom) of it."""

    left: int
    top: int
    right: int
    bottom: int
    colours: Planes
    alpha: Plane | None
    opacity: float
    mode: str
    paired: bool

    def weight(self, rows: slice, most: int) -> Floats | None:
        """The opacity of each pixel of some rows, from 0 to 1; None where all are clear."""
        if self.alpha is None:
            return np.full((rows.stop - rows.start, self.right - self.left), self.opacity, np.float32)
        alpha = self.alpha[rows]
        if not alpha.any():
            return None
        return np.divide(alpha, most, dtype=np.float32) * np.float32(self.opacity)


def _visible(surface: Surface, planes: Planes, place: Place, alpha: bool) -> _Patch | None:
    height, width = planes[0].shape
    left, top = max(0, place.x), max(0, place.y)
    right, bottom = min(surface.width, place.x + width), min(surface.height, place.y + height)
    if left >= right or top >= bottom:
        return None
    colours, clear = (planes[:-1], planes[-1]) if alpha else (planes, None)
    paired = (surface.across, surface.down) != (1, 1) and colours[1].shape != colours[0].shape
    cut = []
    for number, plane in enumerate(colours):
        across, down = (surface.across, surface.down) if paired and number else (1, 1)
        rows = slice((top - place.y) // down, -(-(bottom - place.y) // down))
        cut.append(plane[rows, (left - place.x) // across : -(-(right - place.x) // across)])
    if clear is not None:
        clear = clear[top - place.y : bottom - place.y, left - place.x : right - place.x]
    return _Patch(left, top, right, bottom, cut, clear, place.opacity, place.mode, paired)


def _seen(surface: Surface, patch: _Patch) -> _Patch | None:
    """The smallest part of a picture outside of which all is clear."""
    assert patch.alpha is not None
    rows, columns = (np.flatnonzero(patch.alpha.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    place = Place(-int(columns[0]), -int(rows[0]), patch.opacity, patch.mode)
    size = Surface(int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
    part = _visible(size, [*patch.colours, patch.alpha], place, True)
    assert part is not None
    left, top = patch.left - place.x, patch.top - place.y
    return _Patch(
        left, top, left + size.width, top + size.height, part.colours, part.alpha, part.opacity, part.mode, False
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of a plane of the canvas that becomes itself times `keep` plus `add` (without `keep`: `add`, as it is)."""

    plane: int
    rows: slice
    columns: slice
    keep: Floats | np.float32 | None
    add: Plane


def _apply(canvas: Planes, steps: Sequence[_Step] | Iterator[_Step]) -> None:
    for step in steps:
        part = canvas[step.plane][step.rows, step.columns]
        if step.keep is None:
            part[...] = step.add
        else:
            kept = np.multiply(part, step.keep, dtype=np.float32)
            kept += step.add
            np.copyto(part, kept, casting="unsafe")


def _plain_steps(surface: Surface, patch: _Patch) -> Iterator[_Step]:
    """Of an opaque picture whose pixels lie on those of the canvas, also where they share a colour."""
    keep, share = np.float32(1 - patch.opacity), np.float32(patch.opacity)
    for number, colours in enumerate(patch.colours):
        across, down = (surface.across, surface.down) if number else (1, 1)
        left, top = patch.left // across, patch.top // down
        columns = slice(left, left + colours.shape[1])
        if patch.opacity == 1:
            yield _Step(number, slice(top, top + len(colours)), columns, None, colours)
            continue
        for rows in _strips(0, len(colours)):
            add = np.multiply(colours[rows], share, dtype=np.float32) + np.float32(0.5)
            yield _Step(number, slice(top + rows.start, top + rows.stop), columns, keep, add)


def _weighed_steps(surface: Surface, patch: _Patch) -> Iterator[_Step]:
    """Of a picture each of whose pixels has a colour and a transparency of its own."""
    for strip in _strips(patch.top, patch.bottom):
        rows = slice(strip.start - patch.top, strip.stop - patch.top)
        weight = patch.weight(rows, surface.most)
        if weight is None:
            continue
        halved = _Halving(surface, patch, strip)
        shared = halved(weight) if halved.needed else weight
        for number, colours in enumerate(patch.colours):
            add = colours[rows] * weight
            if number and halved.needed:
                yield _Step(number, halved.rows, halved.columns, 1 - shared, halved(add) + np.float32(0.5))
            else:
                columns = slice(patch.left, patch.right)
                yield _Step(number, strip, columns, 1 - weight, add + np.float32(0.5))


class _Halving:
    """Averages over the pixels that share a colour; beyond the picture there is nothing, beyond the canvas no pixel."""

    def __init__(self, surface: Surface, patch: _Patch, strip: slice) -> None:
        self.across, self.down = surface.across, surface.down
        self.needed = (self.across, self.down) != (1, 1)
        self.rows = slice(strip.start // self.down, -(-strip.stop // self.down))
        self.columns = slice(patch.left // self.across, -(-patch.right // self.across))
        before = strip.start % self.down, patch.left % self.across
        after = -strip.stop % self.down, -patch.right % self.across
        self.room = tuple(zip(before, after, strict=True))
        self.at_edge = strip.stop == surface.height, patch.right == surface.width

    def __call__(self, values: Floats) -> Floats:
        """The averages; a pair of which one pixel lies beyond the canvas has the colour of the other."""
        for axis, (before, after) in enumerate(self.room):
            if before or after:
                sides = ((before, 0), (0, 0)) if axis == 0 else ((0, 0), (before, 0))
                values = np.pad(values, sides)
                sides = ((0, after), (0, 0)) if axis == 0 else ((0, 0), (0, after))
                values = np.pad(values, sides, mode="edge" if self.at_edge[axis] else "constant")
        if self.down == 2:
            values = values[0::2] + values[1::2]
        if self.across == 2:
            values = values[:, 0::2] + values[:, 1::2]
        return values * np.float32(1 / (self.across * self.down))


def _paint_table(canvas: Planes, patch: _Patch) -> None:
    """With a blend mode, of what is opaque and of 8 bits: there are only 65,536 pairs of values."""
    table = blend_table(patch.mode, patch.opacity)
    for strip in _strips(patch.top, patch.bottom):
        rows = slice(strip.start - patch.top, strip.stop - patch.top)
        for plane, colours in zip(canvas, patch.colours, strict=True):
            part = plane[strip, patch.left : patch.right]
            part[...] = table[np.left_shift(part, 8, dtype=np.uint16) | colours[rows]]


def _paint_general(surface: Surface, canvas: Planes, patch: _Patch) -> None:
    """With a blend mode, or on a canvas that is transparent itself: each pixel has a colour of its own."""
    most = np.float32(surface.most)
    for strip in _strips(patch.top, patch.bottom):
        rows = slice(strip.start - patch.top, strip.stop - patch.top)
        weight = patch.weight(rows, surface.most)
        if weight is None:
            continue
        parts = [plane[strip, patch.left : patch.right] for plane in canvas]
        clear = np.divide(parts[-1], most, dtype=np.float32) if surface.alpha else None
        for part, colours in zip(parts, patch.colours, strict=False):
            below = np.divide(part, most, dtype=np.float32)
            above = np.divide(colours[rows], most, dtype=np.float32)
            over = _over(below, clear, FORMULAS[patch.mode](below, above), above, weight)
            np.copyto(part, over * most + np.float32(0.5), casting="unsafe")
        if clear is not None:
            np.copyto(parts[-1], (weight + clear - weight * clear) * most + np.float32(0.5), casting="unsafe")


def _over(below: Floats, clear: Floats | None, mixed: Floats, above: Floats, weight: Floats) -> Floats:
    """The colour of what lies above, blended as far as there is something below, over what is below."""
    if clear is None:
        return below + weight * (mixed - below)
    mixed = above + clear * (mixed - above)
    opaque = weight + clear - weight * clear
    visible = weight * mixed + (1 - weight) * clear * below
    return np.where(opaque > 0, visible / np.maximum(opaque, np.float32(1e-9)), below)


def _strips(first: int, last: int) -> Iterator[slice]:
    """Strips of rows that begin at even rows, wherever the first begins."""
    while first < last:
        stop = min(last, first - first % _STRIP + _STRIP)
        yield slice(first, stop)
        first = stop
