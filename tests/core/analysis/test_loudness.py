"""The meter against the signals of EBU Tech 3341 and 3342, and against itself."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

from artcelery.core.analysis.loudness import LoudnessMeter

RATE = 48000
Samples = np.ndarray[Any, Any]


def tone(level_db: float, seconds: float, rate: int = RATE, hertz: float = 1000, degrees: float = 0) -> Samples:
    times = np.arange(round(seconds * rate)) / rate
    return np.asarray(10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * times + np.radians(degrees)))


def stereo(*parts: tuple[float, float], rate: int = RATE) -> Samples:
    """Tones of 1 kHz one after another, (dBFS, seconds) each, the same in both channels."""
    whole = np.concatenate([tone(level, seconds, rate) for level, seconds in parts])
    return np.stack([whole, whole])


def metered(samples: Samples, rate: int = RATE, layout: str = "stereo", length: int = 4096) -> LoudnessMeter:
    meter = LoudnessMeter(rate, len(samples), layout)
    for start in range(0, samples.shape[1], length):
        meter.add(samples[:, start : start + length].astype(np.float32))
    return meter


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000, 96000])
def test_a_stereo_tone_of_1_khz_is_as_loud_as_its_level_at_any_rate(rate: int) -> None:
    assert metered(stereo((-23, 5), rate=rate), rate).integrated() == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    "parts",
    [
        [(-23, 20)],
        [(-36, 10), (-23, 60), (-36, 10)],
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
        [(-26, 20), (-20, 20.1), (-26, 20)],
    ],
)
def test_what_is_much_softer_than_the_rest_does_not_count(parts: list[tuple[float, float]]) -> None:
    assert metered(stereo(*parts)).integrated() == pytest.approx(-23, abs=0.1)


def test_the_sides_of_five_channels_count_more_and_low_effects_nothing() -> None:
    levels = (-28, -28, -24, 0, -30, -30)
    samples = np.stack([tone(level, 10) for level in levels])
    assert metered(samples, layout="5.1").integrated() == pytest.approx(-23, abs=0.1)


def test_one_channel_is_3_lu_softer_than_two() -> None:
    one = metered(stereo((-23, 2))[:1], layout="mono").integrated()
    assert one == pytest.approx(-26.0, abs=0.1)


@pytest.mark.parametrize(
    ("parts", "range_lu"),
    [
        ([(-20, 20), (-30, 20)], 10),
        ([(-20, 20), (-15, 20)], 5),
        ([(-40, 20), (-20, 20)], 20),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_the_loudness_range_is_that_of_tech_3342(parts: list[tuple[float, float]], range_lu: float) -> None:
    assert metered(stereo(*parts)).range() == pytest.approx(range_lu, abs=1)


@pytest.mark.parametrize(("divisor", "degrees"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_a_peak_between_samples_is_found(divisor: int, degrees: float) -> None:
    """No sample of fs/4 at 45 degrees reaches its peak; all are 3 dB below."""
    swell = np.minimum(1, np.arange(RATE) / 4800)
    swell *= swell[::-1]
    samples = tone(-6, 1, hertz=RATE / divisor, degrees=degrees) * swell
    peak = metered(np.stack([samples, samples])).true_peak()
    assert -6.4 <= peak <= -5.8


def test_the_numbers_do_not_depend_on_how_samples_arrive() -> None:
    samples = np.random.default_rng(1).standard_normal((2, RATE * 4)) * np.linspace(0.001, 0.3, RATE * 4)
    one, other = (metered(samples, length=length) for length in (RATE * 4, 777))
    assert (one.integrated(), one.range(), one.true_peak()) == (other.integrated(), other.range(), other.true_peak())


def test_the_numbers_so_far_can_be_asked_and_change_nothing() -> None:
    samples = stereo((-30, 1.234), (-20, 3.3)).astype(np.float32)
    asked, quiet = LoudnessMeter(RATE, 2), metered(samples)
    for start in range(0, samples.shape[1], 5000):
        asked.add(samples[:, start : start + 5000])
        assert asked.true_peak() < -19
        asked.integrated()
    assert asked.integrated() == quiet.integrated()


def test_silence_and_next_to_nothing_have_no_loudness() -> None:
    for meter in (metered(np.zeros((2, RATE))), metered(stereo((-20, 0.3))), LoudnessMeter(RATE, 2)):
        assert meter.integrated() == -inf
        assert meter.range() == 0
    assert LoudnessMeter(RATE, 2).true_peak() == -inf


def test_a_block_of_other_channels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, n\), not \(1, 100\)"):
        LoudnessMeter(RATE, 2).add(np.zeros((1, 100), np.float32))
