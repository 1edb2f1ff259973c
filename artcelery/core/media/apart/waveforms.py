"""The peaks of a sound, or of the sound of a film, in memory that does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from artcelery.core.errors import MediaError, RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.decoding import decodable, decode_sound
from artcelery.core.media.limits import Limits
from artcelery.core.media.peaks import MOST_COLUMNS, Peaks
from artcelery.core.media.probing.opening import open_media, sound_stream
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.probing.regular import named

__all__ = ["peaks_of"]

_WHOLE_S = 2 * 3600
_WHOLE_BYTES = 2 << 30
"""Up to here all of a sound is decoded; of what is longer or larger, the beginning of each part is."""

_BLOCK = 1 << 16
_PARTS = MOST_COLUMNS // 2
_LOOKED_AT = 4096
_FULL_SCALE = 128

_Samples = NDArray[np.float32]


def peaks_of(path: Path, limits: Limits) -> Peaks:
    """How far the sound of a file swings, all channels together; MediaError when it has none, or is damaged."""
    clip = probe(path, limits)
    if clip.sound is None:
        raise MediaError(f"{named(path)} has no sound, so there is no waveform of it")
    try:
        with open_media(path, limits, limits.open_timeout_s) as container:
            return _peaks(path, container, clip)
    except RenderError as error:
        raise MediaError(error.message) from error


def _peaks(path: Path, container: InputContainer, clip: Clip) -> Peaks:
    stream = sound_stream(container)
    rate = stream.codec_context.sample_rate
    stream.codec_context.thread_type = "NONE"  # this process may have no threads
    if clip.sound_duration <= _WHOLE_S and path.stat().st_size <= _WHOLE_BYTES:
        meter = _Meter()
        for samples in _blocks(path, container, stream):
            meter.add(samples)
        return meter.peaks(rate)
    return _of_parts(path, container, stream, clip.sound_duration, rate)


class _Meter:
    """Keeps the peaks of parts that grow to twice their length whenever there are too many."""

    def __init__(self) -> None:
        self._step = 1
        self._peaks = self._rest = np.zeros((2, 0), np.float32)

    def add(self, samples: _Samples) -> None:
        """Go on with samples of shape (channels, samples)."""
        swings = np.stack([samples.min(axis=0), samples.max(axis=0)])
        self._rest = np.concatenate([self._rest, swings], axis=1)
        while self._rest.shape[1] >= self._step:
            whole = min(self._rest.shape[1] // self._step, MOST_COLUMNS - self._peaks.shape[1]) * self._step
            more = _together(self._rest[:, :whole], self._step)
            self._peaks, self._rest = np.concatenate([self._peaks, more], axis=1), self._rest[:, whole:]
            if self._peaks.shape[1] == MOST_COLUMNS:
                self._peaks, self._step = _together(self._peaks, 2), 2 * self._step

    def peaks(self, rate: int) -> Peaks:
        """The peaks of all that came."""
        last = self._rest.shape[1]
        ends = [self._peaks, _together(self._rest, last)] if last else [self._peaks]
        return _rounded(rate, self._step, np.concatenate(ends, axis=1))


def _together(swings: _Samples, count: int) -> _Samples:
    """The lowest of each so many, and the highest: rows of shape (2, parts)."""
    low, high = swings.reshape(2, -1, count)
    return np.stack([low.min(axis=1), high.max(axis=1)])


def _of_parts(path: Path, container: InputContainer, stream: Any, seconds: Fraction, rate: int) -> Peaks:
    """The peaks of some samples at the beginning of each part: what is very long is not decoded for its looks."""
    swings = np.zeros((2, _PARTS), np.float32)
    start = Fraction((stream.start_time or 0) * stream.time_base)
    for part in range(_PARTS):
        begin = start + seconds * part / _PARTS
        container.seek(int(begin / stream.time_base), stream=stream)
        samples = next(_blocks(path, container, stream, _LOOKED_AT), None)
        if samples is not None:
            swings[:, part] = samples.min(), samples.max()
    return _rounded(rate, max(1, ceil(seconds * rate / _PARTS)), swings)


def _blocks(path: Path, container: InputContainer, stream: Any, size: int = _BLOCK) -> Iterator[_Samples]:
    """Decoded sound as (channels, samples) of full scale 1, at least so many samples at a time but for the last."""
    resampler, fifo = av.AudioResampler(format="fltp"), av.AudioFifo()
    for frame in decodable(decode_sound(container, stream), named(path)):
        frame.pts = None
        for block in resampler.resample(frame):
            fifo.write(block)
        if fifo.samples >= size:
            yield _taken(fifo)
    if fifo.samples:
        yield _taken(fifo)


def _taken(fifo: av.AudioFifo) -> _Samples:
    block: Any = fifo.read()
    samples: _Samples = block.to_ndarray()
    return np.nan_to_num(samples, copy=False)


def _rounded(rate: int, step: int, swings: _Samples) -> Peaks:
    low, high = np.clip(np.rint(swings * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype(int).tolist()
    return Peaks(rate, step, tuple(low), tuple(high))
