"""Energy and spectrum over time, against sums made another way."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from artcelery.core.analysis.energy import EnergyMeter
from artcelery.core.analysis.spectrum import SpectrumMeter, octave_edges

RATE = 44100
Array = np.ndarray[Any, Any]
HOP = Fraction(1, 10)


def measured(meter: EnergyMeter | SpectrumMeter, samples: Array, length: int = 5000) -> Array:
    for start in range(0, samples.shape[1], length):
        meter.add(samples[:, start : start + length].astype(np.float32))
    return meter.values()


def noise(seconds: float, channels: int = 2) -> Array:
    samples = np.random.default_rng(3).standard_normal((channels, round(seconds * RATE))) * 0.1
    return samples.astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("hop", [Fraction(1, 50), Fraction(1, 10), Fraction(333, 1000), Fraction(5)])
def test_energy_is_the_root_mean_square_of_each_step_and_of_what_is_left(hop: Fraction) -> None:
    samples = noise(3.21) * np.linspace(0, 1, round(3.21 * RATE))
    samples = samples.astype(np.float32).astype(np.float64)
    edges = [int(step * hop * RATE) for step in range(1000) if step * hop * RATE < samples.shape[1]]
    wanted = [np.sqrt(np.mean(part**2)) for part in np.split(samples, edges[1:], axis=1)]
    np.testing.assert_allclose(measured(EnergyMeter(RATE, 2, hop), samples), wanted, rtol=1e-9)


def test_a_sine_is_in_its_band_with_its_level_and_nowhere_else() -> None:
    times = np.arange(RATE * 3) / RATE
    edges = octave_edges(10)
    for hertz in (100, 1000, 7000):
        values = measured(SpectrumMeter(RATE, 1, HOP, edges), 0.5 * np.sin(2 * np.pi * hertz * times)[None])
        band = int(np.searchsorted(edges, hertz)) - 1
        assert values.shape == (30, 10)
        assert values[1:-1, band] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
        others = np.delete(values[1:-1], band, axis=1)
        assert others.max() < 0.02


def test_the_squares_of_all_bands_sum_up_to_that_of_the_energy() -> None:
    samples = noise(4)
    values = measured(SpectrumMeter(RATE, 2, Fraction(1, 2), [0, 300, 4321.5, RATE]), samples)
    energy = measured(EnergyMeter(RATE, 2, Fraction(1, 2)), samples)
    np.testing.assert_allclose(np.sqrt((values**2).sum(axis=1))[1:-1], energy[1:-1], rtol=0.02)


def test_white_noise_fills_bands_by_their_width_wherever_the_edges_fall() -> None:
    edges = [100.0, 107.3, 500.0, 3000.0, 11000.0]
    powers = (measured(SpectrumMeter(RATE, 2, Fraction(1), edges), noise(20)) ** 2).mean(axis=0)
    wanted = 0.01 * np.diff(edges) / (RATE / 2)
    np.testing.assert_allclose(powers, wanted, rtol=0.1)


def test_bands_above_half_the_rate_are_empty() -> None:
    values = measured(SpectrumMeter(8000, 1, HOP, [1000, 5000, 9000, 20000]), noise(1, 1))
    assert (values[:, 0] > 0.01).all()
    assert (values[:, 1:] == 0).all()


@pytest.mark.parametrize("hop", [Fraction(1, 50), Fraction(333, 1000), Fraction(7)])
@pytest.mark.parametrize("seconds", [0, 0.001, 0.05, 1, 3.21])
def test_there_are_as_many_steps_of_spectrum_as_of_energy(hop: Fraction, seconds: float) -> None:
    samples = noise(seconds)
    spectrum = measured(SpectrumMeter(RATE, 2, hop, [20, 20000]), samples)
    energy = measured(EnergyMeter(RATE, 2, hop), samples)
    assert len(spectrum) == len(energy)
    assert np.isfinite(spectrum).all()
    assert np.isfinite(energy).all()


def test_levels_do_not_depend_on_how_samples_arrive() -> None:
    samples = noise(3.3)
    for make in (lambda: SpectrumMeter(RATE, 2, HOP, [20, 200, 2000]), lambda: EnergyMeter(RATE, 2, HOP)):
        assert (measured(make(), samples) == measured(make(), samples, 777)).all()


def test_octaves_are_equal_and_reach_from_20_hz_to_20_khz() -> None:
    edges = octave_edges(3)
    assert edges == [20.0, 200.0, 2000.0, 20000.0]
