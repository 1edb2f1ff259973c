"""MUX: pictures with another sound, to the sample."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.media.files import open_file
from artcelery.core.ops import InferError
from tests.core.ops.films import clips_of, greys, numbered, op_of, opened, samples, through
from tests.core.ops.rendering import LIMITS
from tests.media_files import make_film, make_sound, make_still

FRAME = 1920


def mux(*inputs: Any, **config: Any) -> Any:
    return through("MUX", config, *inputs)


def infer(*paths: Path, **config: Any) -> Any:
    return op_of("MUX", config).infer(*clips_of(opened(*paths)))


def passes(*paths: Path, **config: Any) -> int | None:
    op, clips = op_of("MUX", config), clips_of(opened(*paths))
    found: int | None = op.passes_pictures(op.infer(*clips), *clips)
    return found


def ramp(path: Path, seconds: float) -> Path:
    """A sound whose sample n is n / 48000 of full scale."""
    return make_sound(path, seconds, audio="aevalsrc=t", layout="mono")


def steps(first: int, last: int) -> np.ndarray[Any, Any]:
    return np.arange(first, last) / 48000 * 32768


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Twenty pictures from 20 on, 25 a second, with a sound that is not wanted."""
    return numbered(tmp_path / "film.mkv", 20, 20, level=-9999)


def test_pictures_and_sound_of_one_length_are_handed_on(film: Path, tmp_path: Path) -> None:
    sound = ramp(tmp_path / "s.wav", 0.8)
    inputs = opened(film, sound)
    made = mux(*inputs)
    assert made.video is inputs[0].video
    assert made.clip.duration == Fraction(4, 5)
    assert made.clip.sound == inputs[1].clip.sound
    assert np.abs(samples(made) - steps(0, 38400)).max() <= 1
    assert passes(film, sound) == 0


def test_the_film_ends_with_what_ends_first(film: Path, tmp_path: Path) -> None:
    """0.5 s of sound last half a picture longer than 12 pictures: the 13th begins while there is sound."""
    short = mux(film, ramp(tmp_path / "short.wav", 0.5))
    assert greys(short) == [*range(20, 33)]
    heard = samples(short)
    assert np.abs(heard[:24000] - steps(0, 24000)).max() <= 1
    assert not heard[24000:].any()
    long = ramp(tmp_path / "long.wav", 1)
    assert greys(mux(film, long)) == [*range(20, 40)]
    assert np.abs(samples(mux(film, long)) - steps(0, 38400)).max() <= 1
    assert passes(film, tmp_path / "short.wav") == passes(film, long) == 0
    almost = mux(film, ramp(tmp_path / "almost.wav", 0.799))
    assert almost.clip.frames == 20


def test_or_with_what_ends_last(film: Path, tmp_path: Path) -> None:
    short, long = ramp(tmp_path / "short.wav", 0.5), ramp(tmp_path / "long.wav", 0.94)
    silent = mux(film, short, shortest=False)
    assert silent.video is not None
    assert greys(silent) == [*range(20, 40)]
    assert np.abs(samples(silent) - np.concatenate([steps(0, 24000), np.zeros(14400)])).max() <= 1
    held = mux(film, long, shortest=False)
    assert greys(held) == [*range(20, 40), 39, 39, 39, 39]
    assert np.abs(samples(held)[:45120] - steps(0, 45120)).max() <= 1
    assert passes(film, short, shortest=False) == 0
    assert passes(film, long, shortest=False) is None


@pytest.mark.parametrize("offset", [0.1, "100ms"])
def test_the_sound_begins_later(film: Path, tmp_path: Path, offset: Any) -> None:
    sound = ramp(tmp_path / "s.wav", 0.5)
    made = mux(film, sound, audio_offset=offset)
    assert made.clip.frames == 15
    assert np.abs(samples(made) - np.concatenate([np.zeros(4800), steps(0, 24000)])).max() <= 1


@pytest.mark.parametrize("offset", [-0.1, "-0.1s"])
def test_or_without_its_beginning(film: Path, tmp_path: Path, offset: Any) -> None:
    made = mux(film, ramp(tmp_path / "s.wav", 0.5), audio_offset=offset)
    assert made.clip.frames == 10
    assert np.abs(samples(made) - steps(4800, 24000)).max() <= 1


