"""The peak that a sound reaches between its samples (ITU-R BS.1770-4, annex 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["REACH", "between_samples"]

_TAPS = 32
_BETA = 6.0
REACH = _TAPS
"""How many samples before one have a part in what is interpolated at it."""


def between_samples(rate: int, size: int) -> NDArray[np.complex128]:
    """Responses of the filters that give the samples in between, at the frequencies of an rfft of `size` samples.

    Three of them below 96 kHz (four times the rate), one below 192 kHz, none above: what is looked for is then near
    enough to a sample. Each is a sinc of 32 taps in a Kaiser window.
    """
    times = 4 if rate < 96_000 else 2 if rate < 192_000 else 1
    taps = np.array([_taps(part / times) for part in range(1, times)]).reshape(times - 1, _TAPS)
    return np.fft.rfft(taps, size)


def _taps(fraction: float) -> NDArray[np.float64]:
    place = np.arange(_TAPS) - _TAPS // 2 + fraction
    edge = np.clip(1 - (2 * place / _TAPS) ** 2, 0, None)
    taps = np.sinc(place) * np.i0(_BETA * np.sqrt(edge)) / np.i0(_BETA)
    return np.asarray(taps / taps.sum())
