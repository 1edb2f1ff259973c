"""GENERATE: plain pictures, noise, the test card and tones, against numbers computed here."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from artcelery.core.config.words import in_words
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.probing.probe import probe
from artcelery.core.ops import InferError
from artcelery.core.ops.generate_config import KEYS, GenerateConfig
from tests.core.ops.generating import arrays, generate, samples, streams, video, written


def problems(**config: Any) -> dict[str, str]:
    """What is said to be wrong with a config, by key."""
    with pytest.raises(ValidationError) as error:
        GenerateConfig.model_validate(config)
    found = in_words(error.value, GenerateConfig, config)
    return {".".join(map(str, path)): message for path, message in found}


def test_a_picture_without_a_duration_is_a_still_and_with_one_a_film() -> None:
    still = generate("color", width=64, height=48).infer()
    assert still == Clip("still", Picture(64, 48, "rgb24"), frames=1)
    film = generate("color", width=64, height=48, duration="1.01s", fps=25).infer()
    assert film == Clip("film", Picture(64, 48, "rgb24", rate=Fraction(25)), duration=Fraction(25, 25), frames=25)
    ntsc = generate("testsrc", duration=2, fps="30000/1001").infer()
    assert (ntsc.frames, ntsc.duration) == (60, Fraction(60 * 1001, 30000))


def test_planning_loads_no_codec_library() -> None:
    code = (
        "import sys; from artcelery.core.ops import OPS; cls = OPS['GENERATE']\n"
        "for config in ({'kind': 'text', 'text': 'x'}, {'kind': 'tone', 'duration': 1}, {'kind': 'noise'}):\n"
        "    cls(cls.config_model.model_validate(config)).infer()\n"
        "print([name for name in ('av', 'numpy', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_config_holds_every_key_of_its_kind_and_no_other() -> None:
    for kind in KEYS:
        more = {"text": {"text": "x"}, "tone": {"duration": 1}, "silence": {"duration": 1}}.get(kind, {})
        complete = generate(kind, **more).key_config()
        assert list(complete) == ["kind", *KEYS[kind]]
    assert generate("tone", duration="1000ms").key_config() == {
        "kind": "tone",
        "duration": 1.0,
        "sample_rate": 48000,
        "layout": "stereo",
        "frequency": 1000.0,
        "amplitude": 0.125,
    }
    assert generate("color").key_config()["fps"] is None
    assert generate("color", duration=1).key_config()["fps"] == "30"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"kind": "color", "color": "RED", "duration": 1},
            {"kind": "color", "color": "#f00", "fps": 30.0, "duration": "1s"},
        ),
        ({"kind": "gradient", "direction": "right"}, {"kind": "gradient", "direction": -270}),
        (
            {"kind": "text", "text": "x", "duration": 2, "fade": "500ms"},
            {"kind": "text", "text": "x", "duration": 2, "fade": [0.5, 0.5]},
        ),
        ({"kind": "noise", "seed": None}, {"kind": "noise", "seed": 0}),
        ({"kind": "titles"}, {"kind": "captions", "outline": {"width": "7%"}}),
        ({"kind": "tone", "duration": 1, "amplitude": "-20dB"}, {"kind": "tone", "duration": 1, "amplitude": 0.1}),
    ],
)
def test_two_ways_to_say_the_same_are_one_config(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = (GenerateConfig.model_validate(config).complete() for config in (one, other))
    assert first == second


def test_a_key_of_another_kind_is_an_error_at_that_key() -> None:
    found = problems(kind="noise", color="red", sample_rate=8000, seed=-1)
    assert found == {
        "color": "'color': the kind noise has no such key; it has width, height, duration, fps, seed, grey",
        "sample_rate": "'sample_rate': the kind noise has no such key; it has width, height, duration, fps, seed, grey",
        "seed": "'seed' must be at least 0; it is -1",
    }


@pytest.mark.parametrize(
    ("config", "key", "words"),
    [
        ({}, "kind", "needs a key 'kind'"),
        ({"kind": "colour"}, "kind", "did you mean 'color'?"),
        ({"kind": "color", "fps": 25}, "fps", "a picture without `duration` is a still"),
        ({"kind": "color", "fps": 0, "duration": 1}, "fps", "0 is no frame rate"),
        ({"kind": "color", "fps": "30000/0", "duration": 1}, "fps", "is no frame rate"),
        ({"kind": "color", "fps": 1e-9, "duration": 1}, "fps", "1e-09 is no frame rate; write 25, 29.97"),
        ({"kind": "color", "fps": float("inf"), "duration": 1}, "fps", "inf is no frame rate"),
        ({"kind": "color", "duration": 0}, "duration", "must be more than 0"),
        ({"kind": "color", "widht": 3}, "widht", "did you mean 'width'?"),
        ({"kind": "color", "width": 0}, "width", "must be at least 1"),
        ({"kind": "gradient", "colors": ["red"]}, "colors", "a gradient has 2 to 64 colours; here it has 1"),
        ({"kind": "gradient", "direction": "north"}, "direction", "is no direction; write up, right"),
        ({"kind": "tone"}, "", "the kind tone needs a key 'duration'"),
        ({"kind": "tone", "duration": 1, "frequency": 30000}, "", "a tone of 30000 Hz needs a `sample_rate`"),
        ({"kind": "tone", "duration": 1, "amplitude": 2}, "amplitude", "must be at most 1"),
        ({"kind": "tone", "duration": 1, "layout": "surround"}, "layout", "must be one of mono, stereo"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(config: dict[str, Any], key: str, words: str) -> None:
    assert words in problems(**config)[key]


def test_the_schema_knows_the_keys_of_each_kind() -> None:
    check = Draft202012Validator(GenerateConfig.model_json_schema())
    for config in (
        {"kind": "color", "color": "red", "duration": "2s", "fps": "30000/1001"},
        {"kind": "titles", "position": ["50%", 10], "box": {}, "size": "5%"},
        {"kind": "text", "text": "x", "duration": 2, "fade": ["1s", 0.5], "position": "top-left"},
        {"kind": "gradient", "colors": ["red", "#fff"], "direction": "radial"},
        {"kind": "tone", "duration": 1, "amplitude": "-6dB"},
    ):
        GenerateConfig.model_validate(config)
        assert check.is_valid(config), config
    for config in (
        {"kind": "colour"},
        {"kind": "noise", "color": "red"},
        {"kind": "tone"},
        {"kind": "text", "text": "x", "position": "middle"},
        {"kind": "text", "text": "x", "box": {"colour": "red"}},
        {},
    ):
        assert not check.is_valid(config), config


def test_only_captions_take_inputs_and_pictures_have_limits() -> None:
    with pytest.raises(InferError, match="the kind color is made from nothing"):
        generate("color").infer(Clip("still", Picture(8, 8, "rgb24")))
    with pytest.raises(InferError, match="a picture of 16384x16384 is too large"):
        generate("color", width=16384, height=16384).infer()


def test_a_colour_fills_every_frame() -> None:
    pictures = arrays(video("color", color="#123456", width=17, height=9, duration=1, fps=5))
    assert len(pictures) == 5
    for picture in pictures:
        assert (picture == [0x12, 0x34, 0x56]).all()
        assert picture.shape == (9, 17, 3)


def test_frames_that_share_their_pixels_have_times_of_their_own() -> None:
    frames = list(video("color", width=8, height=8, duration=1, fps=4).frames())
    assert [frame.pts for frame in frames] == [0, 1, 2, 3]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 30, 123.5])
def test_a_gradient_runs_from_corner_to_corner_as_css_says(degrees: float) -> None:
    width, height, stops = 40, 24, np.array([[10, 0, 200], [250, 128, 0], [0, 255, 7]], float)
    colors = ["#{:02x}{:02x}{:02x}".format(*map(int, stop)) for stop in stops]
    (picture,) = arrays(video("gradient", colors=colors, direction=degrees, width=width, height=height))
    angle = radians(degrees)
    length = abs(width * sin(angle)) + abs(height * cos(angle))
    for y in range(0, height, 5):
        for x in range(0, width, 3):
            along = ((x + 0.5 - width / 2) * sin(angle) - (y + 0.5 - height / 2) * cos(angle)) / length + 0.5
            wanted = [np.interp(along * 2, [0, 1, 2], stops[:, channel]) for channel in range(3)]
            assert np.abs(picture[y, x] - wanted).max() < 1  # dithered to one of the two steps beside it


def test_a_radial_gradient_reaches_its_last_colour_in_the_corners() -> None:
    (picture,) = arrays(video("gradient", colors=["#000000", "#c80000"], direction="radial", width=61, height=41))
    assert picture[20, 30, 0] == 0
    assert picture[0, 0, 0] in (196, 197)  # of 200, half a pixel from the corner: 200 * |(30, 20)| / |(30.5, 20.5)|
    assert picture[20, 60, 0] in (163, 164)  # 200 * 30 / |(30.5, 20.5)|


def test_between_two_steps_a_gradient_is_dithered_to_the_right_mean() -> None:
    (picture,) = arrays(video("gradient", colors=["#404040", "#414141"], direction="right", width=64, height=64))
    assert set(np.unique(picture)) == {0x40, 0x41}
    for column in range(0, 64, 8):
        share = (picture[:, column : column + 8, 0] - 0x40).mean()
        assert abs(share - (column + 4) / 64) < 0.02


def test_noise_is_the_same_again_and_new_in_each_frame() -> None:
    size = {"width": 64, "height": 64, "duration": 1, "fps": 4}
    first, again = arrays(video("noise", **size)), arrays(video("noise", **size))
    assert all((one == two).all() for one, two in zip(first, again, strict=True))
    assert (first[0] != first[1]).mean() > 0.99
    assert (arrays(video("noise", seed=1, **size))[0] != first[0]).mean() > 0.99


def test_noise_is_uniform_and_grey_unless_said_otherwise() -> None:
    (grey,) = arrays(video("noise", width=256, height=256))
    assert (grey[..., 0] == grey[..., 2]).all()
    assert abs(grey.mean() - 127.5) < 1
    counts = np.bincount(grey[..., 0].ravel(), minlength=256)
    assert ((counts - 256) ** 2 / 256).sum() < 330  # chi squared of 255 degrees of freedom, p = 0.001
    (colour,) = arrays(video("noise", width=64, height=64, grey=False))
    assert (colour[..., 0] != colour[..., 2]).mean() > 0.98


def test_the_numbers_of_noise_are_pinned() -> None:
    (picture,) = arrays(video("noise", width=4, height=2, seed=7))
    raw = np.random.Philox(key=[7, 0], counter=[0, 0, 0, 0]).random_raw(1)[0]
    assert picture[..., 0].ravel().tolist() == list(int(raw).to_bytes(8, "little"))


@pytest.mark.parametrize("kind", ["noise", "testsrc", "color"])
def test_a_part_of_a_film_holds_exactly_its_frames(kind: str) -> None:
    whole = video(kind, width=48, height=48, duration=2, fps=10)
    part = list(whole.cut(Fraction("0.55"), Fraction("1.2")).frames())
    again = list(whole.cut(Fraction("0.3"), None).cut(Fraction("0.3"), Fraction("0.9")).frames())
    wanted = arrays(whole)[6:12]
    for frames in (part, again):
        assert [frame.pts for frame in frames] == list(range(6))
        for frame, picture in zip(frames, wanted, strict=True):
            assert (frame.to_ndarray() == picture).all()


def test_the_test_card_says_which_frame_it_is() -> None:
    pictures = arrays(video("testsrc", width=192, height=108, duration=3, fps=12))
    for index, picture in enumerate(pictures):
        bits = picture[-1, 4::8, 0] // 255  # 24 cells of 8 pixels
        assert int("".join(map(str, bits)), 2) == index
        flash = picture[int(0.9 * 108)]
        assert (flash == 255).all() == (index % 12 == 0)
        if index % 12:
            at = np.flatnonzero(flash[:, 0] == 255).max()
            assert at == index % 12 * 192 // 12
    bars = pictures[0][0, 12::24]
    assert bars.tolist() == [
        *([191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0]),
        *([191, 0, 191], [191, 0, 0], [0, 0, 191], [0, 0, 0]),
    ]
    assert (pictures[0][:60] == pictures[5][:60]).all()
    assert (pictures[0][70:90] != pictures[5][70:90]).any()


def test_the_test_card_flashes_on_the_second_at_every_rate() -> None:
    pictures = arrays(video("testsrc", width=48, height=48, duration=3, fps="30000/1001"))
    flashes = [index for index, picture in enumerate(pictures) if (picture[43] == 255).all()]
    assert flashes == [0, 30, 60]  # at 0, 1.001 and 2.002 s: the frames before them are still of the second before


@pytest.mark.parametrize("size", [(1, 1), (16, 9), (7, 300)])
def test_a_test_card_may_be_tiny(size: tuple[int, int]) -> None:
    (picture,) = arrays(video("testsrc", width=size[0], height=size[1]))
    assert picture.shape == (size[1], size[0], 3)


def test_a_tone_is_a_sine_exact_to_its_last_sample() -> None:
    flow = streams("tone", duration=3, frequency=440.5, amplitude=0.5, sample_rate=44100, layout="mono")
    assert flow.clip == Clip("sound", sound=Sound(44100, "mono", 1, 24), duration=Fraction(3))
    made = samples(flow)
    assert made.shape == (1, 132300)
    wanted = 0.5 * np.sin(2 * pi * ((440.5 * np.arange(132300) / 44100) % 1))
    assert np.abs(made[0] - wanted).max() < 5e-8
    assert made.dtype == np.float32


def test_hours_into_a_tone_its_phase_is_still_exact() -> None:
    flow = streams("tone", duration=10 * 3600, frequency=1000.123456, amplitude=1.0, layout="stereo")
    assert flow.audio is not None
    late = flow.audio.cut(Fraction(35999), None)
    made = np.concatenate([block.to_ndarray() for block in late.blocks()], axis=1)
    assert made.shape == (2, 48000)
    exact = [
        float(Fraction(1000123456 * (35999 * 48000 + n) % (48000 * 10**6), 48000 * 10**6)) for n in range(0, 48000, 97)
    ]
    assert np.abs(made[0, ::97] - np.sin(2 * pi * np.array(exact))).max() < 1e-7
    assert (made[0] == made[1]).all()


def test_silence_is_zeros_for_exactly_its_time(tmp_path: Path) -> None:
    flow = streams("silence", duration=0.5, sample_rate=44100, layout="5.1")
    assert samples(flow).shape == (6, 22050)
    assert not samples(flow).any()
    written(flow, tmp_path / "silence.flac")
    clip = probe(tmp_path / "silence.flac")
    assert (clip.duration, clip.sound) == (Fraction(1, 2), Sound(44100, "5.1", 6, 16))


def test_sounds_last_whole_samples() -> None:
    clip = generate("silence", duration=0.00011, sample_rate=8000).infer()
    assert clip.duration == Fraction(1, 8000)


def test_a_film_of_a_colour_is_written_as_that_colour(tmp_path: Path) -> None:
    promised = written(streams("color", color="#2060c0", width=64, height=48, duration=1), tmp_path / "c.mp4")
    clip = probe(tmp_path / "c.mp4")
    assert (clip.frames, clip.duration) == (promised.frames, promised.duration) == (30, 1)
