"""A look-ahead limiter: peaks, also those between samples, stay under a ceiling, and the rest is left alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.batches import Batches
from artcelery.core.analysis.true_peak import REACH, between_samples
from artcelery.core.media.sound.samples import Samples
from artcelery.core.values import factor_of

__all__ = ["Limiter"]

_SIZE, _CHUNK = 4096, 32
_PAGE = _SIZE - REACH
_BEFORE = REACH // 2
_ATTACK_S, _RELEASE_DB_A_SECOND = 0.005, 60.0


class Limiter:
    """Sound goes in block by block and comes out as long as it was, never over `ceiling` (full scale is 1).

    All channels are lowered alike, from 5 ms before a peak on, and come back by 60 dB a second. Where nothing is over
    the ceiling near by, samples pass unchanged.
    """

    def __init__(self, rate: int, channels: int, ceiling: float) -> None:
        self._ceiling, self._channels = ceiling, channels
        self._between = between_samples(rate, _SIZE)
        self._batches = Batches(channels, _SIZE, _PAGE, before=_BEFORE)
        self._curve = _Curve(rate)
        self._gains: NDArray[np.float64] = np.zeros(0)  # of the chunk before the first page, and of all from there on
        self._leading = self._curve.reach - 1
        self._pages: deque[Samples] = deque()
        self._missing = 0

    def add(self, samples: Samples) -> Iterator[Samples]:
        """The next samples, and those that are ready now."""
        self._missing += len(samples)
        yield from self._through(samples)

    def finish(self) -> Iterator[Samples]:
        """The samples that are still missing."""
        while self._missing:
            yield from self._through(np.zeros((_PAGE, self._channels), np.float32))

    def _through(self, samples: Samples) -> Iterator[Samples]:
        for batch in self._batches.add(np.ascontiguousarray(samples.T)):
            self._pages.append(batch[:, _BEFORE : _BEFORE + _PAGE].T.copy())
            needed = self._ceiling / np.maximum(self._peaks(batch), self._ceiling)
            self._gains = np.concatenate((self._gains, self._curve.add(needed)[self._leading :]))
            self._leading = 0
            while self._missing and len(self._gains) >= _PAGE // _CHUNK + 2:
                yield self._lowered(self._pages.popleft())

    def _peaks(self, batch: Samples) -> NDArray[np.float64]:
        """The highest peak of each chunk of the page in a batch, in any channel, on a sample or after one."""
        page = np.abs(batch[:, _BEFORE : _BEFORE + _PAGE])
        if float(np.abs(batch).max()) * _MOST_BETWEEN > self._ceiling:
            spectra = np.fft.rfft(batch.astype(np.float64))
            for response in self._between:
                page = np.maximum(page, np.abs(np.fft.irfft(spectra * response)[:, REACH:]))
        return np.asarray(page.reshape(self._channels, -1, _CHUNK).max(axis=(0, 2)), np.float64)

    def _lowered(self, page: Samples) -> Samples:
        """The page with its gains, which go straight from the lower one at each edge of a chunk to that at the next."""
        around = self._gains[: _PAGE // _CHUNK + 2]
        self._gains = self._gains[_PAGE // _CHUNK :]
        page, self._missing = page[: self._missing], max(0, self._missing - _PAGE)
        if around.min() == 1.0:
            return page
        edges = np.minimum(around[:-1], around[1:])
        share = (np.arange(_CHUNK) + 0.5) / _CHUNK
        gains = (edges[:-1, None] + np.diff(edges)[:, None] * share).reshape(-1, 1)
        return np.multiply(page, gains[: len(page)], dtype=np.float64).astype(np.float32)


_MOST_BETWEEN = 3.0  # more than the magnitudes of the taps of any filter between samples add up to


class _Curve:
    """The gain of each chunk: at most what the chunk needs, down slowly before, up slowly after.

    A minimum over the chunks to come and then a mean over as many that have passed: each of the values in that mean
    has seen the chunk. The first `reach` gains are those of chunks before the sound.
    """

    def __init__(self, rate: int) -> None:
        self.reach = max(1, round(_ATTACK_S * rate / _CHUNK))
        self._rise = factor_of(_RELEASE_DB_A_SECOND * _CHUNK / rate)
        self._to_come, self._passed = np.ones(self.reach), np.ones(self.reach)

    def add(self, needed: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the next chunks need; the gains of as many, `reach` chunks later."""
        known = np.concatenate((self._to_come, needed))
        self._to_come = known[len(known) - self.reach :]
        lowest = np.lib.stride_tricks.sliding_window_view(known, self.reach + 1).min(axis=1)
        released = np.concatenate((self._passed, self._released(lowest.tolist(), float(self._passed[-1]))))
        self._passed = released[len(released) - self.reach :]
        count, total = len(lowest), np.zeros(len(lowest))
        for shift in range(self.reach + 1):
            total += released[shift : shift + count]
        return total / (self.reach + 1)

    def _released(self, lowest: list[float], gain: float) -> list[float]:
        gains = []
        for value in lowest:
            gain = min(value, gain * self._rise)
            gains.append(gain)
        return gains
