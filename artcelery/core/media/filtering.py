"""Frames through one libavfilter graph."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import av
from av.filter import Graph
from av.filter.context import FilterContext

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Picture
from artcelery.core.media.pump import stopping
from artcelery.core.media.scaling import EXACT

__all__ = ["Alpha", "Link", "filter_audio", "filter_video", "transparent"]

Alpha = Literal["keep", "through", "none"]


@dataclass(frozen=True, slots=True)
class Link:
    """Filters that belong together, and what they mean for transparency.

    "keep": the filters see colour only and transparency is put back after them. "through": transparency goes
    through them too, with colour premultiplied, so that nothing bleeds. "none": plain filters.
    """

    filters: tuple[Filter, ...]
    alpha: Alpha


def transparent(depth: int) -> Filter:
    """Formats with transparency, of so many bits or less.

    After other filters libavfilter takes transparency out only where it is sure to be there, and sure of its depth.
    """
    return Filter("format", pix_fmts=_CLEAR if depth <= 8 else _DEEP_AND_CLEAR)


_CLEAR = "rgba|bgra|argb|abgr|gbrap|yuva420p|yuva422p|yuva444p"
_DEEP_AND_CLEAR = "rgba64le|gbrap16le|yuva420p16le|yuva422p16le|yuva444p16le"


def filter_video(frames: Iterable[av.VideoFrame], links: Sequence[Link], picture: Picture) -> Iterator[av.VideoFrame]:
    """The frames (of the format `picture`) after the links, in one graph."""
    graph: _VideoGraph | None = None
    with stopping(frames):
        for frame in frames:
            if graph is None:
                graph = _VideoGraph(frame, links, picture)
            yield from graph.push(frame)
            if graph.ended:
                return
        if graph is not None:
            yield from graph.push(None)


class _VideoGraph:
    def __init__(self, first: av.VideoFrame, links: Sequence[Link], picture: Picture) -> None:
        self.graph = Graph()
        self.ended = False
        steady = picture.rate if picture.rate and not picture.variable else None
        self.step = round(1 / steady / first.time_base) if steady and first.time_base else 0
        self.shape = (first.width, first.height, first.format.name)
        self.source = self.graph.add("buffer", **_buffer_options(first, picture))
        end = self.source
        for link in _joined(links):
            end = self._link(end, link, picture)
        self.sink = self.graph.add("buffersink")
        end.link_to(self.sink)
        _configure(self.graph, links)

    def push(self, frame: av.VideoFrame | None) -> Iterator[av.VideoFrame]:
        if frame is not None and (frame.width, frame.height, frame.format.name) != self.shape:
            raise RenderError(
                f"the picture changes from {_shape(self.shape)} to {frame.width}x{frame.height} {frame.format.name}"
                f" at {frame.time or 0:.3f} s; cut the film there, or convert it to one size first"
            )
        if frame is not None and not frame.duration:
            frame.duration = self.step  # without it, what counts time takes the last picture to last no time
        self.ended = not _push(self.source, frame)
        self.ended = (yield from _pull(self.sink)) or self.ended

    def _link(self, end: FilterContext, link: Link, picture: Picture) -> FilterContext:
        if not picture.alpha or link.alpha == "none":
            return self._chain(end, link.filters)
        if link.alpha == "through":
            return self._chain(end, (*_PREMULTIPLIED, *link.filters, *(_PLAIN_8 if picture.depth <= 8 else _PLAIN)))
        sure = () if end is self.source else (transparent(picture.depth),)
        split = self._chain(end, (*sure, Filter("split")))
        alpha = self.graph.add("alphaextract")
        split.link_to(alpha, 1, 0)
        colour = self._chain(split, link.filters)
        merged = self.graph.add("alphamerge")
        colour.link_to(merged, 0, 0)
        alpha.link_to(merged, 0, 1)
        return merged

    def _chain(self, end: FilterContext, filters: Iterable[Filter]) -> FilterContext:
        for item in _converting(filters):
            added = _add(self.graph, item)
            end.link_to(added)
            end = added
        return end


_CONVERT = Filter("scale", flags=EXACT)
_PREMULTIPLIED = (Filter("format", pix_fmts="gbrap16le"), Filter("premultiply", inplace=1))
_PLAIN = (Filter("format", pix_fmts="gbrap16le"), Filter("unpremultiply", inplace=1))
# swscale widens 8 bits by 257 and narrows 16 by 256, which of transparency is a step too many from the middle on.
_PLAIN_8 = (*_PLAIN, Filter("lutrgb", a="floor(val*256/257+0.5)"), Filter("format", pix_fmts="gbrap"))


def _converting(filters: Iterable[Filter]) -> Iterator[Filter]:
    """The filters, a scaler before each: where formats differ libavfilter has that convert, and adds none of its own.

    Its own would round less exactly, and not the same on every processor. A scaler with nothing to do hands its frames
    on; one after a `format` would undo it.
    """
    before = ""
    for item in filters:
        if before not in ("scale", "format") and item.name not in ("scale", "split"):
            yield _CONVERT
        yield item
        before = item.name


def filter_audio(frames: Iterable[av.AudioFrame], filters: Sequence[Filter]) -> Iterator[av.AudioFrame]:
    """The blocks of sound after the filters, in one graph."""
    graph: Graph | None = None
    with stopping(frames):
        for frame in frames:
            if graph is None:
                graph, source, sink = _audio_graph(frame, filters)
            if not _push(source, frame):
                break
            if (yield from _pull(sink)):
                return
        if graph is not None:
            _push(source, None)
            yield from _pull(sink)


def _audio_graph(first: av.AudioFrame, filters: Sequence[Filter]) -> tuple[Graph, FilterContext, FilterContext]:
    graph = Graph()
    source = end = graph.add(
        "abuffer",
        sample_rate=str(first.sample_rate),
        sample_fmt=first.format.name,
        channel_layout=first.layout.name,
        time_base=str(first.time_base),
    )
    for item in filters:
        added = _add(graph, item)
        end.link_to(added)
        end = added
    sink = graph.add("abuffersink")
    end.link_to(sink)
    _configure(graph, filters)
    return graph, source, sink


def _buffer_options(frame: av.VideoFrame, picture: Picture) -> dict[str, str]:
    return {
        "video_size": f"{frame.width}x{frame.height}",
        "pix_fmt": frame.format.name,
        "time_base": str(frame.time_base),
        "pixel_aspect": f"{picture.sar.numerator}/{picture.sar.denominator}",
        "colorspace": str(int(frame.colorspace)),
        "range": str(int(frame.color_range)),
    }


def _joined(links: Sequence[Link]) -> list[Link]:
    """Neighbours of one kind as one link, so that transparency is taken off and put back once."""
    joined: list[Link] = []
    for link in links:
        if joined and joined[-1].alpha == link.alpha:
            joined[-1] = Link((*joined[-1].filters, *link.filters), link.alpha)
        elif link.filters:
            joined.append(link)
    return joined


def _add(graph: Graph, item: Filter) -> FilterContext:
    try:
        return graph.add(item.name, **item.options)
    except (ValueError, av.error.FFmpegError) as error:
        options = ":".join(f"{key}={value}" for key, value in item.options.items())
        raise RenderError(f"the filter {item.name} refuses its options {options!r}: {error}") from error


def _configure(graph: Graph, parts: Sequence[object]) -> None:
    try:
        graph.configure()
    except (ValueError, av.error.FFmpegError) as error:
        raise RenderError(f"the filters {list(parts)} do not fit together: {error}") from error


def _push(source: FilterContext, frame: av.VideoFrame | av.AudioFrame | None) -> bool:
    """Whether the graph wants more: one that cuts its end takes nothing after it."""
    try:
        source.push(frame)
    except av.error.EOFError:
        return False
    except av.error.FFmpegError as error:
        raise RenderError(f"a filter failed: {error.strerror or error}") from error
    return True


def _pull(sink: FilterContext) -> Generator[Any, None, bool]:
    """What the graph has ready; whether that was all there will be, so that nothing more needs to be made for it."""
    while True:
        try:
            yield sink.pull()
        except av.error.BlockingIOError:
            return False
        except av.error.EOFError:
            return True
        except av.error.FFmpegError as error:
            raise RenderError(f"a filter failed: {error.strerror or error}") from error


def _shape(shape: tuple[int, int, str]) -> str:
    return f"{shape[0]}x{shape[1]} {shape[2]}"
