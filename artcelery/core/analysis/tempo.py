"""How fast the beat goes at each time, from an onset envelope.

A beat shows in the spectrum of the envelope at its frequency and multiples of it, and in the autocorrelation at its
period and multiples of that: their product stands out at the beat itself, so that neither half nor double the tempo is
taken for it (G. Peeters, "Template-Based Estimation of Time-Varying Tempo", EURASIP JASP 2007). The path over time
prefers to stay (Viterbi), and listeners' preference for 120 beats a minute decides what is open (D. P. W. Ellis, "Beat
Tracking by Dynamic Programming", Journal of New Music Research 36, 2007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.onsets import Envelope

__all__ = ["beat_periods"]

_WINDOW_S, _HOP_S = 8.0, 0.5
_GRID_RATIO = 1.01
_PREFERRED_BPM, _PREFERENCE_OCTAVES = 120.0, 0.7
_STAY = 40.0  # the cost of a change of tempo by one octave, as the square
_JUMP = 3.0  # the cost of any change at most
_LEAST = 0.02
_DIGITS = 6  # so that processors that round the last digits otherwise decide alike


def beat_periods(envelope: Envelope, slowest: float, fastest: float) -> NDArray[np.float64]:
    """The time from beat to beat at each frame of the envelope, in frames; tempi in beats a minute."""
    tempi = slowest * _GRID_RATIO ** np.arange(np.log(fastest / slowest) / np.log(_GRID_RATIO) + 1)
    size = min(envelope.values.size, round(_WINDOW_S * envelope.rate))
    centres = np.arange(size // 2, envelope.values.size - size + size // 2 + 1, max(1, round(_HOP_S * envelope.rate)))
    salience = _Salience(size, envelope.rate, tempi)
    scores = np.array([salience(envelope.values[centre - size // 2 :][:size]) for centre in centres])
    path = _path(np.round(np.log(scores + _LEAST), _DIGITS).astype(np.float64), np.log2(tempi))
    periods = 60 * envelope.rate / tempi[path]
    return np.interp(np.arange(envelope.values.size), centres, periods)


class _Salience:
    """How much each tempo is there in a piece of envelope, at most 1."""

    def __init__(self, size: int, rate: float, tempi: NDArray[np.float64]) -> None:
        self._window = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(size) + 0.5) / size)
        self._fft = 1 << (4 * size - 1).bit_length()
        overlap = np.fft.irfft(np.abs(np.fft.rfft(self._window, self._fft)) ** 2)
        self._overlap = np.maximum(overlap, 0.05 * overlap[0])[: size + 1]
        self._bins, self._lags = tempi / 60 / rate * self._fft, np.minimum(60 * rate / tempi, size)
        self._preference = np.exp(-0.5 * (np.log2(tempi / _PREFERRED_BPM) / _PREFERENCE_OCTAVES) ** 2)

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        mean = (values * self._window).sum() / self._window.sum()
        spectrum = np.fft.rfft((values - mean) * self._window, self._fft)
        power = spectrum.real**2 + spectrum.imag**2
        again = np.fft.irfft(power)[: self._overlap.size] / self._overlap
        salience = np.sqrt(_at(power, self._bins)) * np.maximum(_at(again, self._lags), 0) * self._preference
        highest = salience.max()
        return np.asarray(salience / highest if highest > 0 else salience)


def _at(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(places, np.arange(values.size), values)


def _path(scores: NDArray[np.float64], octaves: NDArray[np.float64]) -> NDArray[np.intp]:
    """The best sequence of columns through rows of scores."""
    change = np.round(np.minimum(_STAY * (octaves[:, None] - octaves) ** 2, _JUMP), _DIGITS)
    best, came = scores[0], []
    for row in scores[1:]:
        ways = best - change
        origin = ways.argmax(axis=1)
        came.append(origin)
        best = ways[np.arange(row.size), origin] + row
    path = [int(best.argmax())]
    for origin in reversed(came):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1])
