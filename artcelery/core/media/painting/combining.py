"""Two films in step through one filter of two inputs, in one libavfilter graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.filter import Graph

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.color import tag, tags_of
from artcelery.core.media.cutting import CutFrames
from artcelery.core.media.painting.layering import at_most
from artcelery.core.media.pump import ahead, stopping
from artcelery.core.media.stream import Video, VideoOrigin

__all__ = ["combined"]

_AHEAD = 4


def combined(clip: Clip, first: Video, second: Video, filter: Filter) -> Video:
    """The film (or still) `clip` of pictures of both through the filter, as long as `clip` lasts.

    Both have its rate, size and pixel format. Each comes from a thread of its own; they are taken in step, so memory
    is flat. Where one has ended, the other is shown as it is.
    """
    return Video(clip, _Combined(clip, first, second, filter))


@dataclass(frozen=True)
class _Combined:
    clip: Clip
    first: Video
    second: Video
    filter: Filter

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return CutFrames(self.frames, self.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        assert self.clip.picture is not None
        tags, step = tags_of(self.clip.picture), 1 / (self.clip.picture.rate or Fraction(25))
        count = 1 if self.clip.is_still else self.clip.frames
        graph: _PairGraph | None = None
        firsts = ahead(at_most(self.first.frames(), count), "first of two", _AHEAD)
        seconds = ahead(at_most(self.second.frames(), count), "second of two", _AHEAD)
        with stopping(firsts), stopping(seconds):
            for index in range(count):
                one, other = next(firsts, None), next(seconds, None)
                for frame in (one, other):
                    if frame is not None:
                        frame.pts, frame.time_base = index, step
                if one is not None and other is not None:
                    graph = graph or _PairGraph(one, other, self.filter)
                    frame = graph(one, other)
                else:
                    frame = one or other
                if frame is None:
                    return
                frame.pts, frame.time_base, frame.duration = index, step, 1
                yield tag(frame, tags)


class _PairGraph:
    """The filter, given two frames of one time."""

    def __init__(self, first: av.VideoFrame, second: av.VideoFrame, filter: Filter) -> None:
        self.graph = Graph()
        self.sources = [self.graph.add("buffer", **_buffer(frame)) for frame in (first, second)]
        self.sink = self.graph.add("buffersink")
        both = self.graph.add(filter.name, **filter.options)
        for number, source in enumerate(self.sources):
            source.link_to(both, 0, number)
        both.link_to(self.sink)
        self.graph.configure()

    def __call__(self, first: av.VideoFrame, second: av.VideoFrame) -> av.VideoFrame:
        try:
            for source, frame in zip(self.sources, (first, second), strict=True):
                source.push(frame)
            made = self.sink.pull()
        except av.error.FFmpegError as error:
            raise RenderError(f"two pictures could not be combined: {error.strerror or error}") from error
        assert isinstance(made, av.VideoFrame)
        return made


def _buffer(frame: av.VideoFrame) -> dict[str, str]:
    return {
        "video_size": f"{frame.width}x{frame.height}",
        "pix_fmt": frame.format.name,
        "time_base": str(frame.time_base),
        "pixel_aspect": "1/1",
        "colorspace": str(int(frame.colorspace)),
        "range": str(int(frame.color_range)),
    }
