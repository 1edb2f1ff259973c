"""How much pictures change over time, and where one shot gives way to the next."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

__all__ = ["ChangeMeter"]

_NEAR = 3
_CLEARLY = 2.0
_FULL = 255.0


class ChangeMeter:
    """Compares each picture with the one before it: small ones, of shape (height, width, 3) uint8, at rising times."""

    def __init__(self) -> None:
        self._times: list[Fraction] = []
        self._changes: list[float] = []
        self._before: NDArray[np.uint8] | None = None

    def add(self, time: Fraction, picture: NDArray[np.uint8]) -> None:
        """Go on with the picture that is shown from `time` (seconds)."""
        change = 0.0
        if self._before is not None:
            apart = np.maximum(picture, self._before) - np.minimum(picture, self._before)
            change = int(apart.sum(dtype=np.int64)) / (_FULL * picture.size)
        self._times.append(time)
        self._changes.append(change)
        self._before = picture

    def scenes(self, threshold: float) -> list[Fraction]:
        """When each shot begins: the first, and where a picture differs from the one before by `threshold` or more.

        Only where the change stands out among those of the three pictures before and after it: fast movement and
        flashes are no cuts, nor are dissolves.
        """
        changes = np.array(self._changes)
        if not changes.size:
            return []
        around = np.lib.stride_tricks.sliding_window_view(np.pad(changes, _NEAR), 2 * _NEAR + 1)
        others = np.maximum(around[:, :_NEAR].max(axis=1), around[:, _NEAR + 1 :].max(axis=1))
        cuts = np.flatnonzero((changes >= threshold) & (changes >= _CLEARLY * others))
        return [self._times[0], *(self._times[cut] for cut in cuts.tolist() if cut)]

    def motion(self, hop: Fraction, duration: Fraction) -> list[float]:
        """The mean change of the pictures that begin in each step of `hop` seconds: 0 to 1, 0 where none begins."""
        sums, counts = np.zeros(ceil(duration / hop)), np.zeros(ceil(duration / hop), np.int64)
        for time, change in zip(self._times, self._changes, strict=True):
            step = min(int(time / hop), sums.size - 1)
            sums[step] += change
            counts[step] += 1
        return [float(value) for value in sums / np.maximum(counts, 1)]
