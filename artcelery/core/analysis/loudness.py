"""Loudness as broadcasters measure it: EBU R 128, that is ITU-R BS.1770-4 with EBU Tech 3342 for its range."""

from __future__ import annotations

from fractions import Fraction
from math import inf, log10

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.batches import Batches
from artcelery.core.analysis.steps import Steps
from artcelery.core.analysis.true_peak import REACH, between_samples
from artcelery.core.analysis.weighting import channel_weights, k_response

__all__ = ["LoudnessMeter"]

_OFFSET_LU = -0.691  # so that 997 Hz at full scale in one front channel measures -3.01 LUFS
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_STEPS_A_SECOND = 10
_MOMENTARY, _SHORT_TERM = 4, 30  # windows of 0.4 s and 3 s, in steps of 0.1 s
_MEMORY_S = 0.2  # after which the K-weighting filter has forgotten all but 1e-20


class LoudnessMeter:
    """Measures a sound that is given block by block; what was measured so far can be asked at any time.

    Memory grows by 8 bytes for each tenth of a second of sound. `layout` is FFmpeg's name of the channel layout.
    """

    def __init__(self, rate: int, channels: int, layout: str = "stereo") -> None:
        self._rate, self._channels = rate, channels
        self._memory = max(REACH, round(rate * _MEMORY_S))
        size = 1 << (4 * self._memory - 1).bit_length()
        self._weights = channel_weights(layout, channels)[:, None]
        self._k, self._between = k_response(rate, size), between_samples(rate, size)
        self._batches = Batches(channels, size, size - self._memory, before=self._memory)
        self._steps = Steps(Fraction(rate, _STEPS_A_SECOND))
        self._peak = 0.0

    def add(self, block: NDArray[np.float32]) -> None:
        """Go on with a block of shape (channels, n), full scale being 1; ValueError for another shape."""
        for batch in self._batches.add(block):
            spectra = np.fft.rfft(batch.astype(np.float64))
            self._steps.add(self._powers(spectra))
            self._peak = max(self._peak, self._peak_of(batch, spectra))

    def integrated(self) -> float:
        """Loudness of the whole in LUFS, -inf when it is silent or shorter than 0.4 s."""
        powers = self._windows(_MOMENTARY)
        loud = powers[_loudness(powers) > _ABSOLUTE_GATE]
        if not loud.size:
            return -inf
        gated = loud[_loudness(loud) > _level(loud) + _RELATIVE_GATE_LU]
        return _level(gated)

    def range(self) -> float:
        """Loudness range in LU: between the 10th and the 95th percentile of the loudness of 3 seconds."""
        powers = self._windows(_SHORT_TERM)
        loud = powers[_loudness(powers) > _ABSOLUTE_GATE]
        if not loud.size:
            return 0.0
        gated = np.sort(_loudness(loud)[_loudness(loud) > _level(loud) + _RANGE_GATE_LU])
        low, high = (gated[int((gated.size - 1) * share + 0.5)] for share in (0.1, 0.95))
        return float(high - low)

    def true_peak(self) -> float:
        """The highest peak between samples in dBTP, -inf when all is silent."""
        rest = self._rest()
        peak = max(self._peak, self._peak_of(rest, np.fft.rfft(rest)))
        return 20 * log10(peak) if peak > 0 else -inf

    def _powers(self, spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
        """The weighted power of each sample, summed over channels."""
        weighted = np.fft.irfft(spectra * self._k)[:, self._memory :]
        return np.asarray((weighted * weighted * self._weights).sum(axis=0))

    def _peak_of(self, batch: NDArray[np.float32], spectra: NDArray[np.complex128]) -> float:
        peak = float(np.abs(batch).max())
        for response in self._between:
            made = np.fft.irfft(spectra * response)[:, self._memory :]
            peak = max(peak, float(made.max()), -float(made.min()))
        return peak

    def _windows(self, length: int) -> NDArray[np.float64]:
        """The mean power of each window of so many steps."""
        rest = self._rest()
        missing = self._batches.rest().shape[1] - self._memory
        steps = self._steps.after(self._powers(np.fft.rfft(rest))[: max(0, missing)])
        if steps.size < length:
            return np.zeros(0)
        sums = np.lib.stride_tricks.sliding_window_view(steps, length).sum(axis=1)
        return np.asarray(sums * _STEPS_A_SECOND / (length * self._rate))

    def _rest(self) -> NDArray[np.float32]:
        rest = self._batches.rest()
        return np.pad(rest, ((0, 0), (0, self._batches.size - rest.shape[1])))


def _loudness(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return _OFFSET_LU + 10 * np.log10(np.maximum(powers, 1e-30))


def _level(powers: NDArray[np.float64]) -> float:
    """The loudness of the mean of powers."""
    return float(_loudness(powers.mean(keepdims=True))[0])
