"""Frames as RGB arrays: how numpy effects see a stream, and how their arrays become frames again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from artcelery.core.effect import FrameContext
from artcelery.core.media.color import RGB, tag
from artcelery.core.media.filtering import Alpha
from artcelery.core.media.pump import stopping

if TYPE_CHECKING:
    from artcelery.core.media.stream import Video, VideoOrigin

__all__ = ["AppliedFrames", "FrameFunction"]

_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INP

Pixels = NDArray[np.uint8]


class FrameFunction(Protocol):
    """A function of one frame after another: (height, width, 3) uint8 RGB in and out."""

    def __call__(self, frame: Pixels, ctx: FrameContext) -> Pixels: ...


class AppliedFrames:
    """The frames of a stream, each through a function."""

    def __init__(self, video: Video, start: Callable[[], FrameFunction], alpha: Alpha) -> None:
        self.video, self.start, self.alpha = video, start, alpha
        self.spent_s = 0.0
        """Processor seconds that the function took so far."""

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        """Those frames after the function that lie in [begin, end)."""
        from artcelery.core.media.cutting import CutFrames

        return CutFrames(self.frames, self.video.clip, begin, end)

    def frames(self) -> Iterator[av.VideoFrame]:
        """The frames, with the times they came with."""
        step = _AlphaStep(self.start, self.alpha) if self.video.picture.alpha else _Step(self.start)
        clip = self.video.clip
        rate = float(self.video.picture.rate or 0)
        duration = float(clip.duration or 0)
        frames = self.video.frames()
        with stopping(frames):
            for index, frame in enumerate(frames):
                context = FrameContext(index, 0.0 if clip.is_still else float(frame.time or 0), rate, duration)
                began = time.thread_time()
                made = step(frame, context)
                self.spent_s += time.thread_time() - began
                made.pts, made.time_base = frame.pts, frame.time_base
                made.color_primaries, made.color_trc = frame.color_primaries, frame.color_trc
                yield tag(made, RGB)


class _Step:
    def __init__(self, start: Callable[[], FrameFunction]) -> None:
        self.function = start()
        self.reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame, context: FrameContext) -> av.VideoFrame:
        return av.VideoFrame.from_ndarray(self.function(self.array(frame, "rgb24"), context), format="rgb24")

    def array(self, frame: av.VideoFrame, pix_fmt: str) -> Any:
        packed = self.reformatter.reformat(frame, format=pix_fmt, interpolation=_EXACT)
        return packed.to_ndarray()


class _AlphaStep(_Step):
    """Colour through the function; alpha left alone, or through a function of its own as a grey picture."""

    def __init__(self, start: Callable[[], FrameFunction], alpha: Alpha) -> None:
        super().__init__(start)
        self.alpha_function = start() if alpha == "through" else None

    def __call__(self, frame: av.VideoFrame, context: FrameContext) -> av.VideoFrame:
        array = self.array(frame, "rgba")
        colour, alpha = np.ascontiguousarray(array[:, :, :3]), array[:, :, 3]
        if self.alpha_function is None:
            return _rgba(self.function(colour, context), alpha)
        alpha = self.alpha_function(np.repeat(alpha[:, :, None], 3, axis=2), context)[:, :, 0]
        return _rgba(self.function(colour, context), alpha)


def _rgba(colour: Pixels, alpha: Pixels) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.dstack((colour, alpha)), format="rgba")
