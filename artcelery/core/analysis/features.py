"""Which features there are, and all of them that are asked for in one pass, as plain values for JSON.

Times are rounded to 0.1 ms and other numbers as documented here, so that they are the same on every processor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import isinf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artcelery.core.analysis.beats import beat_times, tempo_of
from artcelery.core.analysis.changes import ChangeMeter
from artcelery.core.analysis.energy import EnergyMeter
from artcelery.core.analysis.loudness import LoudnessMeter
from artcelery.core.analysis.onsets import OnsetMeter, onset_times
from artcelery.core.analysis.spectrum import SpectrumMeter

__all__ = ["picture_features", "sound_features"]

_TIME_DIGITS, _TEMPO_DIGITS, _LEVEL_DIGITS, _LOUDNESS_DIGITS = 4, 2, 5, 2

_RHYTHM = ("tempo", "beats", "onsets")


def sound_features(
    blocks: Iterable[NDArray[np.float32]],
    format: tuple[int, int, str],
    wanted: Sequence[str],
    hop: float,
    edges: Sequence[float],
    tempo_range: tuple[float, float],
) -> dict[str, Any]:
    """The wanted features of a sound in blocks of shape (channels, n); `format` is its rate, channels and layout."""
    rate, channels, layout = format
    step = _decimal(hop)
    makers: dict[str, Callable[[], Any]] = {
        "rhythm": lambda: OnsetMeter(rate, channels),
        "energy": lambda: EnergyMeter(rate, channels, step),
        "spectrum": lambda: SpectrumMeter(rate, channels, step, edges),
        "loudness": lambda: LoudnessMeter(rate, channels, layout),
    }
    names = dict.fromkeys("rhythm" if name in _RHYTHM else name for name in wanted)
    meters = {name: makers[name]() for name in names if name in makers}
    for block in blocks:
        for meter in meters.values():
            meter.add(block)
    found: dict[str, Any] = {}
    if "rhythm" in meters:
        found |= _rhythm(meters["rhythm"], wanted, tempo_range)
    if "energy" in meters:
        found["energy"] = {"hop": hop, "values": _levels(meters["energy"].values())}
    if "spectrum" in meters:
        bands = [[low, high] for low, high in pairwise(edges)]
        found["spectrum"] = {"hop": hop, "bands": bands, "values": _levels(meters["spectrum"].values())}
    if "loudness" in meters:
        found["loudness"] = _loudness(meters["loudness"])
    return found


def picture_features(
    pictures: Iterable[tuple[Fraction, NDArray[np.uint8]]],
    wanted: Sequence[str],
    hop: float,
    threshold: float,
    duration: Fraction,
) -> dict[str, Any]:
    """The wanted features of small pictures, (height, width, 3) each, with the times they are shown from."""
    meter = ChangeMeter()
    for time, picture in pictures:
        meter.add(time, picture)
    found: dict[str, Any] = {}
    if "scenes" in wanted:
        found["scenes"] = _times(meter.scenes(threshold))
    if "motion" in wanted:
        found["motion"] = {"hop": hop, "values": _levels(np.array(meter.motion(_decimal(hop), duration)))}
    return found


def _rhythm(meter: OnsetMeter, wanted: Sequence[str], tempo_range: tuple[float, float]) -> dict[str, Any]:
    envelope, found = meter.envelope(), dict[str, Any]()
    beats = beat_times(envelope, *tempo_range) if "tempo" in wanted or "beats" in wanted else np.zeros(0)
    tempo = tempo_of(beats)
    if "tempo" in wanted:
        found["tempo"] = None if tempo is None else _rounded(tempo, _TEMPO_DIGITS)
    if "beats" in wanted:
        found["beats"] = _times(beats.tolist())
    if "onsets" in wanted:
        found["onsets"] = _times(onset_times(envelope).tolist())
    return found


def _loudness(meter: LoudnessMeter) -> dict[str, Any]:
    figures = {"integrated": meter.integrated(), "range": meter.range(), "true_peak": meter.true_peak()}
    return {name: None if isinf(value) else _rounded(value, _LOUDNESS_DIGITS) for name, value in figures.items()}


def _times(times: Iterable[float | Fraction]) -> list[float]:
    return [_rounded(float(time), _TIME_DIGITS) for time in times]


def _levels(values: NDArray[np.float64]) -> Any:
    return (np.round(values, _LEVEL_DIGITS) + 0.0).tolist()


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) + 0.0


def _decimal(seconds: float) -> Fraction:
    """The decimal that was written: 0.1 is 1/10."""
    return Fraction(repr(seconds))
