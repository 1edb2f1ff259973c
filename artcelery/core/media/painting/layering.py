"""Films and stills laid over each other on a canvas, each for its time, picture by picture.

The layers of a moment are painted in order. Each film is decoded and scaled in a thread of its own, from the picture
on that shows it first until the last, so memory is flat and a layer that comes later costs nothing before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import av
import numpy as np

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.color import Tags, tag, tags_of
from artcelery.core.media.cutting import CutFrames
from artcelery.core.media.editing.conforming import retime
from artcelery.core.media.editing.fitting import Box
from artcelery.core.media.filtering import Link, filter_video
from artcelery.core.media.painting.compositing import Paint, Place, Planes, Surface, paint_of, planes_of
from artcelery.core.media.painting.fading import Fades
from artcelery.core.media.painting.planar import planar
from artcelery.core.media.pump import ahead, stopping
from artcelery.core.media.scaling import EXACT
from artcelery.core.media.stream import Video, VideoOrigin

__all__ = ["Layer", "at_most", "fitted", "layered"]

_AHEAD = 4


@dataclass(frozen=True)
class Layer:
    """A picture on the canvas: scaled to `size`, at its place, from picture number `first` of the film to `last`.

    A film is played from its beginning and is gone when it ends, even before `last`. `alone`: where nothing lies below
    it is shown as it is, neither blended nor see-through. `fades`: how it comes and goes, from `first` on.
    """

    video: Video
    size: tuple[int, int]
    place: Place
    first: int
    last: int
    alone: bool = False
    fades: Fades | None = None


def layered(clip: Clip, layers: Sequence[Layer], background: str) -> Video:
    """The film (or still) `clip` of layers, the lowest first; where none is, `background`, or nothing with alpha."""
    return Video(clip, _Layers(clip, tuple(layers), background))


def _in_colours(video: Video, target: Picture, pix_fmt: str) -> Video:
    """The pictures in a pixel format, with the matrix and range of `target`, whatever the frames on the way are in."""
    alpha, kept = pix_fmt.startswith(("yuva", "gbrap")), video.picture
    picture = replace(target, pix_fmt=pix_fmt, alpha=alpha, width=kept.width, height=kept.height)
    picture = replace(picture, rate=kept.rate, variable=kept.variable, sar=kept.sar)
    return video.filter(*_into_colours(target, pix_fmt), alpha="none", picture=picture)


def fitted(film: Clip, video: Video, size: tuple[int, int], pix_fmt: str, most: int) -> Video:
    """The pictures in that size and format, in the colours and at the rate of `film`: as many as they last, or `most`.

    Those that are left out are not scaled, and a still is scaled once.
    """
    assert film.picture is not None
    rate, own = film.picture.rate, video.picture.rate
    if rate is None:
        return _sized(video, size, film.picture, pix_fmt)
    if own is not None and own > rate:
        return _sized(_timed(video, rate, most), size, film.picture, pix_fmt)
    return _timed(_sized(video, size, film.picture, pix_fmt), rate, most)


def at_most(frames: Iterator[av.VideoFrame], count: int) -> Iterator[av.VideoFrame]:
    """The first `count` frames; what makes them is stopped then, before it looks for the next."""
    with stopping(frames):
        yield from islice(frames, count)


def _sized(video: Video, size: tuple[int, int], target: Picture, pix_fmt: str) -> Video:
    if video.picture.size != size or video.picture.sar != 1:
        video = video.into(Box(size, size))
    return _in_colours(video, target, pix_fmt)


def _timed(video: Video, rate: Fraction, most: int) -> Video:
    if video.clip.is_still or video.clip.duration is None:
        return retime(video, rate, most)
    return retime(video, rate, min(most, max(1, round(video.clip.duration * rate))))


def _into_colours(target: Picture, pix_fmt: str) -> tuple[Filter, ...]:
    named = Filter("format", pix_fmts=pix_fmt)
    if target.matrix == "rgb":
        return Filter("scale", flags=EXACT), named
    matrix, range = target.matrix, target.color_range
    scale = Filter("scale", flags=EXACT, out_color_matrix=matrix.removesuffix("nc"), out_range=range)
    return scale, named, Filter("setparams", colorspace=matrix, range=range)


@dataclass(frozen=True)
class _Layers:
    clip: Clip
    layers: tuple[Layer, ...]
    background: str

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return CutFrames(self.frames, self.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        canvas = _Canvas(self.clip, self.background)
        playing = [_Playing(layer, number, canvas) for number, layer in enumerate(self.layers, 1)]
        try:
            for index in range(1 if self.clip.is_still else self.clip.frames):
                shown = [item for item in playing if item.turn(index)]
                yield canvas.painted(shown, index)
        finally:
            for item in playing:
                item.close()


class _Playing:
    """A layer as the film goes on: what it shows now."""

    def __init__(self, layer: Layer, number: int, canvas: _Canvas) -> None:
        self.layer, self.number, self.canvas = layer, number, canvas
        self.pix_fmt = canvas.format_for(layer)
        self.alpha = self.pix_fmt.startswith(("yuva", "gbrap"))
        self.is_still = layer.video.clip.is_still
        self.frame: av.VideoFrame | None = None
        self.paint: Paint | None = None
        self.place = layer.place
        self._frames: Iterator[av.VideoFrame] | None = None
        self._opened = False

    @property
    def hides(self) -> bool:
        """Whether nothing of what lies below is seen."""
        layer, canvas, place = self.layer, self.canvas.picture, self.place
        whole = place.x <= 0 <= place.x + layer.size[0] - canvas.width
        tall = place.y <= 0 <= place.y + layer.size[1] - canvas.height
        opaque = not self.alpha and place.opacity == 1 and place.mode == "normal"
        return whole and tall and opaque

    @property
    def is_canvas(self) -> bool:
        """Whether its picture is just that of the canvas."""
        at = self.layer.place.x, self.layer.place.y
        return at == (0, 0) and self.layer.size == self.canvas.picture.size and self.pix_fmt == self.canvas.pix_fmt

    def turn(self, index: int) -> bool:
        """Show what belongs to picture `index` of the film; whether that is anything."""
        if index == self.layer.last:
            self.close()
        if not self.layer.first <= index < self.layer.last:
            return False
        before, self.place = self.place, self._place(index)
        if self.is_still and self._opened:
            if self.place != before:
                self.paint = self._painted(self.place)
            return self.paint is not None
        self.frame = next(self._open(), None)
        if self.frame is None and index == self.layer.first:
            raise RenderError(f"input {self.number} has no picture to show; it is empty")
        self.paint = self._painted(self.place)
        return self.paint is not None

    def _place(self, index: int) -> Place:
        """Its place at picture `index` of the film, where it may be coming or going."""
        place, fades = self.layer.place, self.layer.fades
        share = fades.opacity(index - self.layer.first) if fades else 1
        return place if share == 1 else replace(place, opacity=float(place.opacity * share))

    def plainly(self) -> Paint | None:
        """Its picture, neither blended nor see-through."""
        return self._painted(replace(self.layer.place, opacity=1.0, mode="normal"))

    def close(self) -> None:
        self.frame, self.paint = None, None
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()

    def _painted(self, place: Place) -> Paint | None:
        if self.frame is None:
            return None
        planes = planes_of(self.frame)
        return paint_of(self.canvas.surface, planes, place, alpha=self.alpha, again=self.is_still)

    def _open(self) -> Iterator[av.VideoFrame]:
        if self._frames is None:
            self._opened = True
            frames, most = self._video().frames(), self.layer.last - self.layer.first
            name = f"layer {self.number}"
            self._frames = frames if self.is_still else ahead(at_most(frames, most), name, _AHEAD)
        return self._frames

    def _video(self) -> Video:
        layer, film = self.layer, self.canvas.clip
        if self.is_still:
            return _sized(layer.video, layer.size, self.canvas.picture, self.pix_fmt)
        return fitted(film, layer.video, layer.size, self.pix_fmt, layer.last - layer.first)


class _Canvas:
    """The planes that layers are painted on."""

    def __init__(self, clip: Clip, background: str) -> None:
        assert clip.picture is not None
        self.clip, self.picture, self.background = clip, clip.picture, background
        self.pix_fmt = clip.picture.pix_fmt
        self.tags: Tags = tags_of(clip.picture)
        self.across = 2 if clip.picture.pix_fmt.startswith(("yuv420", "yuv422")) else 1
        self.down = 2 if clip.picture.pix_fmt.startswith("yuv420") else 1
        most = (1 << clip.picture.depth) - 1
        self.surface = Surface(*clip.picture.size, most, self.across, self.down, clip.picture.alpha)
        self._ground: av.VideoFrame | None = None

    def format_for(self, layer: Layer) -> str:
        """The pixel format to bring a layer to: that of the canvas where its pairs of pixels are pairs there too."""
        alpha, (across, down) = layer.video.picture.alpha, (self.across, self.down)
        if (across, down) != (1, 1):
            place, (width, height) = layer.place, layer.size
            right, bottom = place.x + width, place.y + height
            columns = place.x % across == 0 and (right % across == 0 or right >= self.picture.width)
            rows = place.y % down == 0 and (bottom % down == 0 or bottom >= self.picture.height)
            if columns and rows and not alpha:
                return self.pix_fmt
        return planar(self.picture.matrix, "444", self.picture.depth, alpha)

    def painted(self, shown: Sequence[_Playing], index: int) -> av.VideoFrame:
        """A frame with these layers on it."""
        hiding = max((at for at, item in enumerate(shown) if item.hides), default=-1)
        lowest, shown = shown[max(hiding, 0) : hiding + 1], shown[hiding + 1 :]
        if lowest and not shown and lowest[0].is_canvas and not lowest[0].is_still:
            assert lowest[0].frame is not None
            return self._timed(lowest[0].frame, index)
        frame = av.VideoFrame(*self.picture.size, self.pix_fmt)
        planes = planes_of(frame)
        if not lowest:
            self._fill(planes)
        for item in (*lowest, *shown):
            bare = item.layer.alone and not lowest and item is shown[0]
            paint = item.plainly() if bare else item.paint
            if paint is not None:
                paint(planes)
        return self._timed(frame, index)

    def _fill(self, planes: Planes) -> None:
        if self._ground is None:
            self._ground = self._background()
        for plane, ground in zip(planes, planes_of(self._ground), strict=True):
            plane[...] = ground[0, 0]

    def _background(self) -> av.VideoFrame:
        """A small frame of the background, converted as every picture is."""
        channels = [int(self.background[at : at + 2], 16) for at in (1, 3, 5)] + [0] * self.picture.alpha
        array = np.full((16, 16, len(channels)), channels, np.uint8)
        frame = av.VideoFrame.from_ndarray(array, format="rgba" if self.picture.alpha else "rgb24")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        picture = Picture(16, 16, frame.format.name, alpha=self.picture.alpha)
        return next(filter_video([frame], [Link(_into_colours(self.picture, self.pix_fmt), "none")], picture))

    def _timed(self, frame: av.VideoFrame, index: int) -> av.VideoFrame:
        frame.pts, frame.time_base, frame.duration = index, 1 / (self.picture.rate or Fraction(25)), 1
        return tag(frame, self.tags)
