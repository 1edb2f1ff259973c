"""What comes out of each op, known before anything is rendered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.ops import OPS, InferError

FILM = Clip(
    "film",
    Picture(320, 240, "yuv420p", rate=Fraction(30), matrix="smpte170m", color_range="tv"),
    Sound(48000, "stereo", 2),
    Fraction(6),
    180,
)
STILL = Clip("still", Picture(451, 300, "rgb24"))
SOUND = Clip("sound", None, Sound(44100, "mono", 1), Fraction(10))


def make(type: str, **config: Any) -> Any:
    cls = OPS[type]
    return cls(cls.config_model.model_validate(config))


def inferred(type: str, clip: Clip, **config: Any) -> Clip:
    out: Clip = make(type, **config).infer(clip)
    return out


def test_a_segment_counts_the_frames_whose_time_lies_in_it() -> None:
    assert inferred("SEGMENT", FILM, offset=2.5, duration=1.5).frames == 45
    assert inferred("SEGMENT", FILM, offset=0.1, duration=0.1).frames == 3
    assert inferred("SEGMENT", FILM, offset=0.11, duration=0.1).frames == 3


def test_a_segment_between_two_frames_is_refused() -> None:
    with pytest.raises(InferError, match="no frame begins between"):
        inferred("SEGMENT", FILM, offset=0.101, duration=0.01)


def test_a_segment_of_ntsc_film_is_exact() -> None:
    assert FILM.picture is not None
    ntsc = replace(FILM, picture=replace(FILM.picture, rate=Fraction(30000, 1001)), duration=Fraction(3003, 500))
    out = inferred("SEGMENT", ntsc, offset="00:00:01", duration="2s")
    assert out.frames == 60
    assert out.duration == Fraction(1001, 500)


def test_offset_and_start_mean_the_same_and_so_do_duration_and_end() -> None:
    one = make("SEGMENT", offset=1, duration=2).key_config()
    assert make("SEGMENT", start="1s", end="00:00:03").key_config() == one
    assert one == {"offset": 1.0, "duration": 2.0, "precise": True}


def test_a_segment_to_the_end_takes_what_is_left() -> None:
    out = inferred("SEGMENT", FILM, offset=4)
    assert (out.duration, out.frames) == (Fraction(2), 60)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"offset": 6}, "begins at 6 s, but its clip ends at 6 s"),
        ({"offset": 5, "duration": 2}, "ends at 7 s, but its clip ends at 6 s"),
        ({"start": 5, "end": 9}, "ends at 9 s, but its clip ends at 6 s"),
    ],
)
def test_a_segment_outside_its_clip_is_named(config: dict[str, Any], words: str) -> None:
    with pytest.raises(InferError, match=words):
        inferred("SEGMENT", FILM, **config)


def test_a_still_has_no_time_to_cut() -> None:
    with pytest.raises(InferError, match="a still has no time"):
        inferred("SEGMENT", STILL, offset=0)


@pytest.mark.parametrize(
    "config",
    [
        {"offset": 1, "start": 1},
        {"duration": 1, "end": 2},
        {"start": 2, "end": 1},
        {"duration": 0},
        {"offset": -1},
        {"offset": "soon"},
        {"precise": "yes"},
        {"offest": 1},
        {"offset": True},
    ],
)
def test_a_segment_that_makes_no_sense_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make("SEGMENT", **config)


@pytest.mark.parametrize(
    ("config", "size"),
    [
        ({"width": 160}, (160, 120)),
        ({"height": 120}, (160, 120)),
        ({"width": "50%"}, (160, 120)),
        ({"width": 200, "height": 200}, (200, 150)),
        ({"width": 200, "height": 200, "mode": "fill"}, (200, 200)),
        ({"width": 200, "height": 200, "mode": "pad"}, (200, 200)),
        ({"width": 200, "height": 200, "fit": "pad"}, (200, 200)),
        ({"width": 200, "height": 100, "mode": "stretch"}, (200, 100)),
        ({"width": 1}, (1, 1)),
        ({"width": "50%", "height": "200%", "mode": "stretch"}, (160, 480)),
    ],
)
def test_a_resize_knows_its_size(config: dict[str, Any], size: tuple[int, int]) -> None:
    picture = inferred("RESIZE", FILM, **config).picture
    assert picture is not None
    assert picture.size == size


@pytest.mark.parametrize("type", ["RESIZE", "SEQUENCE", "SWITCH"])
def test_fit_and_mode_mean_the_same(type: str) -> None:
    size: dict[str, Any] = {"width": 200, "height": 200} | ({"cuts": []} if type == "SWITCH" else {})
    one = make(type, **size, fit="stretch").key_config()
    assert make(type, **size, mode="stretch").key_config() == one
    assert one["fit"] == "stretch"
    usual = "fit" if type == "RESIZE" else "pad"
    assert make(type, **size).key_config() == make(type, **size, fit=usual).key_config()
    with pytest.raises(ValidationError, match="`fit` and `mode` mean the same; give one of them"):
        make(type, **size, fit="fill", mode="fill")


def test_a_resize_makes_pixels_square() -> None:
    assert FILM.picture is not None
    wide = replace(FILM, picture=replace(FILM.picture, width=720, height=576, sar=Fraction(64, 45)))
    picture = inferred("RESIZE", wide, height=576).picture
    assert picture is not None
    assert (picture.size, picture.sar) == ((1024, 576), 1)


def test_a_sound_cannot_be_resized() -> None:
    with pytest.raises(InferError, match="no picture to RESIZE"):
        inferred("RESIZE", SOUND, width=100)


def test_speed_changes_duration_and_frames_of_picture_and_sound_together() -> None:
    out = inferred("TRANSFORM", FILM, effects={"speed": 1.5})
    assert (out.duration, out.frames) == (Fraction(4), 120)
    assert inferred("TRANSFORM", SOUND, effects={"speed": 0.5}).duration == 20


def test_rotation_by_quarters_swaps_sides_and_others_grow_the_canvas() -> None:
    for degrees, size in [(90, (240, 320)), (180, (320, 240)), (-90, (240, 320)), (45, (396, 396))]:
        picture = inferred("TRANSFORM", FILM, effects={"rotate": degrees}).picture
        assert picture is not None
        assert picture.size == size


@pytest.mark.parametrize(
    ("clip", "effects", "words"),
    [
        (SOUND, {"blur": 2}, "blur need a picture"),
        (STILL, {"speed": 2}, "speed needs a film"),
        (STILL, {"volume": 2}, "volume needs sound"),
        (STILL, {"crop": {"width": 500, "height": 10}}, "does not lie inside"),
        (STILL, {"crop": {"x": "60%", "width": "50%", "height": 10}}, "does not lie inside"),
    ],
)
def test_a_transform_names_what_its_input_lacks(clip: Clip, effects: dict[str, Any], words: str) -> None:
    with pytest.raises(InferError, match=words):
        inferred("TRANSFORM", clip, effects=effects)


@pytest.mark.parametrize("config", [{}, {"input": True, "asset": "cat"}, {"input": False}, {"hash": "abc"}])
def test_a_source_has_exactly_one_origin(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make("SOURCE", **config)


@pytest.mark.parametrize("side", range(1, 64))
def test_one_side_of_a_resize_is_kept_and_the_other_follows(side: int) -> None:
    cat = Clip("still", Picture(451, 300, "rgb24"), frames=1)
    for name, other, shape in (("width", "height", 300 / 451), ("height", "width", 451 / 300)):
        resized = OPS["RESIZE"](OPS["RESIZE"].config_model.model_validate({name: side})).infer(cat).picture
        assert getattr(resized, name) == side
        assert getattr(resized, other) == max(1, round(side * shape))


@pytest.mark.parametrize(("tail", "notes"), [(Fraction(2), 1), (Fraction(1, 50), 0), (Fraction(0), 0)])
def test_another_speed_says_what_of_the_sound_is_left_out(tail: Fraction, notes: int) -> None:
    """A fiftieth of a second is what codecs add: nobody hears it."""
    out = inferred("TRANSFORM", replace(FILM, tail=tail), effects={"speed": 2})
    assert (out.duration, out.tail) == (Fraction(3), 0)
    assert out.notes == ("`speed`: without the 2 s of sound after the last picture",)[:notes]
    assert inferred("TRANSFORM", replace(FILM, tail=tail), effects={"volume": 0.5}).tail == tail


@pytest.mark.parametrize(
    ("depth", "effects", "noted"), [(12, {"hue": 5}, 1), (10, {"hue": 5}, 0), (12, {"gamma": 2}, 0)]
)
def test_a_change_of_colour_says_what_depth_it_costs(depth: int, effects: dict[str, Any], noted: int) -> None:
    assert FILM.picture is not None
    deep = replace(FILM, picture=replace(FILM.picture, pix_fmt=f"yuv420p{depth}le", depth=depth))
    notes = inferred("TRANSFORM", deep, effects=effects).notes
    assert notes == ("saturation and hue: 12-bit pictures become 10-bit",)[:noted]
