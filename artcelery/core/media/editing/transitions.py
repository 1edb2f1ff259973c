"""Transitions: two pictures of one format, and how far the first has become the second.

Of n pictures, number k (from 0) shows the progress p = (k + 1) / (n + 1): neither the first nor the last is one of the
clips alone. All of it is arithmetic of whole numbers, rounded to the nearest (a half up), the same on every processor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeAlias

import av
import numpy as np
from numpy.typing import DTypeLike

from artcelery.core.media.clip import Picture
from artcelery.core.media.editing.planes import Plane, colour_planes, halvings, planes_of

__all__ = ["Mixer", "Transition", "mixer"]

Mixer: TypeAlias = Callable[[av.VideoFrame, av.VideoFrame, int], av.VideoFrame]
"""Gives picture number k (from 0) of a transition, from the picture that leaves and the one that comes."""

_ROWS = 64  # so many at once that what lies between two steps of a sum stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Transition:
    """How a clip becomes the next over `frames` pictures: "crossfade", "fade", "wipe" or "slide".

    A fade goes out to `background` in its first half and comes from there in its second. The edge of a wipe, and both
    pictures of a slide, move in `direction`: "left", "right", "up" or "down".
    """

    kind: str
    frames: int
    direction: str = "left"
    background: str = "#000000"


def mixer(transition: Transition, picture: Picture) -> Mixer:
    """What makes the pictures of a transition between clips of the format `picture`, which is `mixable`."""
    return (_moving if transition.kind in ("wipe", "slide") else _fading)(transition, picture)


def _fading(transition: Transition, picture: Picture) -> Mixer:
    """(1 - p) of the picture that leaves and p of the one that comes.

    Where pictures are transparent, colours count by their alpha (Porter & Duff 1984, dissolve and plus): laid over a
    background, the cross-fade is the cross-fade of both laid over it.
    """
    total, ground = transition.frames + 1, colour_planes(transition.background, picture)

    def mixed(one: av.VideoFrame, other: av.VideoFrame, number: int) -> av.VideoFrame:
        made, come = av.VideoFrame(one.width, one.height, one.format.name), number + 1
        out, leaving, coming = (planes_of(frame, picture) for frame in (made, one, other))
        if transition.kind == "crossfade":
            shares = total - come, come
        elif 2 * come <= total:
            coming, shares = ground, (total - 2 * come, 2 * come)
        else:
            leaving, shares = ground, (2 * (total - come), 2 * come - total)
        (_mix_clear if picture.alpha else _mix)(out, leaving, coming, shares, (1 << picture.depth) - 1)
        return made

    return mixed


def _mix(
    outs: Sequence[Plane], ones: Sequence[Plane], others: Sequence[Plane], shares: tuple[int, int], most: int
) -> None:
    """(first share * one + second share * other) / the sum of the shares."""
    first, second = shares
    half, kind = (first + second) // 2, _holding(most * (first + second) + (first + second) // 2)
    for out, one, other in zip(outs, ones, others, strict=True):
        for rows in _strips(out):
            total = _times(_part(one, rows), first, kind) + _times(_part(other, rows), second, kind)
            total += half
            total //= first + second
            out[rows] = total


def _mix_clear(
    outs: Sequence[Plane], ones: Sequence[Plane], others: Sequence[Plane], shares: tuple[int, int], most: int
) -> None:
    """The same of transparent pictures: each colour counts as far as it is seen."""
    whole = sum(shares)
    kind = _holding(most * most * whole * 2)
    for rows in _strips(outs[-1]):
        seen = [
            _times(_part(planes[-1], rows)[..., -1:], share, kind)
            for planes, share in zip((ones, others), shares, strict=True)
        ]
        both = seen[0] + seen[1]
        weights = [np.where(both == 0, share, part) for share, part in zip(shares, seen, strict=True)]
        divisor = weights[0] + weights[1]
        for out, one, other in zip(outs, ones, others, strict=True):
            total = _part(one, rows) * weights[0] + _part(other, rows) * weights[1]
            out[rows] = (total + divisor // 2) // divisor
        outs[-1][rows][..., -1:] = (both + whole // 2) // whole


def _times(plane: Plane, share: int, kind: DTypeLike) -> Plane:
    made: Plane = np.multiply(plane, share, dtype=kind, casting="unsafe")
    return made


def _strips(plane: Plane) -> list[slice]:
    return [slice(at, at + _ROWS) for at in range(0, len(plane), _ROWS)]


def _part(plane: Plane, rows: slice) -> Plane:
    """Those rows; a colour is the same in all."""
    return plane if len(plane) == 1 else plane[rows]


def _holding(most: int) -> DTypeLike:
    """The narrowest whole numbers that hold so much: the narrower, the faster."""
    return next(kind for kind in (np.uint16, np.uint32, np.uint64) if most <= np.iinfo(kind).max)


def _moving(transition: Transition, picture: Picture) -> Mixer:
    """Rows or columns of both pictures, whole.

    Where pixels share their colour in pairs, places are even. A picture of an odd size ends with half a pair: it moves
    as if its last column or row were there twice.
    """
    axis, back = int(transition.direction in ("left", "right")), transition.direction in ("left", "up")
    place = _wiped if transition.kind == "wipe" else _slid

    def moved(one: av.VideoFrame, other: av.VideoFrame, number: int) -> av.VideoFrame:
        made = av.VideoFrame(one.width, one.height, one.format.name)
        shared, side = halvings(made, axis), (made.height, made.width)[axis]
        pairs = -(-side // max(shared))
        gone = floor(pairs * Fraction(number + 1, transition.frames + 1) + Fraction(1, 2))
        planes = (planes_of(frame, picture) for frame in (made, one, other))
        for step, *triple in zip(shared, *planes, strict=True):
            out, leaving, coming = (plane.swapaxes(0, axis) for plane in triple)
            unit = max(shared) // step
            place(out, leaving, coming, gone * unit, pairs * unit, back)
        return made

    return moved


def _wiped(out: Plane, leaving: Plane, coming: Plane, gone: int, length: int, back: bool) -> None:
    first, second, edge = (leaving, coming, length - gone) if back else (coming, leaving, gone)
    out[:edge], out[edge:] = first[:edge], second[edge:]


def _slid(out: Plane, leaving: Plane, coming: Plane, gone: int, length: int, back: bool) -> None:
    """A window over both pictures, side by side, the first of them `length` long."""
    first, second, begin = (leaving, coming, gone) if back else (coming, leaving, length - gone)
    kept, edge = max(0, len(first) - begin), length - begin
    out[:kept], out[kept:edge], out[edge:] = first[begin : begin + kept], first[-1:], second[: max(0, len(out) - edge)]
