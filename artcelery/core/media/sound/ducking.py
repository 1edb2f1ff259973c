"""Ducking: sounds make room for another while it is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from artcelery.core.media.sound.samples import SampleReader, Samples, TrimmedBlocks, block_of, fitted
from artcelery.core.media.stream import Audio
from artcelery.core.values import factor_of

__all__ = ["Ducking", "ducked"]

_STEPS_A_SECOND = 100
_WINDOW = 30
_AT_ONCE = 10
_SCALE, _LOUDEST = 2**20, 8


@dataclass(frozen=True)
class Ducking:
    """When and how far sounds make room: by `amount` dB while the level of the other is above `threshold` dBFS.

    They go down in `attack` seconds and come back in `release`, decibel by decibel.
    """

    threshold: float
    amount: float
    attack: float
    release: float


def ducked(others: Audio, by: Audio, ducking: Ducking, gain: float = 1.0) -> Audio:
    """`others`, which make room for `by`, and `by` times `gain`; both are of one format and length.

    The level of `by` is that of all its channels together (their powers added) over the last 0.3 s, before `gain`; it
    is looked at a hundred times a second. A full-scale sine in one channel has -3 dBFS.
    """
    return Audio(others.sound, others.duration, _Ducked(others, by, ducking, gain), grid=others.grid)


@dataclass(frozen=True)
class _Ducked:
    others: Audio
    by: Audio
    ducking: Ducking
    gain: float

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> TrimmedBlocks:
        """A part of it: how deep it ducks there depends on what came before."""
        whole = Audio(self.others.sound, self.others.duration, self)
        return TrimmedBlocks(whole, 0, round(whole.duration * whole.sound.rate)).cut(begin, end, precise)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """Blocks of packed float32 samples."""
        sound = self.others.sound
        step = max(1, sound.rate // _STEPS_A_SECOND)
        depth, at = _Depth(self.ducking, step, sound.rate), 0
        readers = [SampleReader(fitted(audio, sound), sound.channels) for audio in (self.others, self.by)]
        try:
            while True:
                others, by = (reader.read(step * _AT_ONCE) for reader in readers)
                if not len(others):
                    return
                total = others * depth.gains(by)[: len(others), None]
                total[: len(by)] += np.multiply(by, self.gain, dtype=np.float64)
                yield block_of(total.astype(np.float32), at, sound)
                at += len(others)
        finally:
            for reader in readers:
                reader.close()


class _Depth:
    """How far sounds are lowered, step by step: 0 is not at all, 1 is by the whole amount."""

    def __init__(self, ducking: Ducking, step: int, rate: int) -> None:
        self.amount, self.step = ducking.amount, step
        seconds = step / rate
        self.down, self.up = (min(1.0, seconds / max(time, seconds)) for time in (ducking.attack, ducking.release))
        self.threshold = 10 ** (ducking.threshold / 10) * step * _WINDOW
        self.powers: deque[int] = deque([0] * _WINDOW, maxlen=_WINDOW)
        self.depth, self.factor = 0.0, 1.0

    def gains(self, by: Samples) -> NDArray[np.float64]:
        """The factor of each sample of the others while `by` sounds; of silence where that ends within a step."""
        factors = [self.factor]
        for power in _powers(by, self.step):
            self.powers.append(power)
            loud = sum(self.powers) / _SCALE**2 > self.threshold
            self.depth = min(1.0, self.depth + self.down) if loud else max(0.0, self.depth - self.up)
            factors.append(factor_of(self.amount * self.depth))
        self.factor = factors[-1]
        edges = np.array(factors)
        share = np.arange(self.step) / self.step
        return (edges[:-1, None] + np.diff(edges)[:, None] * share).reshape(-1)


def _powers(samples: Samples, step: int) -> list[int]:
    """The power of each step, all channels together, in whole numbers: their sum is the same in any order."""
    whole = np.zeros((step * _AT_ONCE, samples.shape[1]), np.int64)
    whole[: len(samples)] = np.rint(np.clip(samples, -_LOUDEST, _LOUDEST).astype(np.float64) * _SCALE)
    powers: list[int] = (whole * whole).reshape(_AT_ONCE, -1).sum(axis=1).tolist()
    return powers
