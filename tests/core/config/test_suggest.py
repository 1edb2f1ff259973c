"""What was perhaps meant, among few names and among many."""

from __future__ import annotations

import pytest

from artcelery.core.config.suggest import Suggester, choices, shown

FEW = ["width", "height", "mode", "Background"]
MANY = {f"node-{number}": None for number in range(40_000)}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("widht", "width"),
        ("hight", "height"),
        ("MODE", "mode"),
        ("background", "Background"),
        ("zzz", None),
        ("", None),
    ],
)
def test_among_few_names_the_nearest_is_meant(word: str, meant: str | None) -> None:
    assert Suggester(FEW).close(word) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("nose-777", "node-777"),
        ("noode-777", "node-777"),
        ("nde-777", "node-777"),
        ("ndoe-777", "node-777"),
        ("node_777", "node-777"),
        ("node-39999x", "node-39999"),
        ("ndoe_777", None),
        ("x" * 100, None),
    ],
)
def test_among_many_names_one_letter_is_seen_through(word: str, meant: str | None) -> None:
    assert Suggester(MANY).close(word) == meant


def test_a_hint_is_the_end_of_a_sentence() -> None:
    assert Suggester(FEW).hint("widht") == "; did you mean 'width'?"
    assert Suggester(FEW).hint("zzz") == ""


def test_the_first_dozen_of_many_names_are_shown() -> None:
    assert choices(["a", "b"]) == "a, b"
    assert choices([str(number) for number in range(14)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        ({}, "an empty mapping"),
        ([1], "a list"),
        ("a\nb", "'a\\nb'"),
        (1.5, "1.5"),
        ("x" * 5000, "'" + "x" * 56 + "..."),
    ],
)
def test_values_are_shown_short_and_on_one_line(value: object, text: str) -> None:
    assert shown(value) == text
