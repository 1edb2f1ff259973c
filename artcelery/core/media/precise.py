"""Streams that are cut to the frame: key frames are those of a file, and say nothing of what nodes have made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av

from artcelery.core.media.packets import PacketSource
from artcelery.core.media.stream import AudioOrigin, Streams, VideoOrigin

__all__ = ["precisely"]


def precisely(streams: Streams) -> Streams:
    """The same streams; who would be content with a cut at a key frame gets the exact one, of pictures and sound."""
    video, audio = streams.video, streams.audio
    if video is None or isinstance(video.origin, PacketSource):
        return streams
    video = replace(video, origin=_Pictures(video.origin))
    audio = replace(audio, origin=_Sound(audio.origin)) if audio is not None else None
    return replace(streams, video=video, audio=audio)


@dataclass(frozen=True)
class _Pictures:
    origin: VideoOrigin

    def frames(self) -> Iterator[av.VideoFrame]:
        return self.origin.frames()

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> VideoOrigin:
        return _Pictures(self.origin.cut(begin, end, precise=True))


@dataclass(frozen=True)
class _Sound:
    origin: AudioOrigin

    def blocks(self) -> Iterator[av.AudioFrame]:
        return self.origin.blocks()

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> AudioOrigin:
        return _Sound(self.origin.cut(begin, end, precise=True))
