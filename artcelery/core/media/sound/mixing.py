"""Sounds on a timeline: each begins at its time, and what sounds together is added.

Samples are 32-bit floating point, added in 64 bits in the order of the sounds, so that the sum is the same on every
processor. A sound is opened when the timeline reaches it and closed when it has passed: hundreds of them cost no more
memory than two.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.media.clip import Sound
from artcelery.core.media.sound.samples import SampleReader, Samples, block_of, fitted
from artcelery.core.media.stream import Audio

__all__ = ["Placed", "mix"]

_BLOCK = 4096
_SETTLED_S = 1


@dataclass(frozen=True)
class Placed:
    """A sound on a timeline: it begins at `start` seconds; `duration` cuts it (None: to its end).

    A sound that is shorter than its `duration` is followed by silence; what lies before time 0 is not heard. It comes
    up over `fade_in` seconds and goes down over `fade_out` by a quarter of a sine wave: where one sound leaves while
    another comes, the sum of their powers stays the same.
    """

    audio: Audio
    start: Fraction = Fraction(0)
    duration: Fraction | None = None
    gain: float = 1.0
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)


def mix(placed: Sequence[Placed], sound: Sound, duration: Fraction, *, grid: Fraction | None = None) -> Audio:
    """The sum of the sounds, in the format `sound`: round(duration * rate) samples, silence where nothing sounds.

    A sound begins at the sample nearest to its start and ends at the one nearest to its end, so that many in a row do
    not drift. Where one sounds alone, with a gain of 1 and no fade, its samples pass unchanged. Channels are converted
    as FFmpeg does by default: mono goes to left and right alike at -3 dB (the power of both is that of the one), and to
    the centre where there is one; stereo goes to left and right. `grid` is the rate of the pictures it belongs to.
    """
    parts = tuple(_Part.of(item, sound.rate) for item in placed)
    return Audio(sound, duration, _Timeline(parts, sound, 0, round(duration * sound.rate)), grid=grid)


@dataclass(frozen=True)
class _Part:
    """A placed sound, in samples of the timeline: heard in [first, ends), coming up until `risen`.

    It goes down from `falls` to `last`, where its place ends; its samples may end before.
    """

    audio: Audio
    first: int
    ends: int
    risen: int
    falls: int
    last: int
    gain: float

    @classmethod
    def of(cls, item: Placed, rate: int) -> _Part:
        """Every place is rounded from its own time, never added up."""
        begin, length = item.start, item.audio.duration if item.duration is None else item.duration
        end, ends = begin + length, begin + min(length, item.audio.duration)
        edges = (begin, ends, begin + item.fade_in, end - item.fade_out, end)
        first, stop, risen, falls, last = (round(edge * rate) for edge in edges)
        return cls(item.audio, first, stop, risen, falls, last, item.gain)

    def plain(self, begin: int, end: int) -> bool:
        """Whether the samples in [begin, end) are heard as they are, and nothing is missing there."""
        return self.gain == 1 and max(self.first, self.risen) <= begin and end <= min(self.ends, self.falls)

    def gains(self, begin: int, end: int) -> NDArray[np.float64] | float:
        """The factor of each sample in [begin, end), as a column; one number where it is the same for all."""
        if self.risen <= begin and end <= self.falls:
            return self.gain
        at = np.arange(begin, end) + 0.5
        factors = np.full(end - begin, self.gain)
        if begin < self.risen:
            factors *= _quarter_sine((at - self.first) / (self.risen - self.first))
        if end > self.falls:
            factors *= _quarter_sine((self.last - at) / (self.last - self.falls))
        return factors[:, None]


def _quarter_sine(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """sin(share * pi/2) for shares of [0, 1] (others count as the nearer end), good to 15 digits, and 1 for 1.

    Its Taylor series: the sine of a library differs in the last digit from one processor to the next.
    """
    angle = np.clip(share, 0.0, 1.0) * (np.pi / 2)
    square = angle * angle
    total = np.ones_like(angle)
    for term in range(22, 0, -2):
        total = 1.0 - total * square / (term * (term + 1))
    return np.where(share < 1.0, angle * total, 1.0)


@dataclass(frozen=True)
class _Timeline:
    """The sum of parts in [first, last), in samples of a timeline."""

    parts: tuple[_Part, ...]
    sound: Sound
    first: int
    last: int

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> _Timeline:
        """Only [begin, end) of it, to the sample: a timeline has no key frames to begin at."""
        last = self.last if end is None else min(self.last, self.first + round(end * self.sound.rate))
        return replace(self, first=min(last, self.first + round(begin * self.sound.rate)), last=last)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """Blocks of packed float32 samples; the last may be short."""
        heard = ((at, part) for at, part in enumerate(self.parts) if part.ends > self.first and part.first < self.last)
        waiting = deque(sorted(heard, key=lambda item: item[1].first))
        playing: dict[int, _Playing] = {}
        try:
            for begin in range(self.first, self.last, _BLOCK):
                end = min(begin + _BLOCK, self.last)
                while waiting and waiting[0][1].first < end:
                    at, part = waiting.popleft()
                    playing[at] = _Playing(part, self.sound, max(part.first, self.first))
                sounding = [playing[at] for at in sorted(playing)]
                yield block_of(_summed(sounding, begin, end, self.sound.channels), begin - self.first, self.sound)
                for at in [at for at, item in playing.items() if item.over(end)]:
                    playing.pop(at).close()
        finally:
            for item in playing.values():
                item.close()


class _Playing:
    """A part that is being read, from sample `begin` of the timeline on."""

    def __init__(self, part: _Part, sound: Sound, begin: int) -> None:
        self.part = part
        skipped = begin - part.first
        sought = _seekable(part.audio, sound.rate, skipped)
        audio = part.audio.cut(sought, None) if sought else part.audio
        self.reader = SampleReader(fitted(audio, sound), sound.channels)
        self.ahead = skipped - int(sought * sound.rate)

    def read(self, begin: int, end: int) -> tuple[int, Samples]:
        """The samples heard in [begin, end) and where they begin; fewer when the sound has ended."""
        if self.ahead:
            self.reader.skip(self.ahead)
            self.ahead = 0
        begin, end = max(begin, self.part.first), min(end, self.part.ends)
        return begin, self.reader.read(end - begin)

    def over(self, at: int) -> bool:
        """Whether nothing of it is left to be heard from sample `at` on."""
        return self.part.ends <= at or self.reader.empty

    def close(self) -> None:
        self.reader.close()


def _summed(playing: Sequence[_Playing], begin: int, end: int, channels: int) -> Samples:
    if len(playing) == 1 and playing[0].part.plain(begin, end):
        _, samples = playing[0].read(begin, end)
        if len(samples) == end - begin:
            return samples
        return np.concatenate((samples, np.zeros((end - begin - len(samples), channels), np.float32)))
    total = np.zeros((end - begin, channels))
    for item in playing:
        start, samples = item.read(begin, end)
        gains = item.part.gains(start, start + len(samples))
        total[start - begin : start - begin + len(samples)] += np.multiply(samples, gains, dtype=np.float64)
    return total.astype(np.float32)


def _seekable(audio: Audio, rate: int, skipped: int) -> Fraction:
    """Where to begin reading a sound so that all of it from `skipped` samples on is as if it had been read whole.

    A time that its samples, those of the timeline and its pictures share, and early enough for codec and resampler.
    """
    steps = [Fraction(1, audio.sound.rate), Fraction(1, rate), *([1 / audio.grid] if audio.grid else [])]
    shared = Fraction(lcm(*(step.numerator for step in steps)), gcd(*(step.denominator for step in steps)))
    return max(0, (Fraction(skipped, rate) - _SETTLED_S) // shared) * shared
