"""Frames made in memory, and what is asked of them: origins of streams for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.painting.compositing import planes_of
from artcelery.core.media.stream import Streams, Video

Array = np.ndarray[Any, Any]


def frame_of(planes: Sequence[Array], pix_fmt: str) -> av.VideoFrame:
    """A planar frame of these arrays."""
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, pix_fmt)
    for plane, values in zip(planes_of(frame), planes, strict=True):
        plane[...] = values
    return frame


class Frames:
    """The same planes again and again; how many frames were made and how many of them were alive at once."""

    def __init__(self, planes: Sequence[Array], pix_fmt: str, rate: Fraction = Fraction(25), count: int = 1) -> None:
        self.planes, self.pix_fmt, self.rate, self.count = planes, pix_fmt, rate, count
        self.made = 0
        self.opened = 0
        self.closed = 0

    @property
    def picture(self) -> Picture:
        """RGB, or YUV of HD films."""
        height, width = self.planes[0].shape
        depth = frame_of(self.planes, self.pix_fmt).format.components[0].bits
        rgb, alpha = self.pix_fmt.startswith("gbr"), "a" in self.pix_fmt
        kind = ("rgb", "pc") if rgb else ("bt709", "tv")
        return Picture(width, height, self.pix_fmt, self.rate, False, alpha, depth, Fraction(1), *kind)

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Frames:
        raise NotImplementedError

    def frames(self) -> Iterator[av.VideoFrame]:
        self.opened += 1
        tags = tags_of(self.picture)
        try:
            for index in range(self.count):
                frame = frame_of(self.planes, self.pix_fmt)
                frame.pts, frame.time_base, frame.duration = index, 1 / self.rate, 1
                self.made += 1
                yield tag(frame, tags)
        finally:
            self.closed += 1


def film(origin: Frames) -> Streams:
    """A film of an origin's frames."""
    clip = Clip("film", origin.picture, duration=origin.count / origin.rate, frames=origin.count)
    return Streams(clip, Video(clip, origin))
