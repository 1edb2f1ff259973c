"""Colour, depth and transparency survive the way through filters and encoders, or the plan says what does not."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from artcelery.core.effect import Filter
from artcelery.core.media.conversion import written
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.profiles import FORMATS
from artcelery.core.media.stream import Streams
from tests.media_files import frames_of, make_film, make_still

LIMITS = Limits()
BARS = (
    np.repeat(
        np.array([[255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0], [0, 0, 255]]),
        16,
        axis=0,
    )
    .astype(np.uint8)[None]
    .repeat(64, axis=0)
)


def still_through(source: Path, output: Path, *filters: Filter, alpha: str = "keep") -> None:
    video = open_file(source, LIMITS).video
    assert video is not None
    changed = video.filter(*filters, alpha=alpha)  # type: ignore[arg-type]
    write_clip(output, Streams(changed.clip, changed, None), FORMATS[output.suffix[1:]], lambda done: None)


def rgba(path: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA")).astype(int)


def test_a_still_that_nothing_changes_is_the_same_to_the_byte(tmp_path: Path) -> None:
    source, output = tmp_path / "in.png", tmp_path / "out.png"
    make_still(source, BARS)
    still_through(source, output, Filter("null"))
    assert np.array_equal(rgba(source), rgba(output))


@pytest.mark.parametrize("alpha", ["keep", "through"])
def test_transparency_stays_when_colour_changes(tmp_path: Path, alpha: str) -> None:
    source, output = tmp_path / "in.png", tmp_path / "out.png"
    half = np.dstack([BARS, np.linspace(0, 255, BARS.shape[1]).astype(np.uint8)[None].repeat(64, axis=0)])
    make_still(source, half)
    still_through(source, output, Filter("null") if alpha == "through" else Filter("negate"), alpha=alpha)
    assert np.abs(rgba(output)[:, :, 3] - half[:, :, 3].astype(int)).max() <= 1


def test_blurring_a_transparent_picture_lets_no_hidden_colour_bleed(tmp_path: Path) -> None:
    """Red beside fully transparent green: the blurred edge is red fading out, never brown."""
    source, output = tmp_path / "in.png", tmp_path / "out.png"
    picture = np.zeros((32, 64, 4), np.uint8)
    picture[:, :32] = (255, 0, 0, 255)
    picture[:, 32:] = (0, 255, 0, 0)
    make_still(source, picture)
    still_through(source, output, Filter("gblur", sigma=3), alpha="through")
    found = rgba(output)
    seen = found[found[:, :, 3] > 8]
    assert seen[:, 1].max() <= 8
    assert seen[:, 0].min() >= 240


@pytest.mark.parametrize(("tags", "size"), [("bt709", (320, 240)), ("smpte170m", (320, 240)), ("bt709", (1280, 720))])
def test_the_matrix_of_a_film_decides_what_its_rgb_is(tmp_path: Path, tags: str, size: tuple[int, int]) -> None:
    """Bars written with a known matrix come back as the same RGB, whatever the size of the picture."""
    source = tmp_path / "bars.mkv"
    _bars_film(source, tags, size)
    video = open_file(source, LIMITS).video
    assert video is not None
    seen: list[np.ndarray] = []
    applied = video.apply(lambda: lambda frame, ctx: seen.append(frame.copy()) or frame)
    list(applied.frames())
    for index, colour in enumerate(BARS[0, ::16]):
        middle = seen[0][size[1] // 2, round((index + 0.5) * size[0] / 7)]
        assert np.abs(middle.astype(int) - colour).max() <= 3


def _bars_film(path: Path, matrix: str, size: tuple[int, int]) -> None:
    number = {"bt709": 1, "smpte170m": 6}[matrix]
    columns = np.minimum(np.arange(size[0]) * 7 // size[0], 6)
    array = BARS[0, ::16][columns][None].repeat(size[1], axis=0)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(array), format="rgb24")
    frame.colorspace, frame.color_range = 0, 2
    yuv = frame.reformat(format="yuv444p", dst_colorspace={1: "ITU709", 6: "ITU601"}[number], dst_color_range="MPEG")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv444p"
        stream.codec_context.colorspace, stream.codec_context.color_range = number, 1
        yuv.pts = 0
        container.mux(stream.encode(yuv))
        container.mux(stream.encode(None))


def test_a_film_keeps_its_colours_through_an_rgb_function_and_x264(tmp_path: Path) -> None:
    source, output = tmp_path / "bars.mkv", tmp_path / "out.mp4"
    _bars_film(source, "bt709", (320, 240))
    video = open_file(source, LIMITS).video
    assert video is not None
    applied = video.apply(lambda: lambda frame, ctx: frame)
    write_clip(output, Streams(applied.clip, applied, None), FORMATS["mp4"], lambda done: None)
    again = open_file(output, LIMITS).video
    assert again is not None
    seen: list[np.ndarray] = []
    list(again.apply(lambda: lambda frame, ctx: seen.append(frame.copy()) or frame).frames())
    for index, colour in enumerate(BARS[0, ::16]):
        assert np.abs(seen[0][120, round((index + 0.5) * 320 / 7)].astype(int) - colour).max() <= 6


def test_a_ten_bit_film_keeps_its_depth_in_the_lossless_profile(tmp_path: Path) -> None:
    source, output = tmp_path / "deep.mkv", tmp_path / "out.mkv"
    make_film(source, size=(64, 48), seconds=0.2, audio=None, codec="ffv1", pix_fmt="yuv420p10le")
    video = open_file(source, LIMITS).video
    assert video is not None
    write_clip(output, Streams(video.clip, video, None), FORMATS["mkv"], lambda done: None)
    picture = probe(output, LIMITS).picture
    assert picture is not None
    assert picture.depth == 10
    assert written(video.clip, FORMATS["mp4"]).notes == ("10-bit colour becomes 8-bit (yuv420p)",)


def test_webm_keeps_transparency_and_mp4_says_that_it_cannot(tmp_path: Path) -> None:
    source, webm, mp4 = tmp_path / "clear.mkv", tmp_path / "out.webm", tmp_path / "out.mp4"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgra"
        for index in range(5):
            array = np.zeros((48, 64, 4), np.uint8)
            array[:, :32] = (255, 255, 255, 255)
            frame = av.VideoFrame.from_ndarray(array, format="bgra")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    video = open_file(source, LIMITS).video
    assert video is not None
    write_clip(webm, Streams(video.clip, video, None), FORMATS["webm"], lambda done: None)
    again = open_file(webm, LIMITS).video
    assert again is not None
    assert again.picture.alpha
    first = next(iter(again.frames())).to_ndarray(format="rgba")
    assert first[24, 8, 3] > 250
    assert first[24, 56, 3] < 5
    write_clip(mp4, Streams(video.clip, video, None), FORMATS["mp4"], lambda done: None)
    assert frames_of(mp4)[0][24, 56].max() <= 2
    assert written(video.clip, FORMATS["mp4"]).notes == (
        "mp4 has no transparency: the picture is laid on #000000 (a LAYER with a `background`: on that)",
    )
