"""How strong each band of frequencies is over time.

Windows of about a tenth of a second, half over each other, are averaged: P. D. Welch, "The Use of Fast Fourier
Transform for the Estimation of Power Spectra", IEEE Trans. Audio Electroacoustics 15 (1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.batches import Batches

__all__ = ["HIGHEST_HZ", "LOWEST_HZ", "SpectrumMeter", "octave_edges"]

LOWEST_HZ, HIGHEST_HZ = 20.0, 20_000.0
"""What is divided where only the number of bands is given."""

_WINDOW_S = 0.093
_SIZE = 1 << 16


def octave_edges(bands: int) -> list[float]:
    """The edges of so many bands, each of the same number of octaves, in Hz."""
    ratio = HIGHEST_HZ / LOWEST_HZ
    return [round(LOWEST_HZ * ratio ** (index / bands), 2) for index in range(bands + 1)]


class SpectrumMeter:
    """The root mean square of each band in each step of `hop` seconds, of a sound that comes block by block.

    `edges` in Hz. Where bands cover all that sounds, their squares sum up to that of the energy.
    """

    def __init__(self, rate: int, channels: int, hop: Fraction, edges: Sequence[float]) -> None:
        self._channels = channels
        self._window_size = size = 1 << max(4, round(log2(rate * _WINDOW_S)))
        self._each = ceil(hop * rate / (size // 2))  # windows in a step
        self._hop, self._step = hop * rate, hop * rate / self._each
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
        self._window = window * np.sqrt(2 / (size * (window * window).sum() * channels))
        self._places = np.clip(np.array(edges) * size / rate + 0.5, 0, size // 2 + 1)
        self._batches = Batches(channels, _SIZE, _SIZE)
        self._buffer = np.zeros((channels, size // 2), np.float32)
        self._begin, self._end = -(size // 2), 0  # the samples that the buffer holds
        self._next = 0
        self._open = np.zeros((0, len(edges) - 1))
        self._rows: list[NDArray[np.float64]] = []

    def add(self, block: NDArray[np.float32]) -> None:
        """Go on with a block of shape (channels, n), full scale being 1."""
        for batch in self._batches.add(block):
            self._take(batch)

    def values(self) -> NDArray[np.float64]:
        """The level of each band in each step, of shape (steps, bands); nothing can be added after that."""
        rest = self._batches.rest()
        samples = self._end + rest.shape[1]
        steps, centred = ceil(samples / self._hop), ceil(samples / self._step - Fraction(1, 2))
        windows = max(centred, (steps - 1) * self._each + 1) if steps else 0  # at least one for each step
        self._take(np.pad(rest, ((0, 0), (0, 2 * self._window_size))), windows)
        if len(self._open):
            self._rows.append(self._open.mean(axis=0, keepdims=True))
        powers = np.concatenate((*self._rows, self._open[:0]))
        return np.sqrt(np.maximum(powers, 0))

    def _take(self, batch: NDArray[np.float32], most: int | None = None) -> None:
        """Measure the windows that end in or before this batch; those numbered below `most`."""
        self._buffer = np.concatenate((self._buffer, batch), axis=1)
        self._end += batch.shape[1]
        starts = []
        while (start := self._start(self._next)) + self._window_size <= self._end and self._next != most:
            starts.append(start)
            self._next += 1
        if starts:
            self._measured(self._bands(np.array(starts) - self._begin))
        kept = self._start(self._next) - self._begin
        self._buffer = self._buffer[:, kept:]
        self._begin += kept

    def _start(self, number: int) -> int:
        return int((number + Fraction(1, 2)) * self._step) - self._window_size // 2

    def _measured(self, powers: NDArray[np.float64]) -> None:
        powers = np.concatenate((self._open, powers))
        whole = len(powers) // self._each
        self._rows.append(powers[: whole * self._each].reshape(whole, self._each, powers.shape[1]).mean(axis=1))
        self._open = powers[whole * self._each :]

    def _bands(self, starts: NDArray[np.intp]) -> NDArray[np.float64]:
        """The power of each band in the windows that begin there; an edge within a bin divides its power."""
        windows = self._buffer[:, starts[:, None] + np.arange(self._window_size)]
        spectra = np.fft.rfft(windows * self._window)
        power = (spectra.real**2 + spectra.imag**2).sum(axis=0)
        below = np.concatenate((np.zeros((len(power), 1)), power.cumsum(axis=1)), axis=1)
        whole = np.minimum(self._places.astype(np.intp), below.shape[1] - 2)
        at_edges = below[:, whole] + (self._places - whole) * (below[:, whole + 1] - below[:, whole])
        return np.diff(at_edges, axis=1)
