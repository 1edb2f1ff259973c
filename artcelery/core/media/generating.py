"""Pictures from nothing: an origin of frames that are drawn, and plain colours, gradients and noise.

All of it is computed with integers, or with the four operations and roots of IEEE 754: the same on every processor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import cos, radians, sin
from typing import Any, Protocol

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Picture
from artcelery.core.media.color import RGB, tag
from artcelery.core.media.cutting import next_on

__all__ = ["Drawn", "Pixels", "Runs", "gradient", "noise", "plain", "rgb_of", "unchanging"]

Pixels = NDArray[np.uint8]
"""A picture: (height, width, 3) RGB or (height, width, 4) RGB and straight alpha."""


class Runs(Protocol):
    """Pictures, each with how many times it is shown, that together are those from `first` up to `last`."""

    def __call__(self, first: int, last: int) -> Iterator[tuple[Pixels, int]]: ...


@dataclass(frozen=True)
class Drawn:
    """Frames `first` up to `last` of what `runs` draws, in the format `picture`; without a rate one still."""

    picture: Picture
    runs: Runs
    last: int = 1
    first: int = 0

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames from time 0; a picture that is shown several times is drawn once, and its pixels are shared."""
        at = 0
        for pixels, times in self.runs(self.first, self.last):
            frame = av.VideoFrame.from_ndarray(pixels, format=self.picture.pix_fmt)
            frame.time_base, frame.duration = 1 / (self.picture.rate or Fraction(25)), 1
            yield from _shared(tag(frame, RGB), at, times)
            at += times

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Drawn:
        """The frames in [begin, end); those before are not drawn."""
        rate = self.picture.rate
        if rate is None:
            raise RenderError("a still cannot be cut")
        first = self.first + int(next_on(rate, begin) * rate)
        last = self.last if end is None else min(self.last, self.first + int(next_on(rate, end) * rate))
        return replace(self, first=min(first, last), last=last)


def _shared(frame: av.VideoFrame, at: int, times: int) -> Iterator[av.VideoFrame]:
    """A frame several times, as frames of their own that share its pixels."""
    if times == 1:
        frame.pts = at
        yield frame
        return
    graph = Graph()
    source: Any = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    source.link_to(sink := graph.add("buffersink"))
    graph.configure()
    source.push(frame)
    first: Any = sink.pull()  # the graph copies pixels that came from an array, and counts who holds its own
    for number in range(at, at + times):
        first.pts = number
        source.push(first)
        yield tag(sink.pull(), RGB)  # type: ignore[arg-type]


def unchanging(draw: Callable[[], Pixels]) -> Runs:
    """One picture all the time, drawn when it is needed."""

    def runs(first: int, last: int) -> Iterator[tuple[Pixels, int]]:
        if last > first:
            yield draw(), last - first

    return runs


def rgb_of(color: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def plain(size: tuple[int, int], color: str) -> Runs:
    """One colour."""
    return unchanging(lambda: np.full((size[1], size[0], 3), rgb_of(color), np.uint8))


def gradient(size: tuple[int, int], colors: Sequence[str], direction: float | str) -> Runs:
    """Colours at even distances on a line (CSS Images 3, 3.1: corner to corner at any angle), or from the middle out.

    Mixed as CSS does, in sRGB. What lies between two steps of 8 bits is dithered (Bayer 1973), so that no bands show.
    """
    return unchanging(lambda: _coloured(_radial(size) if direction == "radial" else _linear(size, direction), colors))


def _linear(size: tuple[int, int], degrees: float | str) -> NDArray[np.float64]:
    """How far along the line each pixel lies, 0 to 1."""
    across, down = (round(turn(radians(float(degrees))), 12) for turn in (sin, lambda angle: -cos(angle)))
    width, height = size
    length = abs(width * across) + abs(height * down)
    x, y = _centres(width)[None, :], _centres(height)[:, None]
    return (x * across + y * down) / length + 0.5


def _radial(size: tuple[int, int]) -> NDArray[np.float64]:
    """How far from the middle each pixel lies; a corner of the picture at 1."""
    width, height = size
    x, y = _centres(width)[None, :], _centres(height)[:, None]
    shares: NDArray[np.float64] = np.sqrt((x * x + y * y) / ((width * width + height * height) / 4))
    return shares


def _centres(count: int) -> NDArray[np.float64]:
    """Where the middle of each pixel lies, from the middle of the picture."""
    return np.arange(count, dtype=np.float64) + (0.5 - count / 2)


def _coloured(along: NDArray[np.float64], colors: Sequence[str]) -> Pixels:
    stops = np.array([rgb_of(color) for color in colors], np.float64)
    at = along * (len(stops) - 1)
    below = np.clip(at.astype(np.int64), 0, len(stops) - 2)
    share = np.clip(at - below, 0, 1)
    threshold = _thresholds(along.shape)
    made = np.empty((*along.shape, 3), np.uint8)
    for channel in range(3):
        low, high = stops[below, channel], stops[below + 1, channel]
        made[..., channel] = np.floor(low + (high - low) * share + threshold)
    return made


def _thresholds(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """An 8x8 matrix of thresholds in (0, 1), over and over."""
    bayer = np.zeros((1, 1))
    for _ in range(3):
        bayer = np.block([[4 * bayer, 4 * bayer + 2], [4 * bayer + 3, 4 * bayer + 1]])
    height, width = shape
    tiled: NDArray[np.float64] = np.tile((bayer + 0.5) / 64, (-(-height // 8), -(-width // 8)))
    return tiled[:height, :width]


def noise(size: tuple[int, int], seed: int, grey: bool) -> Runs:
    """White noise, all values alike likely, new in each frame.

    Frame n is the output of Philox4x64-10 (Salmon et al. 2011) with the seed as key and n as the highest word of the
    counter: any frame can be made without those before it.
    """
    width, height = size
    channels = 1 if grey else 3
    words = -(-width * height * channels // 8)

    def runs(first: int, last: int) -> Iterator[tuple[Pixels, int]]:
        for index in range(first, last):
            raw = np.random.Philox(key=[seed, 0], counter=[0, 0, 0, index]).random_raw(words)
            values = raw.astype("<u8").view(np.uint8)[: width * height * channels].reshape(height, width, channels)
            yield np.repeat(values, 3, axis=2) if grey else values, 1

    return runs
