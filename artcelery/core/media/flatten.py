"""Pictures whose last step is not a chain: laid over a ground, or given a palette each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import av
from av.filter import Graph

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Picture
from artcelery.core.media.cutting import CutFrames
from artcelery.core.media.pump import stopping
from artcelery.core.media.stream import Video, VideoOrigin

__all__ = ["over", "with_palettes"]


def over(video: Video, background: str, opaque: Picture) -> Video:
    """Opaque pictures: each laid over a ground of one colour."""
    return Video(replace(video.clip, picture=opaque), _Over(video, background))


def with_palettes(video: Video) -> Video:
    """Pictures of 256 colours, each with a palette of its own, so that memory stays flat."""
    return Video(video.clip, _Palettes(video))


class _Over:
    def __init__(self, video: Video, background: str) -> None:
        self.video, self.background = video, background

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return CutFrames(self.frames, self.video.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        graph: Graph | None = None
        rgba = self.video.filter(Filter("format", pix_fmts="rgba"), alpha="none")
        frames = rgba.frames()
        with stopping(frames):
            for frame in frames:
                if graph is None:
                    graph = self._graph(frame)
                graph.vpush(frame)
                yield from _pulled(graph)
            if graph is not None:
                graph.vpush(None)
                yield from _pulled(graph)

    def _graph(self, first: av.VideoFrame) -> Graph:
        graph = Graph()
        source = graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=first.time_base
        )
        split = graph.add("split")
        ground = graph.add("drawbox", x="0", y="0", w="iw", h="ih", t="fill", replace="1", color=self.background)
        lay = graph.add("overlay", format="rgb", alpha="straight", shortest="1")
        opaque, sink = graph.add("format", pix_fmts="rgb24"), graph.add("buffersink")
        source.link_to(split)
        split.link_to(ground, 0, 0)
        ground.link_to(lay, 0, 0)
        split.link_to(lay, 1, 1)
        lay.link_to(opaque)
        opaque.link_to(sink)
        graph.configure()
        return graph


class _Palettes(_Over):
    def __init__(self, video: Video) -> None:
        super().__init__(video, "#000000")

    def _graph(self, first: av.VideoFrame) -> Graph:
        graph = Graph()
        source = graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=first.time_base
        )
        split, generate = graph.add("split"), graph.add("palettegen", stats_mode="single")
        use, sink = graph.add("paletteuse", new="1", dither="sierra2_4a"), graph.add("buffersink")
        source.link_to(split)
        split.link_to(generate, 0, 0)
        split.link_to(use, 1, 0)
        generate.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()
        return graph


def _pulled(graph: Graph) -> Iterator[av.VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
