"""Sound brought to a loudness: measured, corrected, and measured again until it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isinf

import av
import numpy as np

from artcelery.core.analysis.loudness import LoudnessMeter
from artcelery.core.errors import RenderError
from artcelery.core.media.sound.limiter import Limiter
from artcelery.core.media.sound.samples import SampleReader, Samples, TrimmedBlocks, block_of, fitted
from artcelery.core.media.stream import Audio
from artcelery.core.values import factor_of

__all__ = ["levelled"]

_AT_ONCE = 8192
_AIM_LU, _ALLOWED_LU, _PEAK_SLACK_DB = 0.05, 0.1, 0.01
_ATTEMPTS = 10
_MOST_DRIVE_DB = 24.0
_LEAST_SLOPE = 0.1


def levelled(audio: Audio, target: float, ceiling: float, called: str) -> Audio:
    """The sound at an integrated loudness of `target` LUFS, to 0.1 LU, and with no true peak over `ceiling` dBTP.

    It is multiplied by one factor; only where a peak would then pass the ceiling, a limiter lowers it. The sound is
    read once to measure it, once for each correction to measure what comes out, and once more to be heard. RenderError,
    which names the node `called` so, when it is silent, or peaks stand so far above the rest that the loudness cannot
    be reached under the ceiling.
    """
    origin = _Levelled(fitted(audio, audio.sound), target, ceiling, called)
    return Audio(audio.sound, audio.duration, origin, grid=audio.grid)


@dataclass(frozen=True)
class _Setting:
    """How a sound is changed: by `gain` dB, and where `limit` is not None by a limiter of that many dBTP after it."""

    gain: float
    limit: float | None


@dataclass(frozen=True)
class _Measured:
    loudness: float
    peak: float

    def __str__(self) -> str:
        return f"{self.loudness:.2f} LUFS with peaks of {self.peak:.2f} dBTP"


@dataclass(frozen=True)
class _Levelled:
    audio: Audio
    target: float
    ceiling: float
    called: str

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> TrimmedBlocks:
        """A part of it: the loudness is that of the whole."""
        whole = Audio(self.audio.sound, self.audio.duration, self)
        return TrimmedBlocks(whole, 0, round(whole.duration * whole.sound.rate)).cut(begin, end, precise)

    def blocks(self) -> Iterator[av.AudioFrame]:
        """Blocks of packed float32 samples; the first comes when the setting is found."""
        at = 0
        for samples in _changed(self.audio, self._setting):
            yield block_of(samples, at, self.audio.sound)
            at += len(samples)

    @cached_property
    def _setting(self) -> _Setting:
        return _found(lambda setting: _measured(self.audio, setting), self.target, self.ceiling, self.called)


def _found(measure: Callable[[_Setting], _Measured], target: float, ceiling: float, called: str) -> _Setting:
    """The setting with which the target is measured: each is corrected by how far off the one before was."""
    plain, step = measure(_Setting(0.0, None)), 0.0
    if isinf(plain.loudness):
        raise RenderError(
            f"{called} cannot be brought to {target:g} LUFS: it is silent (nothing in it is over -70 LUFS), or shorter"
            " than 0.4 s; check its inputs and gains, or leave `loudness` out"
        )
    gain, limit, slope = target - plain.loudness, ceiling, 1.0
    most, before = gain + _MOST_DRIVE_DB, plain
    for attempt in range(_ATTEMPTS):
        setting = _Setting(round(gain, 3), round(limit, 3) if plain.peak + gain > ceiling else None)
        found = measure(setting)
        short, over = target - found.loudness, found.peak - ceiling
        if abs(short) <= (_AIM_LU if attempt < _ATTEMPTS // 2 else _ALLOWED_LU) and over <= _PEAK_SLACK_DB:
            return setting
        if attempt and abs(step) > _AIM_LU:
            slope = min(1.0, max(_LEAST_SLOPE, (found.loudness - before.loudness) / step))
        step, before = short / slope, found
        gain, limit = gain + step, limit - max(0.0, over)
        if gain > most:
            break
    raise RenderError(
        f"{called} cannot be brought to {target:g} LUFS with peaks of {ceiling:g} dBTP at most: it has {plain}, and"
        f" reaches {found}; ask for less `loudness`, or for less difference between its inputs"
    )


def _measured(audio: Audio, setting: _Setting) -> _Measured:
    """What comes out with a setting; rounded, so that no last digit of a calculation decides anything."""
    meter = LoudnessMeter(audio.sound.rate, audio.sound.channels, audio.sound.layout)
    for samples in _changed(audio, setting):
        meter.add(np.ascontiguousarray(samples.T))
    return _Measured(round(meter.integrated(), 4), round(meter.true_peak(), 4))


def _changed(audio: Audio, setting: _Setting) -> Iterator[Samples]:
    """The samples with a setting."""
    reader, factor = SampleReader(audio, audio.sound.channels), factor_of(setting.gain)
    limiter = None
    if setting.limit is not None:
        limiter = Limiter(audio.sound.rate, audio.sound.channels, factor_of(setting.limit))
    try:
        while len(samples := reader.read(_AT_ONCE)):
            louder = np.multiply(samples, factor, dtype=np.float64).astype(np.float32)
            yield from limiter.add(louder) if limiter else (louder,)
        if limiter:
            yield from limiter.finish()
    finally:
        reader.close()
