"""Captions as pictures: which cues show on which frames, and where each stands so that none covers another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np

from artcelery.core.errors import RenderError
from artcelery.core.media.generating import Pixels, Runs
from artcelery.core.media.letters.captions import Cue
from artcelery.core.media.letters.lettering import Block, Letterer, blank, laid

__all__ = ["Spot", "captions_on_frames"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a block stands in a picture of `size`: `across` and `down` are the shares of the free room left and above.

    `margin` pixels at the edges are not free; `left` and `top` pixels are added.
    """

    size: tuple[int, int]
    across: float = 0.0
    down: float = 0.0
    margin: int = 0
    left: int = 0
    top: int = 0

    def of(self, block: Block) -> tuple[int, int]:
        """Left and top of a block."""
        free = (self.size[0] - block.width - 2 * self.margin, self.size[1] - block.height - 2 * self.margin)
        return (
            self.left + self.margin + floor(self.across * free[0] + 0.5),
            self.top + self.margin + floor(self.down * free[1] + 0.5),
        )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cue on frames `begin` up to `end`."""

    begin: int
    end: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cue whose place is known."""

    shown: _Shown
    block: Block
    left: int
    top: int

    def covers(self, left: int, top: int, block: Block) -> bool:
        """Whether a block at that place would cover this one."""
        apart = left + block.width <= self.left or self.left + self.block.width <= left
        return not (apart or top + block.height <= self.top or self.top + self.block.height <= top)


def captions_on_frames(cues: Sequence[Cue], rate: Fraction, letterer: Letterer, spot: Spot, margin: int) -> Runs:
    """The cues as clear pictures with text: each on the frames whose time is in [start, end).

    Cues that say no place of their own stand at `spot`. One that would cover another which is still there is put above
    it (in the upper half: below), and stays there. RenderError when it finds no room.
    """
    shown = [_Shown(ceil(cue.start * rate), ceil(cue.end * rate), cue) for cue in cues if cue.lines]
    groups = list(_overlapping([item for item in shown if item.end > item.begin]))
    stage = _Stage(letterer, spot, margin)

    def runs(first: int, last: int) -> Iterator[tuple[Pixels, int]]:
        clear = np.zeros((spot.size[1], spot.size[0], 4), np.uint8)
        at = first
        for group in groups:
            if group[0].begin >= last:
                break
            if max(item.end for item in group) <= first:
                continue
            for begin, end, placed in _scenes(stage.placed(group)):
                start, stop = max(begin, first), min(end, last)
                if start >= stop:
                    continue
                if start > at:
                    yield clear, start - at
                yield stage.drawn(placed), stop - start
                at = stop
        if last > at:
            yield clear, last - at

    return runs


def _overlapping(shown: Sequence[_Shown]) -> Iterator[list[_Shown]]:
    """Groups of cues, each of which begins while another of its group is there."""
    group: list[_Shown] = []
    end = 0
    for item in sorted(shown, key=lambda item: (item.begin, item.cue.number)):
        if group and item.begin >= end:
            yield group
            group = []
        group.append(item)
        end = max(end, item.end) if len(group) > 1 else item.end
    if group:
        yield group


def _scenes(group: Sequence[_Placed]) -> Iterator[tuple[int, int, list[_Placed]]]:
    """The spans of frames within which the same cues of a group are there."""
    begins = [item.shown.begin for item in group]
    bounds = sorted({*begins, *(item.shown.end for item in group)})
    there: list[_Placed] = []
    waiting = list(reversed(group))
    for begin, end in pairwise(bounds):
        there = [item for item in there if item.shown.end > begin]
        while waiting and waiting[-1].shown.begin <= begin:
            there.append(waiting.pop())
        yield begin, end, there


@dataclass(frozen=True, slots=True)
class _Stage:
    letterer: Letterer
    spot: Spot
    margin: int

    def placed(self, group: Sequence[_Shown]) -> list[_Placed]:
        """The cues of a group, each at a place that no earlier one holds while both are there."""
        placed: list[_Placed] = []
        there: list[_Placed] = []
        for item in group:
            there = [other for other in there if other.shown.end > item.begin]
            made = self._place(item, there)
            placed.append(made)
            there.append(made)
        return placed

    def drawn(self, placed: Sequence[_Placed]) -> Pixels:
        """A clear picture with these cues."""
        canvas = blank(self.spot.size)
        for item in placed:
            drawn, spill = self.letterer.draw(item.block)
            laid(canvas, drawn, item.left - spill, item.top - spill)
        return np.asarray(canvas)

    def _place(self, item: _Shown, there: Sequence[_Placed]) -> _Placed:
        width, height = self.spot.size
        place = item.cue.place
        try:
            block = self.letterer.block(item.cue.lines, width - 2 * self.margin, place.align)
        except RenderError as error:
            raise RenderError(f"the caption in line {item.cue.number}: {error.message}") from error
        left, top = self._wanted(item.cue, block)
        upwards = top + block.height / 2 >= height / 2
        for up in (upwards, not upwards):
            found = _free(left, top, block, there, up)
            if found >= 0 and found + block.height <= height:
                return _Placed(item, block, left, found)
        raise RenderError(
            f"the caption in line {item.cue.number} finds no room in {width}x{height}, with {len(there)} others there"
            f" at {float(item.cue.start):.3f} s; make `size` smaller"
        )

    def _wanted(self, cue: Cue, block: Block) -> tuple[int, int]:
        """Where the cue says that it stands, inside the picture, or where captions stand."""
        width, height = self.spot.size
        left, top = self.spot.of(block)
        place, margin, pitch = cue.place, self.margin, self.letterer.setter.pitch
        if place.across is not None:
            left = floor(margin + place.across * (width - 2 * margin) - place.anchor_x * block.width + Fraction(1, 2))
        if place.down is not None:
            top = floor(place.down * height - place.anchor_y * block.height + Fraction(1, 2))
        elif place.line is not None and place.line >= 0:
            top = margin + place.line * pitch
        elif place.line is not None:
            top = height - margin - block.height + (place.line + 1) * pitch
        if place.across is not None:
            left = _inside(left, block.width, width, margin)
        if place.down is not None or place.line is not None:
            top = _inside(top, block.height, height, margin)
        return left, top


def _inside(at: int, length: int, whole: int, margin: int) -> int:
    """The place nearest to `at` where all of it lies inside the margin, if it can."""
    return max(margin, min(at, whole - margin - length))


def _free(left: int, top: int, block: Block, there: Sequence[_Placed], upwards: bool) -> int:
    """The top of the first place above (or below) `top` where nothing is covered."""
    nearest_first = sorted(there, key=lambda item: -item.top if upwards else item.top + item.block.height)
    for item in nearest_first:
        if item.covers(left, top, block):
            top = item.top - block.height if upwards else item.top + item.block.height
    return top
