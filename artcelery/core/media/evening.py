"""Pictures with an even width and height, as 4:2:0 in films needs them: the last column and row of others are repeated.

libavfilter's `pad` rounds such a size down, and where it works in place paints over the last row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av

from artcelery.core.media.cutting import CutFrames
from artcelery.core.media.painting.compositing import planes_of
from artcelery.core.media.pump import stopping
from artcelery.core.media.stream import Video, VideoOrigin

__all__ = ["evened"]


def evened(video: Video, size: tuple[int, int]) -> Video:
    """Planar pictures at that size, which is theirs or one more."""
    picture = replace(video.picture, width=size[0], height=size[1])
    return Video(replace(video.clip, picture=picture), _Evened(video, size))


@dataclass(frozen=True)
class _Evened:
    video: Video
    size: tuple[int, int]

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return CutFrames(self.frames, self.video.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        with stopping(frames := self.video.frames()):
            yield from map(self._larger, frames)

    def _larger(self, frame: av.VideoFrame) -> av.VideoFrame:
        made = av.VideoFrame(*self.size, frame.format.name)
        for larger, plane in zip(planes_of(made), planes_of(frame), strict=True):
            rows, columns = plane.shape
            larger[:rows, :columns] = plane
            larger[rows:, :columns] = plane[-1]
            larger[:, columns:] = larger[:, columns - 1 : columns]
        made.pts, made.time_base, made.duration = frame.pts, frame.time_base, frame.duration
        made.colorspace, made.color_range = frame.colorspace, frame.color_range
        made.color_primaries, made.color_trc = frame.color_primaries, frame.color_trc
        return made
