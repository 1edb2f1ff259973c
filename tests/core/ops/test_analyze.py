"""ANALYZE: documents about tracks and films whose numbers are known."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.hashing import canonical
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.ops import OPS, InferError
from tests.core.analysis.clicks import clicks, f_measure, steady
from tests.core.ops.rendering import write_frames
from tests.media_files import make_film, make_sound, make_still

FILM = Clip("film", Picture(320, 240, "yuv420p", Fraction(25)), Sound(48000, "stereo", 2), Fraction(6), 150)
SILENT = Clip("film", Picture(320, 240, "yuv420p", Fraction(25)), None, Fraction(6), 150)
SOUND = Clip("sound", None, Sound(44100, "mono", 1), Fraction(10))
HEARD = {"tempo", "beats", "onsets", "energy", "spectrum", "loudness"}
Array = np.ndarray[Any, Any]


def make(**config: Any) -> Any:
    return OPS["ANALYZE"](OPS["ANALYZE"].config_model.model_validate(config))


def analyzed(path: Path, **config: Any) -> dict[str, Any]:
    """The document about a file, as it is written."""
    op, streams = make(**config), open_file(path, Limits())
    found: dict[str, Any] = json.loads(canonical(op.document(streams)))
    return found


def write_sound(path: Path, samples: Array, rate: int = 44100, format: str = "s16", codec: str = "flac") -> Path:
    """A sound of (channels, n) samples."""
    layout = {1: "mono", 2: "stereo"}[len(samples)]
    whole = np.round(samples * 32767).astype(np.int16) if format == "s16" else samples.astype(np.float32)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        for start in range(0, whole.shape[1], 4096):
            packed = np.ascontiguousarray(whole[:, start : start + 4096].T).reshape(1, -1)
            block = av.AudioFrame.from_ndarray(packed, format=format, layout=layout)
            block.pts, block.sample_rate, block.time_base = start, rate, Fraction(1, rate)
            container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    return path


def flat(level: int) -> Array:
    return np.concatenate((np.full((48, 64, 3), level, np.uint8), np.full((48, 64, 1), 255, np.uint8)), axis=2)


def test_what_comes_out_is_a_document() -> None:
    assert make().infer(FILM) == Clip("data")
    assert make(features=["scenes", "duration"]).infer(SILENT) == Clip("data")
    assert make(features=["beats"]).infer(SOUND) == Clip("data")


@pytest.mark.parametrize(
    ("clip", "features", "words"),
    [
        (SILENT, ["beats", "tempo"], "`tempo` and `beats` need sound, and the input has none"),
        (SILENT, ["loudness"], "`loudness` needs sound, and the input has none"),
        (SOUND, ["scenes"], "`scenes` needs pictures, and the input has none"),
    ],
)
def test_a_feature_that_needs_what_is_not_there_is_named(clip: Clip, features: list[str], words: str) -> None:
    with pytest.raises(InferError, match=words) as caught:
        make(features=features).infer(clip)
    assert caught.value.field == "features"


@pytest.mark.parametrize("clip", [Clip("still", Picture(320, 240, "rgb24")), Clip("data")])
def test_what_does_not_last_cannot_be_analyzed(clip: Clip) -> None:
    with pytest.raises(InferError, match="nothing that lasts"):
        make().infer(clip)


@pytest.mark.parametrize(
    "config",
    [
        {"features": []},
        {"features": ["beat"]},
        {"features": "beats"},
        {"hop": 0.01},
        {"hop": 100},
        {"bands": 0},
        {"bands": [100]},
        {"bands": [100, 100]},
        {"bands": [200, 100]},
        {"bands": True},
        {"bands": 65},
        {"bands": [100, "200"]},
        {"bands": [-1, 200]},
        {"bands": [100, 200_000]},
        {"threshold": 0},
        {"threshold": 1.5},
        {"tempo_range": [100, 120]},
        {"tempo_range": [100]},
        {"tempo_range": [10, 120]},
        {"feature": ["beats"]},
    ],
)
def test_a_config_that_makes_no_sense_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make(**config)


def test_the_order_of_features_is_not_in_the_key() -> None:
    assert make(features=["beats", "tempo"]).key_config() == make(features=["tempo", "beats", "tempo"]).key_config()


def test_only_what_is_asked_for_is_in_the_document(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv", size=(64, 48), seconds=1)
    for name in (*HEARD, "duration", "scenes", "motion"):
        assert set(analyzed(film, features=[name])) == {name}


def test_without_features_all_is_found_that_the_input_allows(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv", size=(64, 48), seconds=1)
    silent = make_film(tmp_path / "silent.mkv", size=(64, 48), seconds=1, audio=None)
    sound = make_sound(tmp_path / "sound.flac", seconds=1)
    assert set(analyzed(film)) == {"duration", "scenes", "motion"} | HEARD
    assert set(analyzed(silent)) == {"duration", "scenes", "motion"}
    assert set(analyzed(sound)) == {"duration"} | HEARD


def test_beats_of_a_track_are_found_with_its_tempo(tmp_path: Path) -> None:
    beats = steady(128, 12)
    track = np.repeat(clicks(beats, 12, "drum", noise_db=30), 2, axis=0)
    found = analyzed(write_sound(tmp_path / "track.flac", track), features=["beats", "tempo", "duration"])
    assert f_measure(beats, found["beats"]) == 1
    assert found["tempo"] == pytest.approx(128, rel=0.01)
    assert found["duration"] == 12
    assert all(time == round(time, 4) for time in found["beats"])


def test_loudness_is_that_of_the_tone_in_the_file(tmp_path: Path) -> None:
    tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(48000 * 4) / 48000)
    sound = write_sound(tmp_path / "tone.flac", np.stack([tone, tone]), 48000)
    loudness = analyzed(sound, features=["loudness"])["loudness"]
    assert loudness["integrated"] == pytest.approx(-23, abs=0.1)
    assert loudness["range"] == pytest.approx(0, abs=0.1)
    assert loudness["true_peak"] == pytest.approx(-23, abs=0.1)


def test_silence_has_no_beats_and_no_loudness_but_energy(tmp_path: Path) -> None:
    found = analyzed(write_sound(tmp_path / "silence.flac", np.zeros((2, 44100))))
    assert (found["tempo"], found["beats"], found["onsets"]) == (None, [], [])
    assert found["loudness"] == {"integrated": None, "range": 0, "true_peak": None}
    assert found["energy"] == {"hop": 0.1, "values": [0] * 10}


def test_energy_and_spectrum_have_a_value_for_each_step(tmp_path: Path) -> None:
    sound = make_sound(tmp_path / "tone.flac", seconds=2)
    found = analyzed(sound, features=["energy", "spectrum"], hop=0.25, bands=[100, 400, 500, 8000])
    assert found["energy"]["hop"] == found["spectrum"]["hop"] == 0.25
    assert found["spectrum"]["bands"] == [[100, 400], [400, 500], [500, 8000]]
    levels = np.array(found["spectrum"]["values"])
    assert levels.shape == (8, 3)
    assert found["energy"]["values"] == pytest.approx([0.125 / np.sqrt(2)] * 8, rel=0.01)  # FFmpeg's sine: 1/8
    np.testing.assert_allclose(levels[1:-1, 1], 0.125 / np.sqrt(2), rtol=0.02)
    assert levels[1:-1, [0, 2]].max() < 0.002


def test_scenes_begin_where_the_film_was_cut_and_motion_shows_it(tmp_path: Path) -> None:
    levels = [40] * 10 + [200] * 15 + [90] * 25
    film = write_frames(tmp_path / "film.mkv", [flat(level) for level in levels], "bgra")
    found = analyzed(film, features=["scenes", "motion"], hop=0.2)
    assert found["scenes"] == [0, 0.4, 1]
    wanted = np.zeros(10)
    wanted[[2, 5]] = np.array([160, 110]) / 255 / 5
    assert found["motion"]["values"] == pytest.approx(wanted, abs=1e-5)


def test_a_film_of_moving_pictures_is_one_scene(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(128, 96), seconds=2, audio=None)
    found = analyzed(film)
    assert found["scenes"] == [0]
    assert max(found["motion"]["values"]) > 0.001


def test_a_film_without_steady_rate_has_its_scenes_at_its_own_times(tmp_path: Path) -> None:
    times_ms = [0, 40, 95, 200, 260, 390, 480, 500, 610, 700]
    with av.open(str(tmp_path / "film.mkv"), "w") as container:
        stream: Any = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgra"
        stream.codec_context.time_base = Fraction(1, 1000)
        for time, level in zip(times_ms, [30] * 5 + [130] * 5, strict=True):
            frame = av.VideoFrame.from_ndarray(flat(level), format="bgra")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    found = analyzed(tmp_path / "film.mkv")
    assert found["scenes"] == [0, 0.39]
    assert [step for step, value in enumerate(found["motion"]["values"]) if value] == [3]


def test_the_document_is_the_same_each_time_byte_for_byte(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=(64, 48), seconds=2)
    assert canonical(analyzed(film)) == canonical(analyzed(film))


def test_a_sound_of_many_channels_is_measured(tmp_path: Path) -> None:
    found = analyzed(make_sound(tmp_path / "sound.flac", seconds=1, layout="7.1"))
    assert found["energy"]["values"][0] == pytest.approx(0.125 / np.sqrt(2), rel=0.02)


def test_samples_that_are_no_numbers_are_refused_with_their_place(tmp_path: Path) -> None:
    from artcelery.core.errors import RenderError

    samples = np.zeros((1, 44100), np.float32)
    samples[0, 30000] = np.nan
    sound = write_sound(tmp_path / "bad.wav", samples, format="flt", codec="pcm_f32le")
    with pytest.raises(RenderError, match=r"no numbers after 0\.\d+ s"):
        analyzed(sound, features=["energy"])


def test_a_picture_file_says_that_it_does_not_last(tmp_path: Path) -> None:
    still = open_file(make_still(tmp_path / "still.png"), Limits())
    with pytest.raises(InferError, match="a still is nothing that lasts"):
        make().infer(still.clip)
