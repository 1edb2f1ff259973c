"""Cutting frames by their time, when there is no file to seek in. Imports no codec library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from typing import TYPE_CHECKING

from artcelery.core.media.clip import Clip
from artcelery.core.media.pump import stopping

if TYPE_CHECKING:
    import av

__all__ = ["CutFrames", "FirstFrame", "grid_of", "moved", "nearest", "next_on", "on_grid", "shown_between"]

Timed = tuple[Fraction, "av.VideoFrame"]


def grid_of(clip: Clip) -> Fraction | None:
    """Pictures per second when they come at a steady rate, which is where cuts fall; else None."""
    picture = clip.picture
    return None if picture is None or picture.variable else picture.rate


def nearest(steps: Fraction) -> int:
    """The nearest whole number, of two the higher: as FFmpeg counts the pictures that fill a time."""
    return floor(steps + Fraction(1, 2))


def next_on(grid: Fraction | None, time: Fraction) -> Fraction:
    """The time of the first picture at or after `time`: picture and sound are cut at the same place."""
    return time if grid is None else Fraction(ceil(time * grid)) / grid


def on_grid(time: Fraction, clip: Clip) -> Fraction:
    """`next_on` the grid of a clip."""
    return next_on(grid_of(clip), time)


def moved(frame: av.VideoFrame, time: Fraction, begin: Fraction) -> av.VideoFrame:
    """A frame of what is cut at `begin`, shown at `time` from there; by a finer clock where its own has no such tick.

    Rounded to hundredths of a second, as GIF counts, pictures would come late, or two of them at one moment.
    """
    clock = frame.time_base or Fraction(1)
    if (begin / clock).denominator != 1:
        finer = clock / ceil(clock / _FINE_S)
        frame.time_base, frame.duration, clock = finer, round((frame.duration or 0) * clock / finer), finer
    frame.pts = round(time / clock)
    return frame


_FINE_S = Fraction(1, 10_000)


def shown_between(begin: Fraction, end: Fraction | None, frames: Iterator[Timed], clip: Clip) -> Iterator[Timed]:
    """The frames of `clip` from `begin` on, of those before `end`.

    Without a grid, the one that is on the screen at `begin` comes first, at `begin`, and each lasts until the next, or
    the end: what files say of that is often wrong.
    """
    if grid_of(clip) is not None:
        yield from ((time, frame) for time, frame in frames if time >= begin)
        return
    ends = clip.duration if end is None or clip.duration is None else min(end, clip.duration)
    shown: Timed | None = None
    for time, frame in frames:
        if shown is not None and time > begin:
            yield _lasting(*shown, time)
        shown = max(time, begin), frame
    if shown is not None:
        yield _lasting(*shown, ends)


def _lasting(time: Fraction, frame: av.VideoFrame, end: Fraction | None) -> Timed:
    if end is not None and end > time:
        frame.duration = max(1, round((end - time) / (frame.time_base or 1)))
    return time, frame


class FirstFrame:
    """The first frame of another origin, and no more of it."""

    def __init__(self, origin: Callable[[], Iterator[av.VideoFrame]]) -> None:
        self.origin = origin

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> FirstFrame:
        """The same: one picture without time has no parts."""
        return self

    def frames(self) -> Iterator[av.VideoFrame]:
        """The one frame, at time 0."""
        frames = self.origin()
        with stopping(frames):
            for frame in islice(frames, 1):
                frame.pts = 0
                yield frame


class CutFrames:
    """The frames of another origin that lie in [begin, end), the first at time 0; reads no further than `end`."""

    def __init__(
        self, origin: Callable[[], Iterator[av.VideoFrame]], clip: Clip, begin: Fraction, end: Fraction | None
    ) -> None:
        self.origin, self.clip = origin, clip
        self.begin, self.end = on_grid(begin, clip), None if end is None else on_grid(end, clip)

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> CutFrames:
        """A part of this part."""
        return CutFrames(self.frames, self.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames, moved to time 0."""
        for time, frame in shown_between(self.begin, self.end, self._until_end(), self.clip):
            yield moved(frame, time - self.begin, self.begin)

    def _until_end(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        frames = self.origin()
        with stopping(frames):
            for frame in frames:
                time = (frame.pts or 0) * (frame.time_base or Fraction(1))
                if self.end is not None and time >= self.end:
                    return
                yield time, frame
