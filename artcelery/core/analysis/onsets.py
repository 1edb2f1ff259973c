"""Where something begins to sound: an onset envelope, and the onsets in it.

The envelope is spectral flux over bands of about a sixth of an octave, in decibels, each band compared with the
loudest of its neighbours a little before, so that vibrato is no onset: S. Böck, G. Widmer, "Maximum Filter Vibrato
Suppression for Onset Detection", DAFx 2013. Onsets are picked as in S. Böck, F. Krebs, M. Schedl, "Evaluating the
Online Capabilities of Onset Detection Methods", ISMIR 2012.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.batches import Batches

__all__ = ["Envelope", "OnsetMeter", "onset_times", "sharpened"]

_FRAMES_A_SECOND = 100
_WINDOW_S = 0.023
_LOWEST_HZ, _HIGHEST_HZ = 30.0, 16_000.0
_BAND_RATIO = 2 ** (1 / 6)
_SILENCE = 1e-10  # power, relative to full scale, below which nothing is heard
_MASKED = 1e-5  # the power of a band, relative to the loudest just now, below which it is not heard
_FORGOTTEN_S = 10.0  # in which what was loudest counts 10 dB less
_LAG = 2  # frames between what is compared
_FRAMES_A_BATCH = 64
_DIGITS = 6  # so that processors that round the last digits otherwise decide alike

_AROUND, _MEAN_BEFORE, _MEAN_AFTER, _APART = 3, 10, 7, 5  # frames
_LEAST_DB, _SPREADS = 0.5, 6.0
_SPREAD_S = 3.0
_DEVIATION = 1.4826  # the standard deviation of what is spread normally, by its median absolute deviation


@dataclass(frozen=True)
class Envelope:
    """How much louder it has just become, in dB averaged over bands, at `rate` frames a second; the first at time 0.

    `heard` says in which frames there is anything to hear.
    """

    values: NDArray[np.float64]
    heard: NDArray[np.bool_]
    rate: float


class OnsetMeter:
    """Makes the onset envelope of a sound that is given block by block, each of shape (channels, n)."""

    def __init__(self, rate: int, channels: int) -> None:
        self._size = 1 << max(4, round(log2(rate * _WINDOW_S)))
        self._step = max(1, round(rate / _FRAMES_A_SECOND))
        self._rate = rate
        count = self._step * (_FRAMES_A_BATCH - 1) + self._size
        self._batches = Batches(channels, count, self._step * _FRAMES_A_BATCH, before=self._size // 2)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self._size) / self._size)
        self._window = window * np.sqrt(2 / (self._size * (window * window).sum() * channels))
        self._edges = _band_edges(rate, self._size)
        self._before = np.zeros((_LAG, self._edges.size - 1))
        self._loudest = 0.0
        self._flux: list[NDArray[np.float64]] = []
        self._heard: list[NDArray[np.bool_]] = []
        self._samples = 0

    def add(self, block: NDArray[np.float32]) -> None:
        """Go on with a block."""
        self._samples += block.shape[1]
        for batch in self._batches.add(block):
            self._next(batch)

    def envelope(self) -> Envelope:
        """The envelope of all that was given; nothing can be added after that."""
        wanted = -(-self._samples // self._step)
        rest = self._batches.rest()
        while _FRAMES_A_BATCH * len(self._flux) < wanted:
            batch = np.pad(rest, ((0, 0), (0, max(0, self._batches.size - rest.shape[1]))))[:, : self._batches.size]
            self._next(batch)
            rest = rest[:, self._batches.step :]
        values = np.round(np.concatenate([*self._flux, np.zeros(0)]), _DIGITS)
        heard = np.concatenate([*self._heard, np.zeros(0, bool)])
        return Envelope(values[:wanted], heard[:wanted], self._rate / self._step)

    def _next(self, batch: NDArray[np.float32]) -> None:
        """Compare each frame of a batch with what was before it."""
        powers = np.concatenate((self._before, self._powers(batch)))
        self._before = powers[-_LAG:]
        now, before = powers[_LAG:], powers[:-_LAG]
        beside = np.pad(before, ((0, 0), (1, 1)), mode="edge")
        before = np.maximum(before, np.maximum(beside[:, :-2], beside[:, 2:]))
        loudness = now.sum(axis=1)
        floor = self._floors(loudness)
        louder = 10 * np.log10((now + floor[:, None]) / (before + floor[:, None]))
        self._flux.append(np.maximum(louder, 0).mean(axis=1))
        self._heard.append(loudness > floor)

    def _floors(self, loudness: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a band must exceed to be heard in each frame, given the power of all bands."""
        fading = 10 ** (np.arange(1, loudness.size + 1) * (self._step / self._rate / _FORGOTTEN_S))
        loudest = np.maximum.accumulate(np.maximum(loudness * fading, self._loudest)) / fading
        self._loudest = float(loudest[-1])
        return np.asarray(np.maximum(loudest * _MASKED, _SILENCE))

    def _powers(self, batch: NDArray[np.float32]) -> NDArray[np.float64]:
        """The power of each band in each frame, of shape (frames, bands)."""
        frames = np.lib.stride_tricks.sliding_window_view(batch, self._size, axis=1)[:, :: self._step]
        spectra = np.fft.rfft(frames * self._window)
        power = (spectra.real**2 + spectra.imag**2).sum(axis=0)[:, : self._edges[-1]]
        return np.asarray(np.add.reduceat(power, self._edges[:-1], axis=1))


