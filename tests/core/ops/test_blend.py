"""BLEND: what becomes of two pictures, beside numbers worked out by hand."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.painting.compositing import planes_of
from artcelery.core.ops import InferError
from artcelery.core.ops.timing import SUMMED
from tests.core.media.test_compositing import BY_HAND
from tests.core.ops.composing import (
    colours,
    composed,
    grey_film,
    make,
    opened,
    rgb_film,
    rgb_of,
    rgba_still,
    samples_of,
    written,
)
from tests.core.ops.origins import Frames, film
from tests.core.ops.rendering import Pixels, pixels
from tests.media_files import make_film, make_sound, make_still

FILM = Clip(
    "film",
    Picture(640, 360, "yuv420p", Fraction(30), matrix="bt709", color_range="tv"),
    duration=Fraction(4),
    frames=120,
)


def noise(seed: int, size: tuple[int, int] = (30, 20), channels: int = 3) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)


def by_hand(below: Pixels, above: Pixels, mode: str, opacity: float) -> Pixels:
    blended = np.vectorize(BY_HAND[mode], otypes=[float])(below / 255, above / 255)
    return 255 * (below / 255 + opacity * (blended - below / 255))


@pytest.mark.parametrize("mode", BY_HAND)
def test_two_stills_give_a_still_of_the_formula(tmp_path: Path, mode: str) -> None:
    below, above = noise(1), noise(2)
    inputs = make_still(tmp_path / "below.png", below), make_still(tmp_path / "above.png", above)
    made = composed("BLEND", *inputs, mode=mode, opacity=0.6)
    assert made.clip.is_still
    found = pixels(written(made, tmp_path / "out.png"))
    assert np.abs(found - by_hand(below, above, mode, 0.6)).max() <= 0.502


def test_half_of_the_second_is_seen_when_nothing_is_said(tmp_path: Path) -> None:
    inputs = [make_still(tmp_path / f"{level}.png", colours(level)[0]) for level in (40, 201)]
    (found,) = rgb_of(composed("BLEND", *inputs))
    assert np.all(found == 121)


@pytest.mark.parametrize("mode", ["multiply", "soft_light", "average", "normal"])
def test_transparency_of_both_is_respected(tmp_path: Path, mode: str) -> None:
    """Source-over with as * opacity of (1 - ab) Cs + ab B(Cb, Cs)."""
    below, above = noise(3, channels=4), noise(4, channels=4)
    below[:4, :, 3], above[:, :4, 3] = (0, 1, 254, 255) * 7 + (0, 255), 255
    inputs = rgba_still(tmp_path / "below.png", below), rgba_still(tmp_path / "above.png", above)
    (found,) = rgb_of(composed("BLEND", *inputs, mode=mode, opacity=0.7))
    cb, cs = below[..., :3] / 255, above[..., :3] / 255
    ab, share = below[..., 3:] / 255, above[..., 3:] / 255 * 0.7
    colour = (1 - ab) * cs + ab * np.vectorize(BY_HAND[mode], otypes=[float])(cb, cs)
    opaque = share + ab * (1 - share)
    wanted = (share * colour + (1 - share) * ab * cb) / np.maximum(opaque, 1e-9)
    assert np.abs(found[..., 3:] - 255 * opaque).max() <= 0.502
    assert np.abs(found[..., :3] - 255 * wanted)[opaque[..., 0] > 0].max() <= 0.51


@pytest.mark.parametrize("mode", ["screen", "darken", "difference"])
def test_films_meet_picture_by_picture(tmp_path: Path, mode: str) -> None:
    below, above = [noise(seed) for seed in range(6)], [noise(seed) for seed in range(10, 16)]
    inputs = rgb_film(tmp_path / "below.mkv", below), rgb_film(tmp_path / "above.mkv", above)
    found = rgb_of(composed("BLEND", *inputs, mode=mode, opacity=1.0))
    assert len(found) == 6
    for one, lower, upper in zip(found, below, above, strict=True):
        assert np.abs(one - by_hand(lower, upper, mode, 1.0)).max() <= 0.502


@pytest.mark.parametrize(("mode", "share"), [("normal", 0.5), ("average", 0.25)])
def test_a_mix_of_films_stays_in_their_own_colours(tmp_path: Path, mode: str, share: float) -> None:
    """YUV of shared colours is mixed as it is: neither goes through RGB."""
    shapes = (24, 32), (12, 16), (12, 16)
    arrays = [[np.random.default_rng(seed).integers(16, 236, shape, np.uint8) for shape in shapes] for seed in (1, 2)]
    made = composed("BLEND", *(film(Frames(planes, "yuv420p")) for planes in arrays), mode=mode)
    assert made.video is not None
    (frame,) = made.video.frames()
    for found, lower, upper in zip(planes_of(frame), *arrays, strict=True):
        assert np.abs(found - (lower + share * (upper.astype(float) - lower))).max() <= 0.502
    assert made.clip.notes == ()


@pytest.mark.parametrize("mode", ["add", "normal"])
@pytest.mark.parametrize(
    ("duration", "order", "wanted"),
    [
        ("first", (0, 1), [30, 30, 20, 20]),
        ("first", (1, 0), [30, 30]),
        ("longest", (0, 1), [30, 30, 20, 20]),
        ("longest", (1, 0), [30, 30, 20, 20]),
        ("shortest", (0, 1), [30, 30]),
    ],
)
def test_where_one_film_has_ended_the_other_is_shown_alone(
    tmp_path: Path, mode: str, duration: str, order: tuple[int, int], wanted: list[int]
) -> None:
    films = [rgb_film(tmp_path / "long.mkv", colours(*[20] * 4)), rgb_film(tmp_path / "short.mkv", colours(*[10] * 2))]
    made = composed("BLEND", *(films[at] for at in order), mode=mode, opacity=1.0, duration=duration)
    if mode == "normal":  # while both last only the upper is seen
        upper = (20, 10)[order[1]]
        wanted = [upper if level == 30 else level for level in wanted]
    assert [int(frame[0, 0, 0]) for frame in rgb_of(made)] == wanted
    assert made.clip.frames == len(wanted)
    noted = [note for note in made.clip.notes if "shown alone" in note or "cut off" in note]
    assert len(noted) == 1
    assert f"input {order.index(0) + 1} is cut off at 0.08 s" in noted[0] or "ends at 0.08 s" in noted[0]


@pytest.mark.parametrize("mode", ["multiply", "normal"])
@pytest.mark.parametrize(("fit", "seen"), [("fill", slice(None)), ("stretch", slice(None)), ("fit", slice(10, 30))])
def test_the_second_comes_to_the_size_of_the_first(tmp_path: Path, mode: str, fit: str, seen: slice) -> None:
    """80 by 40 pixels, left half red, right half blue, over white of 40 by 40."""
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, :40], wide[:, 40:] = (255, 0, 0), (0, 0, 255)
    inputs = make_still(tmp_path / "white.png", colours(255, size=(40, 40))[0]), make_still(tmp_path / "wide.png", wide)
    (found,) = rgb_of(composed("BLEND", *inputs, mode=mode, opacity=1.0, fit=fit))
    assert found.shape == (40, 40, 3)
    assert (found[20, :, 0] > 128).sum() == (found[20, :, 2] > 128).sum() == 20
    assert np.abs(found[seen, [2, 37]] - [(255, 0, 0), (0, 0, 255)]).max() <= 1
    found[seen] = 255
    assert np.all(found == 255)


def test_a_film_of_another_rate_shows_the_picture_nearest_in_time(tmp_path: Path) -> None:
    below = rgb_film(tmp_path / "below.mkv", colours(*[0] * 8), rate=20)
    above = rgb_film(tmp_path / "above.mkv", colours(10, 20, 30, 40), rate=10)
    made = composed("BLEND", below, above, mode="add", opacity=1.0)
    assert [int(frame[0, 0, 0]) for frame in rgb_of(made)] == [10, 10, 20, 20, 30, 30, 40, 40]
    assert made.clip.notes == ("input 2: 10 -> 20 fps",)


def test_what_is_converted_is_noted() -> None:
    small = Picture(320, 240, "yuv420p", Fraction(25), matrix="smpte170m", color_range="pc")
    other = Clip("film", small, Sound(44100, "mono", 1), Fraction(3), 75)
    first = replace(FILM, sound=Sound(48000, "stereo", 2))
    assert make("BLEND", audio="mix").infer(first, other).notes == (
        "input 2: 25 -> 30 fps, 320x240 -> 640x360 fill, smpte170m -> bt709, full -> narrow range,"
        " 44100 -> 48000 Hz, mono -> stereo",
        "input 2 ends at 3 s: from there the other is shown alone",
        SUMMED,
    )


@pytest.mark.parametrize(("audio", "wanted"), [("first", 0.25), ("second", 0.125), ("mix", 0.375), ("none", None)])
def test_the_sound_is_that_which_was_chosen(tmp_path: Path, audio: str, wanted: float | None) -> None:
    inputs = [grey_film(tmp_path / f"{level}.mkv", [50] * 5, sound=np.full(9600, level)) for level in (0.25, 0.125)]
    made = composed("BLEND", *inputs, audio=audio)
    if wanted is None:
        assert made.clip.sound is None
        assert made.audio is None
        return
    found = samples_of(made)
    assert len(found) == 9600
    assert np.abs(found[10:-10] - wanted).max() < 1e-4


def test_the_sound_is_as_long_as_the_pictures(tmp_path: Path) -> None:
    long = grey_film(tmp_path / "long.mkv", [50] * 10, sound=np.full(19200, 0.5))
    short = grey_film(tmp_path / "short.mkv", [50] * 5, sound=np.full(9600, 0.25))
    made = samples_of(composed("BLEND", short, long, audio="second"))
    assert len(made) == 9600
    assert made[-1] == pytest.approx(0.5, abs=1e-3)
    made = samples_of(composed("BLEND", short, long, duration="longest"))
    assert len(made) == 19200
    assert made[9590] == pytest.approx(0.25, abs=1e-3)
    assert np.all(made[9600:] == 0)


def test_a_silent_first_input_is_said(tmp_path: Path) -> None:
    silent = grey_film(tmp_path / "silent.mkv", [1, 2])
    loud = grey_film(tmp_path / "loud.mkv", [1, 2], sound=np.zeros(3840))
    made = composed("BLEND", silent, loud)
    assert made.clip.sound is None
    assert made.clip.notes == (
        "input 1 has no sound, and that of input 2 is not asked for (`audio: second`): it is silent",
    )


def test_what_cannot_be_blended_is_refused_with_what_to_do(tmp_path: Path) -> None:
    tone = opened(make_sound(tmp_path / "tone.wav"))
    with pytest.raises(InferError, match="input 2 of this BLEND is a sound; give it a still or a film"):
        make("BLEND").infer(FILM, tone.clip)
    with pytest.raises(InferError, match="input 2 has no sound; choose `audio: first` or none"):
        make("BLEND", audio="second").infer(FILM, FILM)
    hdr = Clip(
        "film", Picture(64, 36, "yuv420p10le", Fraction(30), depth=10, transfer="smpte2084"), duration=Fraction(1)
    )
    with pytest.raises(InferError, match="input 2 is of high dynamic range"):
        make("BLEND").infer(FILM, hdr)
    for wrong in ({"mode": "burn"}, {"opacity": 1.5}, {"fit": "pad"}, {"size": 3}):
        with pytest.raises(ValidationError):
            make("BLEND", **wrong)


@pytest.mark.parametrize("mode", ["multiply", "normal"])
def test_threads_end_when_the_film_is_stopped_early(tmp_path: Path, mode: str) -> None:
    inputs = [make_film(tmp_path / f"{at}.mp4", (64, 48), seconds=3) for at in range(2)]
    before = set(threading.enumerate())
    made = composed("BLEND", *inputs, mode=mode)
    assert made.video is not None
    frames: Any = made.video.frames()
    next(frames)
    assert set(threading.enumerate()) > before
    frames.close()
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize("mode", ["multiply", "normal"])
def test_few_pictures_are_made_ahead_however_long_the_film(mode: str) -> None:
    origins = [Frames([np.full((16, 16), level, np.uint8)] * 3, "gbrp", count=400) for level in (50, 100)]
    made = composed("BLEND", *(film(origin) for origin in origins), mode=mode, opacity=1.0)
    assert made.video is not None
    ahead = 0
    for index, _ in enumerate(made.video.frames()):
        ahead = max(ahead, *(origin.made - index for origin in origins))
    assert index == 399
    assert ahead <= 16
    assert [origin.closed for origin in origins] == [1, 1]


def test_wide_pixels_are_brought_to_square_ones(tmp_path: Path) -> None:
    wide = make_film(tmp_path / "wide.mp4", (32, 48), seconds=0.1, sar=Fraction(2))
    made = composed("BLEND", wide, wide, mode="screen")
    assert made.clip.picture is not None
    assert (made.clip.picture.size, made.clip.picture.sar) == ((64, 48), 1)
    assert rgb_of(made)[0].shape == (48, 64, 3)
