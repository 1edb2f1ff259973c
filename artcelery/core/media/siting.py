"""Where a colour sits among the pixels that share it. PyAV does not say it of a frame, so it is tried out."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Picture
from artcelery.core.media.filtering import Link, filter_video

__all__ = ["sited", "siting_of"]

_NOT_SAID = "unspecified"
_PLACES = (_NOT_SAID, "left", "center", "topleft", "top", "bottomleft", "bottom")
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INP


def siting_of(frame: av.VideoFrame, picture: Picture) -> str:
    """FFmpeg's name of where colour sits in frames like this one.

    Noise in place of its pixels looks in RGB like the same noise that is said to have its colour there.
    """
    parts = frame.format.components
    if len({(item.width, item.height) for item in parts}) == 1:
        return _NOT_SAID
    noise, numbers = _copy_of(frame, picture), np.random.default_rng(0)
    for plane in noise.planes:
        plane.update(numbers.integers(0, 256, plane.buffer_size, np.uint8).tobytes())
    looks = _look(noise)
    found = (place for place in _PLACES if _look(next(_said(iter([noise]), place, picture))) == looks)
    return next(found, _NOT_SAID)


def _copy_of(frame: av.VideoFrame, picture: Picture) -> av.VideoFrame:
    """A frame of its own, the right way up: what lies upside down in memory cannot be filled from its first byte on."""
    copy = next(filter_video([frame], [Link((Filter("split", outputs=1),), "none")], picture))
    copy.make_writable()
    return copy


def sited(frames: Iterator[av.VideoFrame], place: str, picture: Picture) -> Iterator[av.VideoFrame]:
    """The frames, saying that their colour sits there."""
    return frames if place == _NOT_SAID else _said(frames, place, picture)


def _said(frames: Iterator[av.VideoFrame], place: str, picture: Picture) -> Iterator[av.VideoFrame]:
    return filter_video(frames, [Link((Filter("setparams", chroma_location=place),), "none")], picture)


def _look(frame: av.VideoFrame) -> bytes:
    return VideoReformatter().reformat(frame, format="rgb24", interpolation=_EXACT).to_ndarray().tobytes()