def onset_times(envelope: Envelope) -> NDArray[np.float64]:
    """When things begin to sound, in seconds: peaks that stand clearly above what is around them."""
    values = envelope.values
    if not values.size:
        return np.zeros(0)
    around = _windows(values, _AROUND, _AROUND, 0.0).max(axis=1)
    mean = _windows(values, _MEAN_BEFORE, _MEAN_AFTER, 0.0).mean(axis=1)
    peaks = np.flatnonzero((values == around) & (values >= mean + _clearly(envelope)))
    apart = np.array(list(_apart(peaks)), np.intp)
    return sharpened(values, apart) / envelope.rate if values.size > 2 else apart / envelope.rate


def sharpened(values: NDArray[np.float64], frames: NDArray[np.intp]) -> NDArray[np.float64]:
    """Where between frames the peaks at these frames are, by a parabola through three of them."""
    inner = np.clip(frames, 1, values.size - 2)
    left, middle, right = values[inner - 1], values[inner], values[inner + 1]
    curve = left - 2 * middle + right
    peaked = (curve < 0) & (middle >= left) & (middle >= right) & (inner == frames)
    shift = np.where(peaked, 0.5 * (left - right) / np.where(peaked, curve, 1), 0)
    return np.asarray(frames + shift)


def _clearly(envelope: Envelope) -> NDArray[np.float64]:
    """How far above its surroundings an onset must be in each frame: well beyond what noise does there."""
    values = envelope.values
    size = min(values.size, round(_SPREAD_S * envelope.rate))
    pieces = np.lib.stride_tricks.sliding_window_view(values, size)[:: max(1, size // 3)]
    usual = np.median(pieces, axis=1, keepdims=True)
    spread = _DEVIATION * np.median(np.abs(pieces - usual), axis=1)
    centres = np.arange(len(pieces)) * max(1, size // 3) + size / 2
    return np.interp(np.arange(values.size), centres, np.maximum(_LEAST_DB, _SPREADS * spread))


def _apart(peaks: NDArray[np.intp]) -> Iterator[int]:
    last = -_APART
    for peak in peaks.tolist():
        if peak - last >= _APART:
            yield peak
            last = peak


def _windows(values: NDArray[np.float64], before: int, after: int, fill: float) -> NDArray[np.float64]:
    padded = np.pad(values, (before, after), constant_values=fill)
    return np.lib.stride_tricks.sliding_window_view(padded, before + after + 1)


def _band_edges(rate: int, size: int) -> NDArray[np.intp]:
    """The first bin of each band, and one after the last: a sixth of an octave, but at least a bin."""
    width = rate / size
    edges = [max(1, round(_LOWEST_HZ / width))]
    while edges[-1] < size // 2 and edges[-1] * width < _HIGHEST_HZ:
        edges.append(max(edges[-1] + 1, min(round(edges[-1] * _BAND_RATIO), size // 2 + 1)))
    return np.array(edges)
