"""Cutting frames by their time, when there is no file to seek in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil

import av

from artcelery.core.media.clip import Clip

__all__ = ["CutFrames", "on_grid"]


def on_grid(time: Fraction, clip: Clip) -> Fraction:
    """The time of the first frame at or after `time`, so that picture and sound are cut at the same place."""
    if clip.picture is None or clip.picture.rate is None or clip.picture.variable:
        return time
    return Fraction(ceil(time * clip.picture.rate)) / clip.picture.rate


class CutFrames:
    """The frames of another origin that lie in [begin, end), the first at time 0; reads no further than `end`."""

    def __init__(
        self, origin: Callable[[], Iterator[av.VideoFrame]], clip: Clip, begin: Fraction, end: Fraction | None
    ) -> None:
        self.origin, self.clip, self.begin, self.end = origin, clip, on_grid(begin, clip), end

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> CutFrames:
        """A part of this part."""
        return CutFrames(self.frames, self.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames, moved to time 0."""
        first: int | None = None
        frames = self.origin()
        try:
            for frame in frames:
                time = (frame.pts or 0) * (frame.time_base or Fraction(1))
                if self.end is not None and time >= self.end:
                    return
                if time >= self.begin:
                    first = frame.pts or 0 if first is None else first
                    frame.pts = (frame.pts or 0) - first
                    yield frame
        finally:
            close = getattr(frames, "close", None)
            if close is not None:
                close()
