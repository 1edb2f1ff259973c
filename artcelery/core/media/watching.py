"""Streams that somebody watches: at every frame and block there is a chance to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av

from artcelery.core.media.pump import stopping
from artcelery.core.media.stream import AudioOrigin, Streams, VideoOrigin

__all__ = ["watched"]

Check = Callable[[], None]
"""Called before each frame; may raise to stop."""


def watched(streams: Streams, check: Check) -> Streams:
    """The same streams; `check` is called while they are read, also where nothing is written yet."""
    video, audio = streams.video, streams.audio
    if video is not None:
        video = replace(video, origin=_Pictures(video.origin, check))
    if audio is not None:
        audio = replace(audio, origin=_Sound(audio.origin, check))
    return replace(streams, video=video, audio=audio)


@dataclass(frozen=True)
class _Pictures:
    origin: VideoOrigin
    check: Check

    def frames(self) -> Iterator[av.VideoFrame]:
        frames = self.origin.frames()
        with stopping(frames):
            for frame in frames:
                self.check()
                yield frame

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return _Pictures(self.origin.cut(begin, end, precise), self.check)


@dataclass(frozen=True)
class _Sound:
    origin: AudioOrigin
    check: Check

    def blocks(self) -> Iterator[av.AudioFrame]:
        blocks = self.origin.blocks()
        with stopping(blocks):
            for block in blocks:
                self.check()
                yield block

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> AudioOrigin:
        return _Sound(self.origin.cut(begin, end, precise), self.check)
