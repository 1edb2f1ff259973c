"""Beats: where one would tap, by dynamic programming.

Each beat wants to be where something begins to sound and about one period after the beat before: D. P. W. Ellis, "Beat
Tracking by Dynamic Programming", Journal of New Music Research 36 (2007), with a period that follows the tempo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.onsets import Envelope, onset_times, sharpened
from artcelery.core.analysis.tempo import beat_periods

__all__ = ["beat_times", "tempo_of"]

_TIGHTNESS = 60.0
_FEWEST_ONSETS, _WITHIN_S = 4, 10.0
_SMOOTHING_FRAMES = 1.5
_WEAK = 0.5
_NEAR = 3
_LONG_S = 2.0
_USUAL_PEAKS = 0.993
_DIGITS = 6  # so that processors that round the last digits otherwise decide alike


def beat_times(envelope: Envelope, slowest: float, fastest: float) -> NDArray[np.float64]:
    """The beats in seconds, at tempi between two (beats a minute); none where nothing recurs."""
    if not _recurs(onset_times(envelope)):
        return np.zeros(0)
    periods = beat_periods(envelope, slowest, fastest)
    usual = np.quantile(envelope.values, _USUAL_PEAKS)
    strength = _smoothed(np.minimum(envelope.values, usual))
    strength = np.round(strength / strength.std(), _DIGITS)
    beats = _chain(strength, np.round(periods).astype(int))
    beats = _without_weak_ends(beats, strength)
    beats = beats[~_long_silence(envelope)[beats]]
    whole = _smoothed(envelope.values)
    return sharpened(whole, _at_peaks(whole, beats)) / envelope.rate


def tempo_of(beats: NDArray[np.float64]) -> float | None:
    """The tempo of most of the beats, in beats a minute; None for fewer than two."""
    if beats.size < 2:
        return None
    steps = np.diff(beats)
    usual = np.median(steps)
    near = steps[np.abs(steps - usual) <= 0.1 * usual]
    return float(60 / near.mean())


def _recurs(onsets: NDArray[np.float64]) -> bool:
    """Whether enough begins to sound soon enough after another to be called a rhythm."""
    return bool((onsets[_FEWEST_ONSETS - 1 :] - onsets[: 1 - _FEWEST_ONSETS] <= _WITHIN_S).any())


def _chain(strength: NDArray[np.float64], periods: NDArray[np.intp]) -> NDArray[np.intp]:
    """The frames of the best chain of beats."""
    score, before = strength.copy(), np.full(strength.size, -1)
    costs = {period: _costs(period) for period in np.unique(periods).tolist()}
    for frame, period in enumerate(periods.tolist()):
        cost = costs[period]
        first = frame - 2 * period
        if first < 0:
            cost = cost[-first:]
            first = 0
        if not cost.size:
            continue
        ways = score[first : first + cost.size] - cost
        best = int(ways.argmax())
        if ways[best] > 0:
            score[frame] += ways[best]
            before[frame] = first + best
    return _traced(before, _last(score, periods))


def _costs(period: int) -> NDArray[np.float64]:
    """What steps of twice the period down to half of it cost."""
    steps = np.arange(2 * period, max(1, period // 2) - 1, -1)
    return np.asarray(np.round(_TIGHTNESS * np.log(steps / period) ** 2, _DIGITS))


def _last(score: NDArray[np.float64], periods: NDArray[np.intp]) -> int:
    """The best end of a chain: within the last period of the sound."""
    begin = max(0, score.size - int(periods[-1]))
    return begin + int(score[begin:].argmax())


def _traced(before: NDArray[np.intp], last: int) -> NDArray[np.intp]:
    beats = [last]
    while before[beats[-1]] >= 0:
        beats.append(int(before[beats[-1]]))
    return np.array(beats[::-1])


def _without_weak_ends(beats: NDArray[np.intp], strength: NDArray[np.float64]) -> NDArray[np.intp]:
    """The beats from the first to the last that can be heard."""
    loud = strength[beats]
    heard = np.flatnonzero(loud >= _WEAK * np.sqrt((loud * loud).mean()))
    return beats[heard[0] : heard[-1] + 1] if heard.size else beats[:0]


def _at_peaks(values: NDArray[np.float64], beats: NDArray[np.intp]) -> NDArray[np.intp]:
    """The beats, each at the highest value within a few frames."""
    padded = np.pad(values, _NEAR, constant_values=-np.inf)
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEAR + 1)[beats]
    return np.asarray(beats + near.argmax(axis=1) - _NEAR)


def _long_silence(envelope: Envelope) -> NDArray[np.bool_]:
    """Where nothing has been heard and nothing will be, for too long to go on counting."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], envelope.heard, [True]))))
    silent = np.zeros(envelope.heard.size, bool)
    for begin, end in edges.reshape(-1, 2).tolist():
        silent[begin:end] = end - begin > _LONG_S * envelope.rate
    return silent


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The envelope through a Gaussian, its mean removed."""
    reach = round(4 * _SMOOTHING_FRAMES)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SMOOTHING_FRAMES) ** 2)
    padded = np.pad(values, reach)
    smooth = sum(weight * padded[index : index + values.size] for index, weight in enumerate(weights / weights.sum()))
    return np.asarray(smooth)
