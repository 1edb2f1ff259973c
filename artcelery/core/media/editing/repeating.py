"""One picture, shown for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.filtering import Link, filter_video
from artcelery.core.media.pump import stopping

if TYPE_CHECKING:
    from artcelery.core.media.stream import Video

__all__ = ["Repeated"]


@dataclass(frozen=True)
class Repeated:
    """The first picture of `video`, `frames` times, `rate` a second; the pixels are made once and shared."""

    video: Video
    rate: Fraction
    frames_in_all: int

    def frames(self) -> Iterator[av.VideoFrame]:
        """The same picture at 0, 1/rate, 2/rate ..."""
        repeat = (
            Filter("loop", loop=self.frames_in_all - 1, size=1),
            Filter("setpts", expr="N"),
            Filter("trim", end_frame=self.frames_in_all),
        )
        return filter_video(self._first(), [Link(repeat, "none")], self.video.picture)

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Repeated:
        """The same picture for a shorter while."""
        first = -(-begin * self.rate // 1)
        last = self.frames_in_all if end is None else min(self.frames_in_all, -(-end * self.rate // 1))
        return Repeated(self.video, self.rate, max(0, int(last - first)))

    def _first(self) -> Iterator[av.VideoFrame]:
        frames = self.video.frames()
        with stopping(frames):
            frame = next(frames, None)
        if frame is None:
            raise RenderError("there is no picture to repeat; the input is empty")
        frame.pts, frame.time_base, frame.duration = 0, 1 / self.rate, 1
        yield frame
