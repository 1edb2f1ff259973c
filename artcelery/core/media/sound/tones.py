"""Sounds from nothing: silence, and tones that are exact to the sample however they are cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.media.clip import Sound

__all__ = ["Tone", "sine"]

_BLOCK = 1024


@dataclass(frozen=True)
class Tone:
    """Samples `first` up to `last` of a sine in all channels, in floating point; amplitude 0 is silence.

    Sample n is `amplitude * sin(2 pi frequency n / rate)`, its phase exact however large n is.
    """

    sound: Sound
    frequency: Fraction
    amplitude: float
    last: int
    first: int = 0

    def blocks(self) -> Iterator[av.AudioFrame]:
        """The sound in blocks, from time 0."""
        for start in range(self.first, self.last, _BLOCK):
            samples = self._samples(start, min(start + _BLOCK, self.last))
            block = av.AudioFrame.from_ndarray(
                np.repeat(samples[None], self.sound.channels, axis=0), format="fltp", layout=self.sound.layout
            )
            block.sample_rate, block.pts, block.time_base = self.sound.rate, start - self.first, _seconds(self.sound)
            yield block

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Tone:
        """The sound in [begin, end) seconds, in the phase that it has there."""
        first = self.first + round(begin * self.sound.rate)
        last = self.last if end is None else min(self.last, self.first + round(end * self.sound.rate))
        return replace(self, first=min(first, last), last=last)

    def _samples(self, start: int, stop: int) -> NDArray[np.float32]:
        if self.amplitude == 0:
            return np.zeros(stop - start, np.float32)
        turn = self.frequency.denominator * self.sound.rate  # in these units, a whole turn
        step = self.frequency.numerator % turn
        phase = (start * step % turn + np.arange(stop - start, dtype=np.int64) * step) % turn
        return (self.amplitude * sine(phase / turn)).astype(np.float32)


def sine(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sine of these parts of a turn, each in [0, 1), to 1e-13.

    A sum of its series on the nearest quarter turn, for the sines of libraries differ from processor to processor.
    """
    folded = np.where(turns < 0.25, turns, np.where(turns < 0.75, 0.5 - turns, turns - 1))
    angle: NDArray[np.float64] = folded * (2 * np.pi)
    square = angle * angle
    total: NDArray[np.float64] = np.zeros_like(angle)
    for order in range(19, 1, -2):  # Horner: 1 - x^2/(2*3) (1 - x^2/(4*5) (...))
        total = (1 + total) * (-square / ((order - 1) * order))
    return angle + angle * total


def _seconds(sound: Sound) -> Fraction:
    return Fraction(1, sound.rate)
