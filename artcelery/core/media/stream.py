"""Streams: frames that flow, and the filters that wait to be joined into one graph.

A `Video` or `Audio` is a value: an origin of frames and a chain of filters not yet applied. Adjacent filters stay in
the chain until somebody needs frames (a numpy effect, a cut, the encoder); then they become one libavfilter graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import av

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.cutting import CutFrames, FirstFrame, grid_of, nearest, next_on
from artcelery.core.media.editing.fitting import Box
from artcelery.core.media.filtering import Alpha, Link, filter_audio, filter_video
from artcelery.core.media.scaling import EXACT, exactly

if TYPE_CHECKING:
    from artcelery.core.media.frames import FrameFunction

__all__ = ["Audio", "AudioOrigin", "Streams", "Video", "VideoOrigin"]


class VideoOrigin(Protocol):
    """Where frames come from; opened once, when they are needed."""

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames, the first at time 0."""
        ...

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        """The same frames, only those in [begin, end) seconds."""
        ...


class AudioOrigin(Protocol):
    """Where blocks of sound come from."""

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks, the first at time 0."""
        ...

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> AudioOrigin:
        """The same sound, only that in [begin, end) seconds."""
        ...


@dataclass(frozen=True)
class Video:
    """Pictures on their way: `clip` is their format after the chain, `raw` that before it."""

    clip: Clip
    origin: VideoOrigin
    chain: tuple[Link, ...] = ()
    raw: Picture | None = None

    @property
    def picture(self) -> Picture:
        """The format of the pictures after the chain."""
        assert self.clip.picture is not None
        return self.clip.picture

    def filter(self, *filters: Filter, alpha: Alpha = "keep", picture: Picture | None = None) -> Video:
        """These pictures after more filters; `picture` is their new format when it changes."""
        if not filters:
            return self
        filters = _roomy(filters, self.picture)
        clip = replace(self.clip, picture=picture or self.picture)
        return replace(self, clip=clip, chain=(*self.chain, Link(filters, alpha)), raw=self.raw or self.picture)

    def pad(self, size: tuple[int, int], background: str) -> Video:
        """The picture in the middle of a larger canvas."""
        left, top = ((new - old) // 2 for new, old in zip(size, self.picture.size, strict=True))
        canvas = Filter("pad", w=size[0], h=size[1], x=left, y=top, color=background)
        video = self.at_pixels(left, top, *size, *self.picture.size)
        return video.filter(canvas, alpha="through", picture=replace(video.picture, width=size[0], height=size[1]))

    def into(self, box: Box, *, background: str = "#000000", flags: str = exactly("lanczos")) -> Video:
        """The picture scaled into a box, with square pixels; what a larger canvas leaves free is `background`."""
        width, height = box.scaled
        square = replace(self.picture, width=width, height=height, sar=Fraction(1))
        scale = Filter("scale", w=width, h=height, flags=flags), Filter("setsar", sar="1/1")
        video = self.filter(*scale, alpha="through", picture=square)
        if box.out == box.scaled:
            return video
        larger = box.out[0] >= width and box.out[1] >= height
        return video.pad(box.out, background) if larger else video.middle(box.out)

    def middle(self, size: tuple[int, int]) -> Video:
        """The middle of the picture, that large."""
        left, top = ((old - new) // 2 for new, old in zip(size, self.picture.size, strict=True))
        video = self.at_pixels(left, top)
        cut = Filter("crop", w=size[0], h=size[1], x=left, y=top, exact=1)
        return video.filter(cut, alpha="through", picture=replace(video.picture, width=size[0], height=size[1]))

    def at_pixels(self, *places: int) -> Video:
        """These pictures fit to be cut, turned or laid at such places.

        Where pixels share their colour in pairs, an odd place would part a pair: each pixel gets a colour of its own.
        """
        picture = self.picture
        if not picture.shares_chroma or all(place % 2 == 0 for place in places):
            return self
        planes = "yuva444p" if picture.alpha else "yuv444p"
        pix_fmt = planes if picture.depth <= 8 else f"{planes}{picture.depth}le"
        filters = Filter("scale", flags=EXACT), Filter("format", pix_fmts=pix_fmt)
        return self.filter(*filters, alpha="none", picture=replace(picture, pix_fmt=pix_fmt))

    def faster(self, speed: Fraction) -> Video:
        """The same pictures in 1/speed of the time, at the same rate when they have a steady one."""
        fine = Filter("settb", expr=f"intb/{speed.numerator}")
        times = Filter("setpts", expr=f"PTS*{speed.denominator}/{speed.numerator}")
        steady = () if self.picture.variable else (Filter("fps", fps=str(self.picture.rate), round="near"),)
        assert self.clip.duration is not None
        duration, grid = self.clip.duration / speed, grid_of(self.clip)
        clip = replace(self.clip, duration=duration if grid is None else nearest(duration * grid) / grid)
        return replace(self.filter(fine, times, *steady, alpha="none"), clip=clip)

    def cut(self, begin: Fraction, end: Fraction | None, *, precise: bool = True) -> Video:
        """The frames in [begin, end) seconds, the first at time 0; a source seeks, below filters without memory too."""
        if not self.chain or (precise and self._each_by_itself()):
            return replace(self, origin=self.origin.cut(begin, end, precise))
        return Video(self.clip, CutFrames(self.frames, self.clip, begin, end))

    def first(self) -> Video:
        """The first picture alone, as a still."""
        return Video(self.clip.first_picture(), FirstFrame(self.frames))

    def _each_by_itself(self) -> bool:
        return all(item.name in _EACH_BY_ITSELF for link in self.chain for item in link.filters)

    def apply(self, start: Callable[[], FrameFunction], alpha: Alpha = "keep") -> Video:
        """Each frame through a function of RGB arrays; `start` makes a new function with fresh state."""
        from artcelery.core.media.frames import AppliedFrames

        return Video(replace(self.clip, picture=self.picture.as_rgb()), AppliedFrames(self, start, alpha))

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames after the chain."""
        frames = self.origin.frames()
        return filter_video(frames, self.chain, self.raw or self.picture) if self.chain else frames


