"""What is in the files: codecs, settings, colour tags, and the same bytes on every machine."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import FORMATS, choose_encoding
from tests.core.ops.rendering import flat_yuv, pixels, write_frames
from tests.media_files import frames_of, make_film, make_still, picture_array

LIMITS = Limits()
ROOT = Path(__file__).parents[3]
FILMS = [("mp4", None), ("webm", None), ("webm", "av1"), ("mkv", None), ("gif", None)]
SOUNDS = {"wav": "pcm_s16le", "flac": "flac", "mp3": "mp3float", "m4a": "aac", "opus": "libopus"}


def encode(source: Path, output: Path, quality: int | None = None, codec: str | None = None) -> Path:
    """A file, written again in the format of the suffix."""
    streams = open_file(source, LIMITS)
    write_clip(output, streams, choose_encoding(streams.clip, output.suffix[1:], quality, codec), lambda done: None)
    return output


def stream_of(path: Path, kind: str = "video") -> dict[str, Any]:
    """Codec, profile, format, tags and key frames as FFmpeg finds them."""
    with av.open(str(path)) as container:
        stream: Any = getattr(container.streams, kind)[0]
        context = stream.codec_context
        if kind == "audio":
            return {"codec": context.name, "rate": context.sample_rate, "layout": context.layout.name}
        keys = [index for index, frame in enumerate(container.decode(stream)) if frame.key_frame]
        tags = (context.colorspace, context.color_range, context.color_primaries, context.color_trc)
        return {
            "codec": context.name,
            "profile": context.profile,
            "pix_fmt": context.pix_fmt,
            "keys": keys,
            "tags": tuple(map(int, tags)),
        }


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    return make_film(path, size=(160, 120), rate=30, seconds=3.5, codec="ffv1", pix_fmt="yuv420p")


@pytest.mark.parametrize(
    ("suffix", "codec", "wanted"),
    [
        ("mp4", None, {"codec": "h264", "profile": "High", "pix_fmt": "yuv420p", "keys": [0, 48, 96]}),
        ("webm", None, {"codec": "vp9", "profile": "Profile 0", "pix_fmt": "yuv420p", "keys": [0, 48, 96]}),
        ("webm", "av1", {"codec": "libdav1d", "profile": "Main", "pix_fmt": "yuv420p", "keys": [0, 48, 96]}),
        ("mkv", None, {"codec": "ffv1", "pix_fmt": "yuv420p", "keys": list(range(105))}),
        ("gif", None, {"codec": "gif"}),
    ],
)
def test_a_film_has_the_codec_and_settings_of_its_format(
    film: Path, tmp_path: Path, suffix: str, codec: str | None, wanted: dict[str, Any]
) -> None:
    found = stream_of(encode(film, tmp_path / f"out.{suffix}", codec=codec))
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "aac"), ("webm", "libopus"), ("mkv", "flac")])
def test_the_sound_of_a_film_has_the_codec_of_its_format(film: Path, tmp_path: Path, suffix: str, codec: str) -> None:
    found = stream_of(encode(film, tmp_path / f"out.{suffix}"), "audio")
    assert found["codec"].removeprefix("lib") == codec.removeprefix("lib")
    assert (found["rate"], found["layout"]) == (48000, "stereo")


@pytest.mark.parametrize("suffix", SOUNDS)
def test_a_sound_has_the_codec_of_its_format(film: Path, tmp_path: Path, suffix: str) -> None:
    found = stream_of(encode(film, tmp_path / f"out.{suffix}"), "audio")
    assert found["codec"].removeprefix("lib") == SOUNDS[suffix].removeprefix("lib")


@pytest.mark.parametrize("suffix", ["mp4", "m4a"])
def test_a_player_can_begin_before_all_is_there(film: Path, tmp_path: Path, suffix: str) -> None:
    data = encode(film, tmp_path / f"out.{suffix}").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")


@pytest.mark.parametrize("suffix", ["mp4", "webm", "mkv"])
@pytest.mark.parametrize(
    ("size", "tags"), [((160, 120), (6, 1, 6, 1)), ((1280, 720), (1, 1, 1, 1)), ((160, 120), (1, 1, 1, 1))]
)
def test_a_film_says_what_its_colours_mean(
    tmp_path: Path, suffix: str, size: tuple[int, int], tags: tuple[int, ...]
) -> None:
    source = write_frames(tmp_path / "in.mkv", [flat_yuv(120, 100, 160, size)], "yuv444p", tags=(tags[0], tags[1]))
    found = stream_of(encode(source, tmp_path / f"out.{suffix}"))["tags"]
    assert found[:2] == tags[:2]
    assert found[2] == tags[2]


@pytest.mark.parametrize(("size", "matrix"), [((160, 120), 6), ((1280, 720), 1)])
@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_rgb_becomes_the_matrix_that_the_file_names(
    tmp_path: Path, suffix: str, size: tuple[int, int], matrix: int
) -> None:
    """By the formulas of BT.601 and BT.709: luma 16 + 219 (kr R + kg G + kb B)."""
    frame = np.zeros((size[1], size[0], 4), np.uint8)
    frame[:] = (40, 60, 200, 255)  # blue, green, red
    source = write_frames(tmp_path / "in.mkv", [frame] * 2, "bgra")
    out = encode(source, tmp_path / f"out.{suffix}")
    red, blue = {6: (0.299, 0.114), 1: (0.2126, 0.0722)}[matrix]
    luma = 16 + 219 * (red * 200 + (1 - red - blue) * 60 + blue * 40) / 255
    assert stream_of(out)["tags"][:2] == (matrix, 1)
    assert frames_of(out, "yuv420p")[0][40, 40] == pytest.approx(luma, abs=2)


HOST = rb"Lav[cf]\d|libvpx|SVT-AV1|\d{4}-\d\d-\d\d[T ]"


@pytest.mark.parametrize("suffix", [*dict(FILMS), *SOUNDS])
def test_no_file_says_when_or_where_it_was_made(film: Path, tmp_path: Path, suffix: str) -> None:
    data = encode(film, tmp_path / f"out.{suffix}").read_bytes()
    assert re.findall(HOST, data) == []
    if suffix in ("mp4", "m4a"):
        at = data.find(b"mvhd")
        assert data[at + 8 : at + 16] == bytes(8)  # created and changed: never


CODE = """
import sys, pathlib
from tests.core.media.test_encodings import encode
encode(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), codec=sys.argv[3] or None)
"""


@pytest.mark.parametrize(("suffix", "codec"), FILMS)
def test_the_bytes_are_the_same_on_one_core_and_on_all(tmp_path: Path, suffix: str, codec: str | None) -> None:
    source = make_film(tmp_path / "in.mkv", size=(330, 250), seconds=2.2, codec="ffv1", pix_fmt="yuv420p")
    digests = set()
    for number, cores in enumerate([{min(os.sched_getaffinity(0))}, os.sched_getaffinity(0)]):
        out = tmp_path / f"{number}.{suffix}"
        run = subprocess.run(
            [sys.executable, "-c", CODE, source, out, codec or ""],
            cwd=ROOT,
            capture_output=True,
            preexec_fn=lambda cores=cores: os.sched_setaffinity(0, cores),
        )
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
        digests.add(hashlib.sha3_256(out.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("width", [320, 322, 352, 720])
def test_x264_does_not_depend_on_what_the_processor_knows(tmp_path: Path, width: int) -> None:
    """Its macroblock tree is the same with AVX-512 and with SSE2: long enough a film for it to matter."""
    source = make_film(tmp_path / "in.mkv", size=(width, 96), seconds=2.2, audio=None, codec="ffv1")
    ours = hashlib.sha3_256(_without_settings(encode(source, tmp_path / "ours.mp4"))).hexdigest()
    plain = hashlib.sha3_256(_without_settings(_with_sse2(source, tmp_path / "sse2.mp4"))).hexdigest()
    assert ours == plain


def _with_sse2(source: Path, path: Path) -> Path:
    video = FORMATS["mp4"].video
    options = {"crf": str(video["crf"]), "preset": video["preset"], "profile": video["profile"]}
    with av.open(str(source)) as film, av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream: Any = container.add_stream("libx264", rate=30, options={**options, "x264-params": "asm=SSE2"})
        stream.width, stream.height, stream.pix_fmt = film.streams.video[0].width, 96, "yuv420p"
        stream.codec_context.thread_count, stream.codec_context.thread_type = video["threads"], "FRAME"
        stream.codec_context.gop_size = video["gop"]
        for frame in film.decode(video=0):
            frame.pict_type = 0
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _without_settings(path: Path) -> bytes:
    """The coded pictures (x264 writes its settings beside the first)."""
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    return b"".join(packets[1:])


@pytest.mark.parametrize("format", ["jpeg", "webp", "avif", "mp4", "mp3", "m4a", "opus"])
def test_quality_changes_what_is_written(film: Path, tmp_path: Path, format: str) -> None:
    source = make_still(tmp_path / "in.png") if FORMATS[format].kind == "still" else film
    low, high = {"mp4": (40, 18), "mp3": (64, 256), "m4a": (64, 256), "opus": (32, 256)}.get(format, (30, 95))
    sizes = [
        encode(source, tmp_path / f"{quality}.{format}", quality=quality).stat().st_size for quality in (low, high)
    ]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "avif"])
@pytest.mark.parametrize("size", [(64, 48), (63, 47), (1, 1)])
def test_a_still_keeps_its_size_and_looks(tmp_path: Path, format: str, size: tuple[int, int]) -> None:
    array = np.dstack([picture_array(*size)[..., 1]] * 3)
    source = make_still(tmp_path / "in.png", array)
    out = encode(source, tmp_path / f"out.{format}")
    with Image.open(out) as image:
        assert image.format == format.upper()
    assert np.abs(pixels(out) - array).mean() < (1e-9 if format == "png" else 4)
    again = encode(source, tmp_path / f"again.{format}")
    assert out.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p", "yuv420p10le", "yuv422p12le", "gbrp", "bgra", "gray"])
@pytest.mark.parametrize("size", [(64, 48), (63, 47), (640, 359), (5, 3)])
def test_a_lossless_film_has_every_pixel_of_its_source(tmp_path: Path, pix_fmt: str, size: tuple[int, int]) -> None:
    codec, options = "ffv1", {"slices": "1"} if size == (5, 3) else {}
    if pix_fmt == "gbrp":
        codec, pix_fmt, options = "libx264rgb", "rgb24", {"crf": "0"}
    source = make_film(
        tmp_path / "in.mkv", size=size, seconds=0.1, audio=None, codec=codec, pix_fmt=pix_fmt, options=options
    )
    out = encode(source, tmp_path / "out.mkv")
    assert _raw(out, pix_fmt) == _raw(source, pix_fmt)


def _raw(path: Path, pix_fmt: str) -> list[bytes]:
    with av.open(str(path)) as container:
        frames = [frame.reformat(format=pix_fmt) for frame in container.decode(video=0)]
    return [b"".join(_rows(plane, frame) for plane in frame.planes) for frame in frames]


def _rows(plane: Any, frame: av.VideoFrame) -> bytes:
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    used = plane.width * max(1, frame.format.padded_bits_per_pixel // 8 if len(frame.planes) == 1 else 1)
    return rows[:, :used].tobytes()
