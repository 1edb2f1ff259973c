"""Numbers, times and messages, as pages say them."""

from __future__ import annotations

import pytest

from artcelery.server.pages.wording import coded, count, duration, moment, sentence, size


@pytest.mark.parametrize(
    ("count_bytes", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_940, "999.9 kB"), (999_960, "1.0 MB"), (10**16, "10000.0 TB")],
)
def test_a_size(count_bytes: int, said: str) -> None:
    assert size(count_bytes) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "0.0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_a_duration(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_number() -> None:
    assert count(1234567) == "1\u202f234\u202f567"


def test_a_moment_is_the_same_however_it_was_recorded() -> None:
    said = '<time datetime="2026-11-29T18:26:40+00:00">2026-11-29 18:26 UTC</time>'
    assert moment("2026-11-29T20:26:40+02:00") == moment(1795976800) == moment("2026-11-29T18:26:40.25+00:00") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("there is no run 'x'; list them", "There is no run 'x'; list them."),
        ("film.yaml:3:7: a fault", "film.yaml:3:7: a fault."),
        ("Done.", "Done."),
        ("", ""),
    ],
)
def test_a_message_is_a_sentence(text: str, said: str) -> None:
    assert sentence(text) == said


def test_code_in_a_message_is_shown_as_code_and_all_else_as_text() -> None:
    assert coded("use `<b>` or `") == "use <code>&lt;b&gt;</code> or `"
