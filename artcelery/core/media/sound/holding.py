"""Sounds as long as their pictures, where a picture does not last a whole number of samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import av
import numpy as np

from artcelery.core.media.pump import stopping
from artcelery.core.media.sound.samples import block_of, fitted
from artcelery.core.media.stream import Audio

__all__ = ["held"]

_MOST = 2  # samples that rounding may take


def held(audio: Audio, duration: Fraction) -> Audio:
    """The same sound, and all of `duration` seconds of it where no more than two samples are missing.

    The last one is repeated: a sample of silence between two sounds would be heard as a click.
    """
    longer = max(audio.duration, duration)
    return Audio(audio.sound, longer, _Held(audio, ceil(duration * audio.sound.rate)), grid=audio.grid)


@dataclass(frozen=True)
class _Held:
    audio: Audio
    samples: int

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> _Held:
        """A part of it; nothing is held where it ends before."""
        rate = self.audio.sound.rate
        last = self.samples if end is None else min(self.samples, round(end * rate))
        return _Held(self.audio.cut(begin, end, precise=precise), last - round(begin * rate))

    def blocks(self) -> Iterator[av.AudioFrame]:
        """Packed float32 samples."""
        sound, at, last = self.audio.sound, 0, None
        blocks = fitted(self.audio, sound).blocks()
        with stopping(blocks):
            for last in blocks:
                yield last
                at += last.samples
        missing = self.samples - at
        if last is not None and 0 < missing <= _MOST:
            ends = last.to_ndarray().reshape(-1, sound.channels)[-1:]
            yield block_of(np.repeat(ends, missing, axis=0), at, sound)
