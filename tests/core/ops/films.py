"""Films whose every picture and sample is known, and what comes out of an op over them: for tests of many inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from artcelery.core.media.clip import Clip
from artcelery.core.media.files import open_file
from artcelery.core.media.stream import Audio, Streams, Video
from artcelery.core.ops import OPS, Op
from tests.core.ops.rendering import LIMITS, flat_yuv, write_frames

Array = np.ndarray[Any, Any]


def grey(value: int, size: tuple[int, int] = (32, 16)) -> Array:
    """One grey as a yuv444p array."""
    return flat_yuv(value, size=size)


def numbered(
    path: Path,
    first: int,
    count: int,
    rate: int | Fraction = 25,
    level: float | None = None,
    size: tuple[int, int] = (32, 16),
    sample_rate: int = 48000,
    **options: Any,
) -> Path:
    """A film whose picture k is of the grey `first + k`; `level` is what all its samples are (in 1/32768)."""
    frames = [grey(first + number, size) for number in range(count)]
    sound = None if level is None else np.full(round(count / Fraction(rate) * sample_rate), level / 32767)
    return write_frames(path, frames, "yuv444p", rate, sound=sound, sample_rate=sample_rate, **options)


def op_of(type: str, config: dict[str, Any]) -> Op[Any]:
    return OPS[type](OPS[type].config_model.model_validate(config))


def opened(*paths: Path) -> list[Streams]:
    return [open_file(path, LIMITS) for path in paths]


def clips_of(inputs: Sequence[Streams]) -> list[Clip]:
    return [item.clip for item in inputs]


def through(type: str, config: dict[str, Any], *inputs: Streams | Path) -> Streams:
    """What comes out of an op."""
    streams = [open_file(item, LIMITS) if isinstance(item, Path) else item for item in inputs]
    op = op_of(type, config)
    return op.streams(op.infer(*clips_of(streams)), *streams)


def by_parts(type: str, config: dict[str, Any], *inputs: Path) -> Streams:
    """The same, joined of its parts as a plan does it."""
    streams, op = opened(*inputs), op_of(type, config)
    clips = clips_of(streams)
    film = op.infer(*clips)
    parts = op.parts(film, *clips)
    assert parts
    assert sum(part.frames for part in parts) == film.frames
    heard = [streams[number] for number in op.sound_inputs]
    return op.joined(film, *(op.part(part, film, streams[part.input]) for part in parts), *heard)


def pictures(streams: Streams) -> list[Array]:
    """All pictures, each one's planes in one array; they must lie on the grid that the clip promises."""
    assert streams.video is not None
    picture, found = streams.clip.picture, []
    assert picture is not None
    for number, frame in enumerate(streams.video.frames()):
        assert (frame.pts or 0) * (frame.time_base or 0) == number / (picture.rate or 1)
        assert (frame.width, frame.height, frame.format.name) == (*picture.size, picture.pix_fmt)
        found.append(frame.to_ndarray())
    assert len(found) == streams.clip.frames
    return found


def greys(streams: Streams) -> list[int]:
    """The luma of each picture, in its middle."""
    return [int(picture[0, picture.shape[1] // 2, picture.shape[2] // 2]) for picture in pictures(streams)]


def samples(streams: Streams) -> Array:
    """All samples of the first channel, in 1/32768; as many as the clip promises."""
    assert streams.audio is not None
    sound = streams.clip.sound
    assert sound is not None
    blocks = [block.to_ndarray().reshape(block.samples, -1)[:, 0] for block in streams.audio.blocks()]
    found = np.concatenate(blocks)
    assert len(found) == round((streams.clip.duration or 0) * sound.rate)
    return found.astype(np.float64) * 32768


@dataclass
class Count:
    """How many origins are open, were at most, and were in all; what they make is kept, so that none ends by itself."""

    open: int = 0
    most: int = 0
    kept: list[Iterator[Any]] = field(default_factory=list)
    cuts: list[tuple[Fraction, Fraction | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Counted:
    """An origin of pictures or sound that counts."""

    origin: Any
    count: Count

    def frames(self) -> Iterator[av.VideoFrame]:
        return self._kept(self.origin.frames())

    def blocks(self) -> Iterator[av.AudioFrame]:
        return self._kept(self.origin.blocks())

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Counted:
        self.count.cuts.append((begin, end))
        return replace(self, origin=self.origin.cut(begin, end, precise))

    def _kept(self, items: Iterator[Any]) -> Iterator[Any]:
        self.count.kept.append(self._counted(items))
        return self.count.kept[-1]

    def _counted(self, items: Iterator[Any]) -> Iterator[Any]:
        self.count.open += 1
        self.count.most = max(self.count.most, self.count.open)
        try:
            yield from items
        finally:
            self.count.open -= 1


def counted(streams: Streams, pictures: Count, sounds: Count) -> Streams:
    """The same streams, counted when they are read."""
    video, audio = streams.video, streams.audio
    return replace(
        streams,
        video=video and Video(video.clip, Counted(video.origin, pictures)),
        audio=audio and Audio(audio.sound, audio.duration, Counted(audio.origin, sounds), grid=audio.grid),
    )
