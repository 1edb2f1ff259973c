"""Beats, tempo and onsets of tracks whose beats are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from artcelery.core.analysis.beats import beat_times, tempo_of
from artcelery.core.analysis.onsets import Envelope, OnsetMeter, onset_times
from tests.core.analysis.clicks import changing, clicks, f_measure, gliding, steady

Array = np.ndarray[Any, Any]


def envelope_of(track: Array, rate: int = 44100, length: int = 4096) -> Envelope:
    meter = OnsetMeter(rate, len(track))
    for start in range(0, track.shape[1], length):
        meter.add(track[:, start : start + length])
    return meter.envelope()


def beats_of(track: Array, rate: int = 44100) -> Array:
    return beat_times(envelope_of(track, rate), 45, 220)


@pytest.mark.parametrize("sound", ["tick", "drum", "noise burst"])
@pytest.mark.parametrize("noise_db", [None, 20, 15])
@pytest.mark.parametrize("tempo", [60, 73.5, 97.3, 120, 144, 180])
def test_beats_and_tempo_of_clicks_are_found(tempo: float, noise_db: float | None, sound: str) -> None:
    beats = steady(tempo, 25, first=0.41)
    found = beats_of(clicks(beats, 25, sound, noise_db=noise_db))
    assert f_measure(beats, found) >= 0.95
    assert tempo_of(found) == pytest.approx(tempo, rel=0.01)


@pytest.mark.parametrize("noise_db", [None, 20])
@pytest.mark.parametrize(
    "beats",
    [
        changing([(100, 15), (140, 15)]),
        changing([(70, 15), (100, 15), (80, 15)]),
        changing([(180, 12), (120, 12), (150, 12)]),
        gliding(80, 140, 40),
        gliding(160, 90, 40),
    ],
    ids=["faster", "there and back", "three tempi", "speeding up", "slowing down"],
)
def test_beats_are_followed_where_the_tempo_changes(beats: Array, noise_db: float | None) -> None:
    found = beats_of(clicks(beats, beats[-1] + 0.5, noise_db=noise_db))
    assert f_measure(beats, found) >= 0.95


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000])
def test_beats_are_exact_to_some_milliseconds_at_any_rate(rate: int) -> None:
    beats = steady(110, 12)
    found = beats_of(clicks(beats, 12, rate=rate), rate)
    assert len(found) == len(beats)
    assert np.abs(found - beats).max() < 0.008


def test_a_soft_track_has_the_beats_of_a_loud_one() -> None:
    track = clicks(steady(125, 15), 15)
    assert np.abs(beats_of(track) - beats_of(track * np.float32(0.01))).max() < 0.008


def test_the_sides_of_a_stereo_track_do_not_cancel_each_other() -> None:
    beats = steady(125, 15)
    track = clicks(beats, 15)
    assert f_measure(beats, beats_of(np.concatenate((track, -track)))) == 1


def test_silence_and_what_does_not_recur_have_no_beats() -> None:
    times = np.arange(44100 * 8) / 44100
    tone = 0.5 * np.sin(2 * np.pi * 440 * times)[None].astype(np.float32)
    dither = np.random.default_rng(1).integers(-1, 2, (1, times.size)).astype(np.float32) / 32768
    for track in (np.zeros((1, times.size), np.float32), tone, dither, tone[:, :0], tone[:, :10]):
        assert beats_of(track).size == 0
    assert tempo_of(np.zeros(0)) is None


def test_nobody_counts_on_through_a_long_silence() -> None:
    beats = np.concatenate((steady(120, 8), 16 + steady(120, 8)))
    assert f_measure(beats, beats_of(clicks(beats, 24))) == 1


def test_the_tempo_range_decides_between_half_and_double() -> None:
    """Eighths as loud as quarters: what is the beat is a matter of choice."""
    envelope = envelope_of(clicks(steady(170, 15), 15))
    assert tempo_of(beat_times(envelope, 120, 220)) == pytest.approx(170, rel=0.01)
    assert tempo_of(beat_times(envelope, 60, 119)) == pytest.approx(85, rel=0.01)


def test_onsets_are_where_notes_begin_however_they_follow_each_other() -> None:
    times, notes = np.array([0.2, 0.5, 0.61, 1.3, 1.45, 2.2, 2.9]), (220, 330, 247, 440, 294, 370, 262)
    track = np.zeros(44100 * 4)
    for start, hertz in zip(times, notes, strict=True):
        clock = np.arange(round(0.6 * 44100)) / 44100
        note = 0.3 * np.sin(2 * np.pi * hertz * clock) * np.minimum(1, clock / 0.005) * np.exp(-4 * clock)
        note *= np.minimum(1, (0.6 - clock) / 0.1)
        track[round(start * 44100) :][: note.size] += note
    found = onset_times(envelope_of(track[None].astype(np.float32)))
    assert len(found) == len(times)
    assert np.abs(found - times).max() < 0.02


def test_noise_that_goes_on_has_no_onsets_but_its_beginning() -> None:
    noise = np.random.default_rng(2).standard_normal((1, 44100 * 10)).astype(np.float32) * np.float32(0.1)
    assert onset_times(envelope_of(noise)) == pytest.approx([0], abs=0.01)


def test_the_envelope_does_not_depend_on_how_samples_arrive() -> None:
    track = clicks(steady(97, 7), 7, noise_db=20)
    one, other = envelope_of(track, length=7 * 44100), envelope_of(track, length=333)
    assert (one.values == other.values).all()
    assert one.values.size == 700