def test_the_sound_of_a_film_is_skipped_to_the_sample_and_not_to_a_picture(film: Path, tmp_path: Path) -> None:
    """24 pictures a second: none begins at 0.1 s."""
    other = make_film(tmp_path / "other.mkv", (32, 16), 24, 0.5, audio="aevalsrc=t", layout="mono")
    found = samples(mux(film, other, audio_offset=-0.1))
    assert np.abs(found - steps(4800, 24000)).max() <= 1


def test_the_sound_is_repeated_to_the_end_of_the_pictures(film: Path, tmp_path: Path) -> None:
    sound = ramp(tmp_path / "s.wav", 0.3)
    looped = mux(film, sound, loop_audio=True)
    expected = np.concatenate([steps(0, 14400), steps(0, 14400), steps(0, 9600)])
    assert np.abs(samples(looped) - expected).max() <= 1
    assert looped.clip.frames == 20
    later = mux(film, sound, loop_audio=True, audio_offset=0.5, shortest=False)
    assert np.abs(samples(later) - np.concatenate([np.zeros(24000), steps(0, 14400)])).max() <= 1
    cut = mux(film, sound, loop_audio=True, audio_offset=-0.2)
    assert np.abs(samples(cut) - np.tile(steps(9600, 14400), 8)).max() <= 1
    assert passes(film, sound, loop_audio=True) == 0


def test_repeats_of_a_length_that_is_no_whole_number_of_milliseconds_do_not_drift(tmp_path: Path) -> None:
    pictures = numbered(tmp_path / "long.mkv", 20, 100)
    sound = make_sound(tmp_path / "s.wav", 1001 / 30000, audio="aevalsrc=gt(0.001\\,t)", layout="mono")
    length = open_file(sound, LIMITS).clip.duration
    assert length is not None
    found = samples(mux(pictures, sound, loop_audio=True))
    begins = np.flatnonzero(np.diff(np.concatenate([[0], found])) > 10000)
    assert begins.tolist() == [round(number * length * 48000) for number in range(len(begins))]
    assert len(begins) > 100


def test_a_still_is_shown_as_long_as_the_sound(tmp_path: Path) -> None:
    still, sound = make_still(tmp_path / "s.png"), ramp(tmp_path / "s.wav", 0.5)
    made = mux(still, sound)
    assert (made.clip.kind, made.clip.picture.rate, made.clip.frames) == ("film", 25, 13)
    assert len(list(made.video.frames())) == 13
    assert np.abs(samples(made)[:24000] - steps(0, 24000)).max() <= 1
    assert infer(still, sound, fps="30000/1001").frames == 15
    assert infer(still, sound, audio_offset=0.3).frames == 20
    assert passes(still, sound) is None


