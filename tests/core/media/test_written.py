"""What an encoding changes is said in words, and what is said is what happens."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.conversion import written
from artcelery.core.media.editing.fitting import Box
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.profiles import FORMATS, choose_encoding
from artcelery.core.media.stream import Streams
from tests.core.media.test_encodings import encode
from tests.core.ops.rendering import pixels, shown, write_frames
from tests.media_files import frames_of, make_film, make_sound, make_still

LAID = " (a LAYER with a `background`: on that)"
LIMITS = Limits()
PICTURE = Picture(320, 240, "yuv420p", rate=Fraction(30), matrix="smpte170m", color_range="tv")
SOUND = Sound(48000, "stereo", 2)


def notes(format: str, sound: Sound | None = SOUND, codec: str | None = None, **picture: Any) -> tuple[str, ...]:
    """The notes of a film with these changes to a plain one."""
    clip = Clip("film", replace(PICTURE, **picture), sound, Fraction(2), 60)
    return written(clip, choose_encoding(clip, format, None, codec)).notes


@pytest.mark.parametrize("format", ["mp4", "webm", "mkv"])
def test_a_plain_film_is_written_without_notes(format: str) -> None:
    assert notes(format) == ()


@pytest.mark.parametrize(
    ("format", "change", "words"),
    [
        ("mp4", {"depth": 10, "pix_fmt": "yuv420p10le"}, ["10-bit colour becomes 8-bit (yuv420p)"]),
        ("mp4", {"alpha": True}, ["mp4 has no transparency: the picture is laid on #000000" + LAID]),
        ("webm", {"alpha": True}, []),
        ("mp4", {"width": 321}, ["321x240 becomes 322x240: yuv420p needs even sizes, so the last column of pixels is"]),
        ("webm", {"height": 239}, ["320x239 becomes 320x240: yuv420p needs even sizes, so the last row of pixels is"]),
        ("mp4", {"pix_fmt": "yuv444p"}, ["yuv444p becomes yuv420p: colour is kept at half the width and height"]),
        ("mp4", {"sar": Fraction(16, 11)}, []),
        ("webm", {"sar": Fraction(2)}, ["320x240 becomes 640x240: webm is written with square pixels"]),
        ("mkv", {"sar": Fraction(1, 2)}, ["320x240 becomes 320x480: mkv is written with square pixels"]),
        ("mp4", {"transfer": "smpte2084", "depth": 10}, ["10-bit colour", "high dynamic range (smpte2084)"]),
        ("mkv", {"depth": 12, "alpha": True, "width": 321}, []),
        ("gif", {"rate": Fraction(60)}, ["gif has 256 colours", "60 fps becomes 50", "gif holds no sound"]),
        ("gif", {"alpha": True}, ["gif has 256", "gif knows no half transparency", "gif holds no sound"]),
        ("wav", {}, ["wav holds sound only: the picture is left out"]),
    ],
)
def test_each_change_of_the_picture_is_said(format: str, change: dict[str, Any], words: list[str]) -> None:
    found = notes(format, **change)
    assert len(found) == len(words)
    assert all(note.startswith(start) for note, start in zip(found, words, strict=True))


def test_av1_has_no_transparency_and_says_so() -> None:
    assert notes("webm", codec="av1", alpha=True) == (
        "webm has no transparency: the picture is laid on #000000" + LAID,
    )


@pytest.mark.parametrize(
    ("format", "sound", "words"),
    [
        ("mp3", Sound(48000, "5.1", 6), ["5.1 sound becomes stereo: mp3 holds at most 2 channels"]),
        ("opus", Sound(44100, "stereo", 2), ["sound of 44100 Hz becomes 48000 Hz: opus has no 44100 Hz"]),
        ("mp3", Sound(96000, "mono", 1), ["sound of 96000 Hz becomes 48000 Hz: mp3 has no 96000 Hz"]),
        ("opus", Sound(48000, "2.1", 3), ["2.1 sound becomes 3.0: opus has no 2.1"]),
        ("opus", Sound(48000, "4.0", 4), ["4.0 sound becomes quad: opus has no 4.0"]),
        ("opus", Sound(48000, "5.1(side)", 6), []),
        ("m4a", Sound(96000, "5.1", 6), []),
        ("wav", Sound(22050, "5.1", 6, 24), []),
        ("flac", Sound(48000, "mono", 1, 32), ["32-bit sound becomes 24-bit"]),
    ],
)
def test_each_change_of_the_sound_is_said(format: str, sound: Sound, words: list[str]) -> None:
    clip = Clip("sound", None, sound, Fraction(2))
    found = written(clip, choose_encoding(clip, format)).notes
    assert len(found) == len(words)
    assert all(note.startswith(start) for note, start in zip(found, words, strict=True))


@pytest.mark.parametrize("format", ["wav", "flac", "mp3", "m4a", "opus"])
@pytest.mark.parametrize("layout", ["mono", "stereo", "2.1", "4.0", "5.1", "5.1(side)", "7.1"])
@pytest.mark.parametrize("rate", [22050, 96000])
def test_what_is_said_of_a_sound_is_in_the_file(tmp_path: Path, format: str, layout: str, rate: int) -> None:
    source = make_sound(tmp_path / "in.wav", seconds=0.3, layout=layout, sample_rate=rate)
    clip = probe(source, LIMITS)
    promised = written(clip, FORMATS[format]).sound
    found = probe(encode(source, tmp_path / f"out.{format}"), LIMITS)
    assert promised is not None
    assert found.sound is not None
    assert (found.sound.rate, found.sound.channels) == (promised.rate, promised.channels)
    assert found.sound.layout.removesuffix("(side)") == promised.layout.removesuffix("(side)")
    assert found.duration == pytest.approx(0.3, abs=0.001)


@pytest.mark.parametrize("format", ["wav", "flac", "m4a", "opus"])
def test_each_channel_of_six_comes_out_where_it_went_in(tmp_path: Path, format: str) -> None:
    """Each speaker has a tone of its own (the bass one is low)."""
    tones = [500, 800, 1100, 60, 1700, 2000]
    time = np.arange(48000) / 48000
    sound = np.stack([0.3 * np.sin(2 * np.pi * tone * time) for tone in tones]).astype(np.float32)
    found = _six(encode(_write_six(tmp_path / "in.wav", sound), tmp_path / f"out.{format}"))
    middle = found[:, 12000:36000] * np.hanning(24000)
    loudest = np.argmax(np.abs(np.fft.rfft(middle)), axis=1) * 2
    assert np.abs(loudest - tones).max() <= 4


def _write_six(path: Path, sound: np.ndarray[Any, Any]) -> Path:
    with av.open(str(path), "w") as container:
        track = container.add_stream("pcm_s16le", rate=48000, layout="5.1")
        packed = (sound.T.reshape(1, -1) * 32767).astype(np.int16)
        block = av.AudioFrame.from_ndarray(packed, format="s16", layout="5.1")
        block.sample_rate, block.pts, block.time_base = 48000, 0, Fraction(1, 48000)
        container.mux(track.encode(block))
        container.mux(track.encode(None))
    return path


def _six(path: Path) -> np.ndarray[Any, Any]:
    resampler = av.AudioResampler(format="flt", layout="5.1")
    with av.open(str(path)) as container:
        frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1, 6) for frame in frames]).T


@pytest.mark.parametrize("suffix", ["webm", "mkv", "gif", "mp4"])
def test_transparency_of_a_film_is_kept_or_laid_on_its_ground(tmp_path: Path, suffix: str) -> None:
    frame = np.zeros((48, 64, 4), np.uint8)
    frame[:, :32] = (40, 160, 230, 255)
    source = write_frames(tmp_path / "in.mkv", [frame] * 3, "bgra")
    found = shown(encode(source, tmp_path / f"out.{suffix}"))[0]
    assert np.abs(found[24, 10, :3] - [230, 160, 40]).max() <= 8
    if suffix == "mp4":
        assert found[24, 54].max() <= 3
    else:
        assert found[24, [10, 54], 3] == pytest.approx([255, 0], abs=3)


@pytest.mark.parametrize("suffix", ["png", "webp", "avif", "jpeg"])
def test_transparency_of_a_still_is_kept_or_laid_on_its_ground(tmp_path: Path, suffix: str) -> None:
    picture = np.zeros((48, 64, 4), np.uint8)
    picture[:, :32], picture[:, 32:] = (230, 160, 40, 255), (230, 160, 40, 100)
    out = encode(make_still(tmp_path / "in.png", picture), tmp_path / f"out.{suffix}")
    found = pixels(out, "RGBA")[24, [10, 54]]
    ground = [230, 160, 40, 100] if suffix != "jpeg" else [90, 63, 16, 255]
    assert np.abs(found - [[230, 160, 40, 255], ground]).max() <= 5


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_an_odd_size_repeats_its_last_pixels(tmp_path: Path, suffix: str) -> None:
    source = make_film(tmp_path / "in.mkv", size=(63, 47), seconds=0.2, audio=None, codec="ffv1", pix_fmt="yuv444p")
    found = frames_of(encode(source, tmp_path / f"out.{suffix}"), "gray")[0].astype(int)
    assert found.shape == (48, 64)
    assert np.abs(found[:47, 63] - found[:47, 62]).mean() < 8
    assert np.abs(found[47, :63] - found[46, :63]).mean() < 8


@pytest.mark.parametrize("size", [(41, 33), (40, 33), (41, 32)])
@pytest.mark.parametrize(("suffix", "pix_fmt"), [("mp4", "yuv420p"), ("webm", "yuva420p")])
def test_nothing_of_a_scaled_picture_of_an_odd_size_is_lost(
    tmp_path: Path, size: tuple[int, int], suffix: str, pix_fmt: str
) -> None:
    source = make_film(tmp_path / "in.mkv", size=(64, 48), seconds=0.2, audio=None, codec="ffv1", pix_fmt=pix_fmt)
    opened = open_file(source, LIMITS)
    assert opened.video is not None
    made = opened.video.into(Box(size, size))
    clip = replace(opened.clip, picture=made.picture)
    seen = next(iter(made.frames())).to_ndarray(format="gray").astype(int)
    write_clip(tmp_path / f"out.{suffix}", Streams(clip, made), FORMATS[suffix], lambda done: None)
    found = frames_of(tmp_path / f"out.{suffix}", "gray")[0].astype(int)
    right, below = size[0] % 2, size[1] % 2
    expected = np.pad(seen, ((0, below), (0, right)), mode="edge")
    assert np.abs(found[-3:] - expected[-3:]).mean() < 8
    assert np.abs(found[:, -3:] - expected[:, -3:]).mean() < 8


def test_a_file_that_cannot_be_decoded_is_named_and_not_the_output(tmp_path: Path) -> None:
    source = make_film(tmp_path / "holiday.mkv", size=(64, 48), seconds=3, codec="ffv1")
    opened = open_file(source, LIMITS)
    video, audio = opened.video, opened.audio
    data = bytearray(source.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    source.write_bytes(data)
    assert video is not None
    with pytest.raises(RenderError, match=r"holiday\.mkv"):
        write_clip(tmp_path / "out.mp4", Streams(video.clip, video, audio), FORMATS["mp4"], lambda done: None)


@pytest.mark.parametrize("filters", [[Filter("scale", w="1/0")], [Filter("crop", w=640, h=480)]])
def test_a_filter_that_fails_leaves_no_thread_behind(tmp_path: Path, filters: list[Filter]) -> None:
    source = make_film(tmp_path / "in.mkv", size=(64, 48), seconds=3)
    opened = open_file(source, LIMITS)
    video, audio = opened.video, opened.audio
    before = threading.active_count()
    assert video is not None
    with pytest.raises(RenderError, match="filter"):
        write_clip(
            tmp_path / "out.mp4", Streams(video.clip, video.filter(*filters), audio), FORMATS["mp4"], lambda done: None
        )
    assert threading.active_count() == before


def test_a_writer_that_is_stopped_leaves_no_thread_behind(tmp_path: Path) -> None:
    source = make_film(tmp_path / "in.mkv", size=(64, 48), seconds=3)
    opened = open_file(source, LIMITS)
    video, audio = opened.video, opened.audio
    before = threading.active_count()
    assert video is not None

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_clip(tmp_path / "out.mp4", Streams(video.clip, video, audio), FORMATS["mp4"], stop)
    assert threading.active_count() == before
