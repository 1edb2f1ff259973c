"""The limiter: peaks stay under the ceiling wherever they are, and what is not near one is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from artcelery.core.media.sound.limiter import Limiter

Array = np.ndarray[Any, Any]


def limited(samples: Array, ceiling: float, size: int = 8192) -> Array:
    limiter, parts = Limiter(48000, samples.shape[1], ceiling), []
    for at in range(0, len(samples), size):
        parts += limiter.add(samples[at : at + size])
    return np.concatenate([*parts, *limiter.finish()])


def noise(seconds: float, level: float) -> Array:
    made = np.random.default_rng(9).uniform(-level, level, (round(seconds * 48000), 2))
    return made.astype(np.float32)


def between(samples: Array) -> float:
    """The highest value of the wave through the samples of one channel, sixteen times as fine, by a whole spectrum."""
    spectrum = np.fft.rfft(samples)
    return float(np.abs(np.fft.irfft(spectrum, len(samples) * 16) * 16).max())


def test_no_peak_passes_the_ceiling_at_the_beginning_the_end_or_a_border() -> None:
    samples = noise(1, 0.3)
    for at in (0, 31, 32, 4063, 4064, 20000, 47999):
        samples[at] = (0.2, -3)
    found = limited(samples, 0.5)
    assert found.shape == samples.shape
    assert np.abs(found).max() <= 0.5
    assert np.abs(found[20000, 1]) == pytest.approx(0.5, abs=0.01)


def test_a_peak_between_samples_is_seen() -> None:
    """A quarter of the sample rate, sampled at 45 degrees: the wave is 3 dB higher than any sample."""
    wave = (0.7 * np.sin(np.pi / 2 * np.arange(48000) + np.pi / 4) * 2**0.5).astype(np.float32)[:, None]
    assert np.abs(wave).max() == pytest.approx(0.7)
    found = limited(wave, 0.8)[4800:-4800, 0]
    assert between(found) == pytest.approx(0.8, abs=0.005)


def test_what_is_not_near_a_peak_passes_unchanged() -> None:
    samples = noise(2, 0.1)
    samples[48000] = 0.9
    changed = np.flatnonzero((limited(samples, 0.5) != samples).any(axis=1))
    assert 48000 - 480 <= changed.min() <= 48000 <= changed.max()
    # 5.1 dB come back in 85 ms.
    assert changed.max() == pytest.approx(48000 + 0.085 * 48000, abs=960)
    assert np.array_equal(limited(samples, 1.0), samples)


def test_the_size_of_blocks_changes_nothing() -> None:
    samples = noise(0.7, 0.8)
    assert np.array_equal(limited(samples, 0.4), limited(samples, 0.4, size=77))


def test_a_sound_of_a_few_samples_is_as_long_as_it_was() -> None:
    assert np.array_equal(limited(noise(0.001, 0.3), 0.5), noise(0.001, 0.3))
