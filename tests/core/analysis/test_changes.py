"""Cuts and motion in small pictures whose changes are known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from artcelery.core.analysis.changes import ChangeMeter

Array = np.ndarray[Any, Any]
RATE = 25


def metered(pictures: list[Array]) -> ChangeMeter:
    meter = ChangeMeter()
    for index, picture in enumerate(pictures):
        meter.add(Fraction(index, RATE), picture)
    return meter


def grey(level: float) -> Array:
    return np.full((36, 64, 3), level, np.uint8)


def pan(seed: int, pictures: int, step: int) -> list[Array]:
    """A camera that moves over a smooth landscape by so many pixels a picture."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 50, 3)).astype(float)
    tall = _stretched(coarse, 36)
    wide = _stretched(tall.swapaxes(0, 1), 600).swapaxes(0, 1)
    return [wide[:, index * step : index * step + 64].astype(np.uint8) for index in range(pictures)]


def _stretched(rows: Array, length: int) -> Array:
    """More rows, evenly between those that are there."""
    places = np.linspace(0, len(rows) - 1, length)
    below = np.minimum(places.astype(int), len(rows) - 2)
    share = (places - below)[:, None, None]
    return np.asarray(rows[below] * (1 - share) + rows[below + 1] * share)


def test_each_hard_cut_is_found_at_its_picture() -> None:
    pictures = pan(1, 30, 2) + pan(2, 20, 1) + pan(3, 7, 3) + pan(4, 40, 0)
    assert metered(pictures).scenes(0.06) == [0, Fraction(30, RATE), Fraction(50, RATE), Fraction(57, RATE)]


def test_fast_movement_is_no_cut() -> None:
    assert metered(pan(5, 60, 8)).scenes(0.06) == [0]


def test_a_flash_is_no_cut() -> None:
    for length in (1, 2, 3):
        pictures = [grey(60)] * 20 + [grey(250)] * length + [grey(60)] * 20
        assert metered(pictures).scenes(0.06) == [0]


def test_a_fade_is_no_cut() -> None:
    assert metered([grey(level) for level in range(0, 250, 5)]).scenes(0.06) == [0]


def test_pictures_that_come_in_threes_are_no_cuts() -> None:
    assert metered([picture for picture in pan(6, 20, 6) for _ in range(3)]).scenes(0.06) == [0]


def test_the_threshold_says_how_much_must_change() -> None:
    pictures = [grey(100)] * 10 + [grey(120)] * 10 + [grey(200)] * 10
    meter = metered(pictures)
    assert meter.scenes(0.05) == [0, Fraction(10, RATE), Fraction(20, RATE)]
    assert meter.scenes(0.1) == [0, Fraction(20, RATE)]


def test_motion_is_the_mean_change_of_the_pictures_of_each_step() -> None:
    levels = [0, 10, 30, 30, 30, 40, 40, 40, 40, 40]
    motion = metered([grey(level) for level in levels]).motion(Fraction(1, 5), Fraction(10, RATE))
    assert motion == pytest.approx([(0 + 10 + 20 + 0 + 0) / 5 / 255, 10 / 5 / 255])


def test_a_step_in_which_no_picture_begins_has_no_motion() -> None:
    motion = metered([grey(0), grey(51)]).motion(Fraction(1, 50), Fraction(2, RATE))
    assert motion == pytest.approx([0, 0, 0.2, 0])


def test_no_pictures_have_no_scenes() -> None:
    assert metered([]).scenes(0.06) == []
