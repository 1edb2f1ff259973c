"""Waveforms: the peaks of a sound, whatever its length, the same whenever and wherever made."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artcelery.core.errors import MediaError
from artcelery.core.media.apart import Apart
from artcelery.core.media.limits import Limits
from artcelery.core.media.peaks import MOST_COLUMNS, Peaks
from artcelery.core.media.small import draw_waveform
from tests.media_files import make_film, make_sound, make_still

HOUR_S = 3600


@pytest.fixture(scope="module")
def apart() -> Apart:
    """Something that looks at files."""
    return Apart(Limits())


def write_wave(path: Path, samples: np.ndarray, rate: int = 8000) -> Path:
    """A WAV of whole numbers of 16 bits, of shape (samples, channels)."""
    with wave.open(str(path), "wb") as output:
        output.setnchannels(samples.shape[1])
        output.setsampwidth(2)
        output.setframerate(rate)
        output.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("count", [1, 5, 2047, 2048, 2049, 70_001, 65_536 * 3 + 17])
def test_a_part_has_the_lowest_and_highest_of_its_samples_whatever_the_length(
    apart: Apart, tmp_path: Path, count: int
) -> None:
    samples = np.random.default_rng(count).integers(-32768, 32768, (count, 2))
    peaks = apart.waveform(write_wave(tmp_path / "noise.wav", samples), "noise.wav")
    parts = [samples[at : at + peaks.step] for at in range(0, count, peaks.step)]
    assert peaks.low == tuple(round(part.min() / 256) for part in parts)
    assert peaks.high == tuple(min(127, round(part.max() / 256)) for part in parts)
    assert peaks.width <= MOST_COLUMNS
    assert peaks.width >= MOST_COLUMNS // 2 or peaks.step == 1


def test_channels_that_cancel_each_other_out_are_heard_all_the_same(apart: Apart, tmp_path: Path) -> None:
    tone = (20_000 * np.sin(np.arange(8000))).astype(int)
    peaks = apart.waveform(write_wave(tmp_path / "sides.wav", np.stack([tone, -tone], axis=1)), "sides.wav")
    assert max(peaks.high) == 78


@pytest.mark.parametrize(("width", "expected"), [(1, 1), (2, 2), (3, 3), (10, 10), (9, 5), (11, 10), (2000, 10)])
def test_a_narrower_waveform_is_made_of_a_wider_one(width: int, expected: int) -> None:
    peaks = Peaks(8000, 4, tuple(range(-10, 0)), tuple(range(10)))
    narrow = peaks.narrowed(width)
    assert narrow.width == expected
    assert (min(narrow.low), max(narrow.high)) == (-10, 9)
    assert narrow.step * narrow.width >= peaks.step * peaks.width


def test_the_sound_of_a_film_has_a_waveform_and_a_silent_one_has_none(apart: Apart, tmp_path: Path) -> None:
    assert max(apart.waveform(make_film(tmp_path / "film.mp4"), "film.mp4").high) > 10
    for silent in (make_film(tmp_path / "silent.mp4", audio=None), make_still(tmp_path / "picture.png")):
        with pytest.raises(MediaError, match="has no sound"):
            apart.waveform(silent, silent.name)


def test_a_damaged_sound_is_refused(apart: Apart, tmp_path: Path) -> None:
    data = bytearray(make_sound(tmp_path / "sound.flac", seconds=4).read_bytes())
    data[len(data) // 2 :] = b"\0" * (len(data) - len(data) // 2)
    (tmp_path / "cut.flac").write_bytes(data)
    with pytest.raises(MediaError, match=r"'cut\.flac'"):
        apart.waveform(tmp_path / "cut.flac", "cut.flac")


def test_a_sound_of_many_hours_is_looked_at_here_and_there(apart: Apart, tmp_path: Path) -> None:
    half = np.concatenate([np.zeros((HOUR_S * 500 * 3 // 2, 1)), np.full((HOUR_S * 500 * 3 // 2, 1), 16_384)])
    peaks = apart.waveform(write_wave(tmp_path / "night.wav", half, rate=500), "night.wav")
    assert (set(peaks.high[:511]), set(peaks.high[513:])) == ({0}, {64})
    assert peaks.step * peaks.width >= len(half)


def test_the_same_sound_has_the_same_waveform(apart: Apart, tmp_path: Path) -> None:
    sound = make_sound(tmp_path / "sound.mp3", seconds=3)
    assert apart.waveform(sound, "one").to_bytes() == Apart(Limits()).waveform(sound, "other").to_bytes()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"data": [1], "sample_rate": 1, "samples_per_pixel": 1}',
        b'{"data": [1, 200], "sample_rate": 1, "samples_per_pixel": 1}',
        b'{"data": [1, true], "sample_rate": 1, "samples_per_pixel": 1}',
        b'{"data": [1, 2], "sample_rate": 0, "samples_per_pixel": 1}',
        b'{"data": [1, 2], "sample_rate": 1, "samples_per_pixel": "1"}',
        json.dumps({"data": [0] * 5000, "sample_rate": 1, "samples_per_pixel": 1}).encode(),
    ],
)
def test_what_are_no_peaks_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match="no peaks"):
        Peaks.of(sent)


def test_a_drawn_waveform_is_high_where_the_sound_is_loud() -> None:
    peaks = Peaks(8000, 4, (0,) * 500 + (-60,) * 500, (0,) * 500 + (60,) * 500)
    picture = Image.open(io.BytesIO(draw_waveform(peaks, 256)))
    assert (picture.format, picture.size) == ("WEBP", (256, 128))
    heights = (np.asarray(picture.convert("RGBA"))[..., 3] > 128).sum(axis=0)
    assert heights[:124].max() <= 2
    assert heights[132:].min() > 100


@pytest.mark.parametrize("peaks", [Peaks(1, 1, (), ()), Peaks(1, 1, (0,), (0,)), Peaks(1, 1, (5,), (9,))])
def test_of_what_is_hardly_a_sound_something_is_drawn_too(peaks: Peaks) -> None:
    assert Image.open(io.BytesIO(draw_waveform(peaks, 64))).size == (64, 32)