def test_uneven_pictures_keep_their_times_and_are_made_even_only_to_be_held(tmp_path: Path) -> None:
    uneven = make_film(tmp_path / "uneven.mkv", (64, 48), 30, 1, audio=None, variable=True)
    source = open_file(uneven, LIMITS)
    short, long = ramp(tmp_path / "short.wav", 0.5), ramp(tmp_path / "long.wav", 1.5)
    cut = mux(source, short)
    assert cut.clip.picture.variable
    assert cut.clip.duration == Fraction(1, 2)
    times = [frame.time for frame in cut.video.frames()]
    assert times == [frame.time for frame in source.video.frames() if frame.time < 0.5]
    held = mux(source, long, shortest=False)
    rate = held.clip.picture.rate
    assert (held.clip.picture.variable, rate.denominator) == (False, 1)
    assert held.clip.notes == (f"input 1: about {float(source.clip.picture.rate):.6g} -> {rate} fps",)
    assert len(list(held.video.frames())) == held.clip.frames == -(-rate * 3 // 2)


def long_film(path: Path) -> Path:
    """A second of pictures, and a sound of one and a half."""
    return make_film(path, (32, 16), 25, 1, audio="aevalsrc=sin(800*t*t)/2", layout="mono", sound_seconds=1.5)


@pytest.mark.parametrize("name", ["other.mkv", "other.mp4"])
def test_of_a_film_all_the_sound_is_heard_though_its_pictures_end_before(tmp_path: Path, name: str) -> None:
    pictures, other = numbered(tmp_path / "film.mkv", 20, 50), long_film(tmp_path / name)
    made = mux(pictures, other)
    assert made.clip.frames == 38
    assert made.clip.notes == ("input 1 is cut off at 1.52 s; it would last to 2 s",)
    found, expected = samples(made), np.sin(800 * (np.arange(72000) / 48000) ** 2) * 16384
    assert np.abs(found[4800:67200] - expected[4800:67200]).max() <= 2000
    assert not found[72000:].any()
    later = mux(pictures, other, audio_offset=1)
    assert later.clip.notes == ("the sound of input 2 is cut off at 2 s; it would last to 2.5 s",)
    assert mux(pictures, other, shortest=False).clip.notes == ()


def test_the_sound_comes_and_goes(film: Path, tmp_path: Path) -> None:
    sound = make_sound(tmp_path / "s.wav", 0.3, audio="aevalsrc=0.5", layout="mono")
    found = samples(mux(film, sound, audio_offset=0.1, loop_audio=True, fade={"in": 0.1, "out": "200ms"}))
    shape = np.full(33600, 0.5)
    shape[:4800] *= np.sin((np.arange(4800) + 0.5) / 4800 * np.pi / 2)
    shape[-9600:] *= np.cos((np.arange(9600) + 0.5) / 9600 * np.pi / 2)
    assert np.abs(found - np.concatenate([np.zeros(4800), shape * 32768])).max() <= 1
    with pytest.raises(InferError, match=r"the sound is heard for 0.3 s, and its fades take 0.4 s; shorten them"):
        infer(film, sound, fade=0.2)
    assert op_of("MUX", {"fade": {"in": "1s"}}).key_config()["fade"] == [1, 0]
    for fade in ({}, {"up": 1}, [1], {"in": 1, "up": 2}):
        with pytest.raises(ValidationError, match="one time for both ends"):
            op_of("MUX", {"fade": fade})


def test_only_the_second_sound_is_needed() -> None:
    assert tuple(op_of("MUX", {}).heard(2)) == (1,)


def test_what_cannot_be_is_refused(film: Path, tmp_path: Path) -> None:
    still, sound = make_still(tmp_path / "s.png"), ramp(tmp_path / "s.wav", 0.5)
    mute = numbered(tmp_path / "mute.mkv", 20, 5)
    for inputs, config, said, key in [
        ((sound, film), {}, r"input 1 gives the pictures, and has none \(sound 0\.5 s", "inputs"),
        ((film, mute), {}, r"input 2 gives the sound, and has none \(film 32x16", "inputs"),
        ((film, sound), {"audio_offset": -0.5}, r"the sound lasts 0\.5 s; nothing is left of it", "audio_offset"),
        ((film, sound), {"audio_offset": 0.8}, r"begin at 0\.8 s, and the pictures end at 0\.8 s", "audio_offset"),
        ((still, sound), {"loop_audio": True}, "neither has a still", "loop_audio"),
        ((film, sound), {"fps": 30}, "`fps` is for a still", "fps"),
    ]:
        with pytest.raises(InferError, match=said) as caught:
            infer(*inputs, **config)
        assert caught.value.field == key
    assert infer(film, sound, audio_offset=0.8, shortest=False).frames == 33
    for config, said in [({"audio_offset": "soon"}, "is not a time"), ({"shortest": "yes"}, "valid boolean")]:
        with pytest.raises(ValidationError, match=said):
            op_of("MUX", config)


def test_what_means_the_same_has_one_key() -> None:
    def key(**config: Any) -> Any:
        return op_of("MUX", config).key_config()

    assert key() == key(audio_offset=-0.0) == key(shortest=True, audio_offset="0s")
    assert key(audio_offset="-500ms") == key(audio_offset=-0.5)
    assert key(fps=25) == key(fps="25/1")