@dataclass(frozen=True)
class Audio:
    """Sound on its way: `sound` is its format, `grid` the rate of the pictures it belongs to, where that is steady."""

    sound: Sound
    duration: Fraction
    origin: AudioOrigin
    chain: tuple[Filter, ...] = ()
    grid: Fraction | None = None

    def filter(self, *filters: Filter) -> Audio:
        """This sound after more filters."""
        return replace(self, chain=(*self.chain, *filters))

    def faster(self, speed: Fraction) -> Audio:
        """The same sound in 1/speed of the time, at the same pitch, to the sample."""
        duration = self.duration / speed
        if self.grid is not None:  # as long as the pictures
            duration = nearest(duration * self.grid) / self.grid
        samples = round(duration * self.sound.rate)
        exact = (Filter("apad", whole_len=samples), Filter("atrim", end_sample=samples))
        return replace(self.filter(*_tempo(speed), *exact), duration=duration)

    def cut(self, begin: Fraction, end: Fraction | None, *, precise: bool = True) -> Audio:
        """The sound in [begin, end) seconds, to the sample; a fresh source seeks.

        Sound of a film is cut where its pictures are, so that both stay in step.
        """
        begin, end = next_on(self.grid, begin), None if end is None else min(next_on(self.grid, end), self.duration)
        stop = self.duration if end is None else end
        if not self.chain:
            return replace(self, origin=self.origin.cut(begin, end, precise), duration=stop - begin)
        edges = {"start_sample": round(begin * self.sound.rate)}
        if end is not None:  # else with all that goes on after the last picture
            edges["end_sample"] = round(end * self.sound.rate)
        trimmed = self.filter(Filter("atrim", **edges), Filter("asetpts", expr="PTS-STARTPTS"))
        return replace(trimmed, duration=stop - begin)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks of sound after the chain."""
        blocks = self.origin.blocks()
        return filter_audio(blocks, self.chain) if self.chain else blocks


@dataclass(frozen=True)
class Streams:
    """What flows out of a node: its clip, with pictures and sound on their way, or (of a document) the file."""

    clip: Clip
    video: Video | None = None
    audio: Audio | None = None
    file: Path | None = None


_EACH_BY_ITSELF = {
    *("scale", "format", "setsar", "setparams", "pad", "crop", "fillborders", "hflip", "vflip", "transpose", "rotate"),
    *("gblur", "unsharp", "convolution", "negate", "vignette", "edgedetect", "pixelize"),
    *("colorchannelmixer", "hue", "lutyuv", "lutrgb"),
}
"""Filters that make one picture of each, whatever came before it and whenever it is shown."""

_ROOM = 16


def _roomy(filters: tuple[Filter, ...], picture: Picture) -> tuple[Filter, ...]:
    """Filters with room to work in: FFmpeg's gblur writes past the end of pictures of a few pixels.

    Such a picture is blurred as larger squares, with the sigma in proportion, and made small again.
    """
    across, along = (-(-_ROOM // side) for side in picture.size)
    if across == along == 1 or all(item.name != "gblur" for item in filters):
        return filters
    larger = Filter("scale", w=picture.width * across, h=picture.height * along, flags="neighbor")
    smaller = Filter("scale", w=picture.width, h=picture.height, flags=exactly("area"))
    return larger, *(_enlarged(item, across, along) for item in filters), smaller


def _enlarged(item: Filter, across: int, along: int) -> Filter:
    if item.name != "gblur":
        return item
    sigma = float(item.options.get("sigma", "0.5"))
    upright = float(item.options.get("sigmaV", sigma))
    grown: dict[str, str | float] = {**item.options, "sigma": sigma * across, "sigmaV": upright * along}
    return Filter("gblur", **grown)


def _tempo(speed: Fraction) -> list[Filter]:
    """atempo takes 0.5 to 100; slower is several of them."""
    chain: list[Filter] = []
    while speed < Fraction(1, 2):
        chain.append(Filter("atempo", tempo=0.5))
        speed *= 2
    return [*chain, Filter("atempo", tempo=float(speed))]
