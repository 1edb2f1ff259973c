"""Sound as arrays of samples: how mixing sees a stream, and how its arrays become blocks again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.effect import Filter
from artcelery.core.media.clip import Sound
from artcelery.core.media.stream import Audio

__all__ = ["SampleReader", "Samples", "TrimmedBlocks", "block_of", "fitted"]

Samples = NDArray[np.float32]
"""Samples of full scale 1, of shape (samples, channels)."""

_HEADROOM = 4


def fitted(audio: Audio, sound: Sound) -> Audio:
    """The same sound as packed float32 samples of the rate and the layout of `sound`."""
    packed = Filter("aformat", sample_fmts="flt", sample_rates=sound.rate, channel_layouts=sound.layout)
    filters = (packed,) if audio.sound.rate == sound.rate else (*_resampled(sound.rate), packed)
    return replace(audio.filter(*filters), sound=sound)


def _resampled(rate: int) -> tuple[Filter, ...]:
    """To another rate, in integers of 32 bits: floating point is rounded otherwise by each family of processors.

    Room for what is louder than full scale is made before, by a power of two, which costs no accuracy.
    """
    return (
        Filter("aformat", sample_fmts="flt"),
        Filter("volume", volume=1 / _HEADROOM, precision="float"),
        Filter("aresample", sample_rate=rate, internal_sample_fmt="s32p"),
        Filter("volume", volume=_HEADROOM, precision="float"),
    )


def block_of(samples: Samples, at: int, sound: Sound) -> av.AudioFrame:
    """A block that begins at sample `at`."""
    packed = np.ascontiguousarray(samples).reshape(1, -1)
    block = av.AudioFrame.from_ndarray(packed, format="flt", layout=sound.layout)
    block.sample_rate, block.time_base, block.pts = sound.rate, Fraction(1, sound.rate), at
    return block


class SampleReader:
    """The samples of a `fitted` sound, as many at a time as are wanted; it opens when it is first read."""

    def __init__(self, audio: Audio, channels: int) -> None:
        self.audio, self.channels = audio, channels
        self.blocks: Iterator[av.AudioFrame] | None = None
        self.rest: Samples = np.zeros((0, channels), np.float32)
        self.ended = False

    def read(self, count: int) -> Samples:
        """The next `count` samples; fewer only at the end."""
        parts, missing = [self.rest], count - len(self.rest)
        while missing > 0 and (more := self._next()) is not None:
            parts.append(more)
            missing -= len(more)
        whole = np.concatenate(parts) if len(parts) > 1 else self.rest
        self.rest = whole[count:]
        return whole[:count]

    def skip(self, count: int) -> None:
        """Leave out the next `count` samples."""
        while count > len(self.rest):
            count -= len(self.rest)
            more = self._next()
            if more is None:
                count, more = 0, self.rest[:0]
            self.rest = more
        self.rest = self.rest[count:]

    @property
    def empty(self) -> bool:
        """Whether nothing more will come."""
        return self.ended and not len(self.rest)

    def close(self) -> None:
        """Stop whatever makes the samples."""
        close = getattr(self.blocks, "close", None)
        if close is not None:
            close()

    def _next(self) -> Samples | None:
        if self.ended:
            return None
        if self.blocks is None:
            self.blocks = self.audio.blocks()
        block = next(self.blocks, None)
        if block is None:
            self.ended = True
            return None
        samples: Samples = block.to_ndarray().reshape(-1, self.channels).view(np.float32)
        return samples


@dataclass(frozen=True)
class TrimmedBlocks:
    """[first, last) of a sound, in samples, where what comes first decides the rest: it is read from its beginning."""

    audio: Audio
    first: int
    last: int

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> TrimmedBlocks:
        """A part of this part, to the sample."""
        rate = self.audio.sound.rate
        last = self.last if end is None else min(self.last, self.first + round(end * rate))
        return replace(self, first=min(last, self.first + round(begin * rate)), last=last)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The blocks, the first at time 0."""
        trim = Filter("atrim", start_sample=self.first, end_sample=self.last)
        return self.audio.filter(trim, Filter("asetpts", expr="PTS-STARTPTS")).blocks()
