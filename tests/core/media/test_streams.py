"""Films through ops and back: frames counted, times exact, sound in step, bytes the same each time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery.core.effect import Filter, FrameContext
from artcelery.core.errors import MediaError, RenderError
from artcelery.core.media.clip import Clip
from artcelery.core.media.cutting import CutFrames
from artcelery.core.media.editing.fitting import Box
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.profiles import FORMATS, choose_encoding
from artcelery.core.media.stream import Streams
from artcelery.core.ops import OPS
from tests.media_files import frames_of, make_film, make_sound, samples_of, times_of

LIMITS = Limits()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make_film(path, size=(320, 240), rate=30, seconds=3, audio="sine")
    return path


def render(source: Path, nodes: list[tuple[str, dict[str, Any]]], output: Path) -> Clip:
    """Render a chain of nodes; the clip that was promised."""
    streams = open_file(source, LIMITS)
    for type, config in nodes:
        op = OPS[type](OPS[type].config_model.model_validate(config))
        streams = op.streams(op.infer(streams.clip), streams)
    write_clip(output, streams, choose_encoding(streams.clip, output.suffix[1:]), lambda done: None)
    return streams.clip


def digest(path: Path) -> str:
    return hashlib.sha3_256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", ["mp4", "webm", "mkv", "gif", "wav", "flac", "mp3", "m4a", "opus"])
def test_every_format_gives_the_same_bytes_twice(film: Path, tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    cut: list[tuple[str, dict[str, Any]]] = [("SEGMENT", {"duration": 1})]
    render(film, cut, one)
    render(film, cut, two)
    assert digest(one) == digest(two)


@pytest.mark.parametrize("size", [(320, 240), (352, 288), (101, 77)])
def test_mp4_gives_the_same_bytes_on_one_core_and_on_all(tmp_path: Path, size: tuple[int, int]) -> None:
    source = tmp_path / "source.mkv"
    make_film(source, size=size, rate=30, seconds=2, audio=None, codec="ffv1")
    code = (
        "import sys, pathlib; from tests.core.media.test_streams import render;"
        "render(pathlib.Path(sys.argv[1]), [], pathlib.Path(sys.argv[2]))"
    )
    found = set()
    for number, cores in enumerate([{0}, os.sched_getaffinity(0)] * 2):
        output = tmp_path / f"{number}.mp4"
        subprocess.run(
            [sys.executable, "-c", code, str(source), str(output)],
            check=True,
            cwd=Path(__file__).parents[3],
            preexec_fn=lambda cores=cores: os.sched_setaffinity(0, cores),
        )
        found.add(digest(output))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("nodes", "frames", "seconds"),
    [
        ([], 90, 3.0),
        ([("SEGMENT", {"offset": 1, "duration": 1.5})], 45, 1.5),
        ([("SEGMENT", {"start": "1.01s"})], 59, 1.9667),
        ([("SEGMENT", {"offset": 1}), ("SEGMENT", {"offset": 0.5, "duration": 1})], 30, 1.0),
        ([("TRANSFORM", {"effects": {"speed": 2}})], 45, 1.5),
        ([("TRANSFORM", {"effects": {"speed": 0.4}})], 225, 7.5),
        ([("TRANSFORM", {"effects": {"speed": 2}}), ("SEGMENT", {"offset": 0.5, "duration": 0.5})], 15, 0.5),
    ],
)
def test_frames_and_samples_are_exact(
    film: Path, tmp_path: Path, nodes: list[Any], frames: int, seconds: float
) -> None:
    output = tmp_path / "out.mkv"
    clip = render(film, nodes, output)
    assert clip.frames == frames
    assert [round(float(time), 3) for time in times_of(output)] == [round(i / 30, 3) for i in range(frames)]
    assert samples_of(output).shape[1] / 48000 == pytest.approx(seconds, abs=1e-3)


def test_a_cut_holds_exactly_the_frames_of_its_source(film: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    render(film, [("SEGMENT", {"offset": 1.5, "duration": 0.5})], output)
    expected = frames_of(film, "yuv420p")[45:60]
    found = frames_of(output, "yuv420p")
    assert len(found) == 15
    assert all(np.array_equal(one, two) for one, two in zip(expected, found, strict=True))


def test_an_imprecise_cut_begins_at_a_key_frame_with_its_sound(tmp_path: Path) -> None:
    source, output = tmp_path / "source.mp4", tmp_path / "out.mkv"
    make_film(source, size=(160, 120), rate=30, seconds=4, audio="sine", gop=60)
    render(source, [("SEGMENT", {"offset": 3, "duration": 1, "precise": False})], output)
    expected = frames_of(source, "yuv420p")[60:90]
    assert all(np.array_equal(*pair) for pair in zip(expected, frames_of(output, "yuv420p"), strict=True))
    assert samples_of(output).shape[1] == 48000


def test_picture_and_sound_stay_in_step_through_cut_and_speed(tmp_path: Path) -> None:
    """A flash and a click at 2 s come out at the same moment: at 0.5 s after a cut at 1 s and double speed."""
    source, output = tmp_path / "flash.mkv", tmp_path / "out.mkv"
    _flash_and_click(source, at=2.0, seconds=4)
    render(source, [("SEGMENT", {"offset": 1}), ("TRANSFORM", {"effects": {"speed": 2}})], output)
    light = [float(picture.mean()) for picture in frames_of(output)]
    flash = int(np.argmax(light)) / 30
    click = int(np.argmax(np.abs(samples_of(output)[0]) > 0.3)) / 48000
    assert flash == pytest.approx(0.5, abs=1 / 60)
    assert click == pytest.approx(0.5, abs=1 / 60)


def _flash_and_click(path: Path, at: float, seconds: int) -> None:
    with av.open(str(path), "w") as container:
        video = container.add_stream("ffv1", rate=30)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("flac", rate=48000, layout="mono", format="s16")
        for index in range(seconds * 30):
            value = 235 if index >= round(at * 30) else 16
            frame = av.VideoFrame.from_ndarray(
                np.vstack([np.full((48, 64), value), np.full((24, 64), 128)]).astype(np.uint8), format="yuv420p"
            )
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(video.encode(frame))
        wave = np.zeros((1, seconds * 48000), np.int16)
        wave[0, round(at * 48000) :] = (20000 * np.sin(np.arange(wave.size - round(at * 48000)) * 0.2)).astype(np.int16)
        for start in range(0, wave.size, 4800):
            block = av.AudioFrame.from_ndarray(wave[:, start : start + 4800], format="s16", layout="mono")
            block.pts, block.sample_rate, block.time_base = start, 48000, Fraction(1, 48000)
            container.mux(audio.encode(block))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def test_a_lossless_chain_gives_the_frames_of_its_filters_in_memory(film: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    video = open_file(film, LIMITS).video
    assert video is not None
    chained = video.filter(Filter("negate"), Filter("hue", h=40)).filter(Filter("gblur", sigma=2))
    write_clip(output, Streams(chained.clip, chained, None), FORMATS["mkv"], lambda done: None)
    expected = [frame.to_ndarray() for frame in chained.frames()]
    assert all(np.array_equal(*pair) for pair in zip(expected, frames_of(output, "yuv420p"), strict=True))


def test_a_function_of_arrays_sees_rgb_and_time(film: Path, tmp_path: Path) -> None:
    seen: list[FrameContext] = []

    def invert(frame: np.ndarray, ctx: FrameContext) -> np.ndarray:
        assert frame.shape == (240, 320, 3)
        seen.append(ctx)
        return 255 - frame

    video = open_file(film, LIMITS).video
    assert video is not None
    output = tmp_path / "out.mkv"
    applied = video.apply(lambda: invert)
    write_clip(output, Streams(applied.clip, applied, None), FORMATS["mkv"], lambda done: None)
    assert [round(ctx.time_s * 30) for ctx in seen] == list(range(90))
    assert (seen[0].rate, seen[0].duration_s) == (30.0, 3.0)
    plain = next(iter(video.apply(lambda: lambda frame, ctx: frame).frames())).to_ndarray()
    assert np.array_equal(frames_of(output)[0], 255 - plain)


def test_memory_is_flat_when_the_encoder_is_slow(film: Path) -> None:
    """The decoder runs at most a queue ahead of whoever takes the frames."""
    video = open_file(film, LIMITS).video
    assert video is not None
    frames = video.frames()
    first = [next(frames) for _ in range(3)]
    assert [frame.pts for frame in first] == [0, 1, 2]
    frames.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "suffix", ["mp4", "mkv", "webm", "mov", "avi", "flv", "ts", "wav", "flac", "mp3", "m4a"], ids=str
)
def test_a_truncated_file_is_an_error_not_a_shorter_result(tmp_path: Path, suffix: str) -> None:
    source, cut = tmp_path / f"source.{suffix}", tmp_path / f"cut.{suffix}"
    if suffix in ("wav", "flac", "mp3", "m4a"):
        make_sound(source, seconds=4)
    else:
        make_film(source, size=(320, 240), rate=30, seconds=4)
    data = source.read_bytes()
    cut.write_bytes(data[: len(data) // 3])
    with pytest.raises((MediaError, RenderError), match=r"truncated|damaged|cut short"):
        render(cut, [], tmp_path / ("out.mkv" if probe(cut).kind == "film" else "out.wav"))


def test_a_film_whose_sound_outlasts_it_is_whole(tmp_path: Path) -> None:
    source = make_film(tmp_path / "long-sound.mkv", size=(64, 48), seconds=1, audio="sine", sound_seconds=4)
    clip = probe(source)
    assert (clip.duration, clip.frames) == (1, 30)


@pytest.mark.parametrize("rate", [24, 25, 30, 50, 60, Fraction(24000, 1001), Fraction(30000, 1001)], ids=str)
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm", "avi", "ts"])
def test_the_rate_of_a_film_is_exact_however_short_it_is(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    for seconds in (0.2, 5):
        film = make_film(tmp_path / f"film.{suffix}", size=(64, 48), rate=rate, seconds=seconds, audio=None)
        picture = probe(film).picture
        assert picture is not None
        assert (picture.rate, picture.variable) == (rate, False)


def test_stopping_early_ends_the_threads(film: Path) -> None:
    import threading

    before = threading.active_count()
    streams = open_file(film, LIMITS)
    video, audio = streams.video, streams.audio
    assert video is not None
    assert audio is not None
    for stream in (video.frames(), audio.blocks()):
        next(stream)
        stream.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


@pytest.mark.parametrize("suffix", [".m4a", ".opus", ".mp3", ".flac"])
def test_a_cut_sound_is_that_part_of_the_whole_from_its_first_sample(suffix: str, tmp_path: Path) -> None:
    """A lossy block that is decoded without those before it is wrong in its first half."""
    source = make_sound(tmp_path / f"tone{suffix}", seconds=2)
    render(source, [("SEGMENT", {"offset": 0.7, "duration": 0.5})], tmp_path / "cut.wav")
    render(source, [], tmp_path / "whole.wav")
    cut, whole = samples_of(tmp_path / "cut.wav"), samples_of(tmp_path / "whole.wav")
    assert cut.shape[-1] == 24_000
    assert np.abs(cut - whole[..., 33_600:57_600]).max() < 1e-3


def test_a_cut_below_filters_is_the_cut_above_them(film: Path) -> None:
    whole = open_file(film, LIMITS).video
    assert whole is not None
    bright = whole.filter(Filter("hue", h=40)).into(Box((100, 80), (120, 90)))
    cut = bright.cut(Fraction(1), Fraction(2))
    assert not isinstance(cut.origin, CutFrames)
    assert isinstance(bright.filter(Filter("lagfun")).cut(Fraction(1), None).origin, CutFrames)
    expected = list(bright.frames())[30:60]
    found = list(cut.frames())
    assert [frame.pts for frame in found] == list(range(30))
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.to_ndarray(), other.to_ndarray())
