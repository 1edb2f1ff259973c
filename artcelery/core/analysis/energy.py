"""How strong a sound is over time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.batches import Batches
from artcelery.core.analysis.steps import Steps

__all__ = ["EnergyMeter"]

_SIZE = 1 << 16


class EnergyMeter:
    """The root mean square of all channels in each step of `hop` seconds, of a sound that comes block by block."""

    def __init__(self, rate: int, channels: int, hop: Fraction) -> None:
        self._batches = Batches(channels, _SIZE, _SIZE)
        self._steps = Steps(hop * rate)

    def add(self, block: NDArray[np.float32]) -> None:
        """Go on with a block of shape (channels, n), full scale being 1."""
        for batch in self._batches.add(block):
            self._steps.add(_powers(batch))

    def values(self) -> NDArray[np.float64]:
        """The energy of each step so far, the last perhaps cut short: a sine at full scale has 0.7071."""
        return np.sqrt(self._steps.means(_powers(self._batches.rest())))


def _powers(batch: NDArray[np.float32]) -> NDArray[np.float64]:
    samples = batch.astype(np.float64)
    return np.asarray((samples * samples).mean(axis=0))
