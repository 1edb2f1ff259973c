"""Frames made in memory, and what is asked of them: origins of streams for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.compositing import planes_of
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

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Frames:
        raise NotImplementedError

    def frames(self) -> Iterator[av.VideoFrame]:
        self.opened += 1
        tags = tags_of(Picture(1, 1, self.pix_fmt, matrix="rgb" if self.pix_fmt.startswith("gbr") else "bt709"))
        try:
            for index in range(self.count):
                frame = frame_of(self.planes, self.pix_fmt)
                frame.pts, frame.time_base = index, 1 / self.rate
                self.made += 1
                yield tag(frame, tags)
        finally:
            self.closed += 1


def film(origin: Frames) -> Streams:
    """A film of an origin's frames."""
    height, width = origin.planes[0].shape
    rgb = origin.pix_fmt.startswith("gbr")
    picture = Picture(
        width,
        height,
        origin.pix_fmt,
        rate=origin.rate,
        alpha="a" in origin.pix_fmt,
        matrix="rgb" if rgb else "bt709",
        color_range="pc" if rgb else "tv",
    )
    clip = Clip("film", picture, duration=origin.count / origin.rate, frames=origin.count)
    return Streams(clip, Video(clip, origin))
