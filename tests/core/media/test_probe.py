"""What a file is found to be is what was written into it."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from artcelery.core.errors import MediaError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.probe import probe
from tests.media_files import make_film, make_sound, make_still, picture_array, times_of

NTSC = Fraction(30_000, 1001)
SIZE = (64, 48)


def picture_of(path: Path) -> Picture:
    picture = probe(path).picture
    assert picture is not None
    return picture


def sound_of(path: Path) -> Sound:
    sound = probe(path).sound
    assert sound is not None
    return sound


# Films: when their pictures are shown.


@pytest.mark.parametrize("rate", [Fraction(25, 2), 24, 25, NTSC, 60, Fraction(24_000, 1001), 120])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".ts"])
def test_rate_length_and_number_of_pictures_are_those_written(
    tmp_path: Path, suffix: str, rate: int | Fraction
) -> None:
    clip = probe(make_film(tmp_path / f"film{suffix}", size=SIZE, rate=rate, seconds=1, audio=None))
    frames = len(times_of(tmp_path / f"film{suffix}"))
    assert clip.picture is not None
    assert (clip.kind, clip.picture.size, clip.picture.rate, clip.picture.variable) == ("film", SIZE, rate, False)
    assert (clip.frames, clip.duration) == (frames, frames / Fraction(rate))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_a_film_with_uneven_steps_has_an_average_rate_and_its_own_number_of_pictures(
    tmp_path: Path, suffix: str
) -> None:
    path = make_film(tmp_path / f"film{suffix}", size=SIZE, variable=True, audio=None)
    times = times_of(path)
    clip = probe(path)
    assert clip.picture is not None
    assert clip.duration is not None
    assert clip.picture.variable
    assert clip.frames == len(times) == 40
    assert 0 < clip.duration - times[-1] <= Fraction(1, 15)
    assert clip.picture.rate == (clip.frames / clip.duration).limit_denominator(100_000)


def copied_from(source: Path, target: Path, begin: Fraction) -> Path:
    """The packets from the key frame before `begin` on, with `begin` as time 0, as `ffmpeg -ss -c copy` does it."""
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        streams = {item.index: made.add_stream_from_template(item) for item in given.streams}
        given.seek(int(begin * av.time_base))
        for packet in given.demux():
            if packet.dts is None or packet.pts is None:
                continue
            shift = int(begin / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = streams[packet.stream.index]
            made.mux(packet)
    return target


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_pictures_before_the_beginning_of_an_edit_list_are_not_counted(tmp_path: Path, suffix: str) -> None:
    source = make_film(tmp_path / "source.mp4", size=SIZE, rate=10, seconds=3, gop=10, audio=None)
    path = copied_from(source, tmp_path / f"part{suffix}", Fraction(14, 10))
    with av.open(str(path)) as container:
        packets = sum(packet.size > 0 for packet in container.demux(video=0))
    clip = probe(path)
    assert (packets, clip.frames, clip.duration) == (20, 16, Fraction(16, 10))
    video = open_file(path, Limits()).video
    assert video is not None
    shown = [frame.to_ndarray(format="gray") for frame in video.frames()]
    whole = open_file(source, Limits()).video
    assert whole is not None
    wanted = [frame.to_ndarray(format="gray") for frame in whole.frames()][14:]
    assert np.array_equal(shown, wanted)


# Films: how their pictures are stored.

_TURNS = [(0, False), (0, True), (180, False), (180, True), (90, True), (270, False), (270, True), (90, False)]


@pytest.mark.parametrize(("degrees", "mirrored"), _TURNS)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_turned_film_has_the_size_and_pixels_it_is_shown_with(
    tmp_path: Path, suffix: str, degrees: int, mirrored: bool
) -> None:
    path = tmp_path / f"film{suffix}"
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        stream.set_display_rotation(degrees, hflip=mirrored)
        for index in range(5):
            frame = av.VideoFrame.from_ndarray(picture_array(), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    picture = picture_of(path)
    upright = degrees in (0, 180)
    assert picture.size == (SIZE if upright else SIZE[::-1])
    assert picture.sar == (Fraction(4, 3) if upright else Fraction(3, 4))
    # The white block is top left in the file: a turn counter-clockwise takes it down, a mirror to the other side.
    corners = {0: "top left", 90: "bottom left", 180: "bottom right", 270: "top right"}
    corner = corners[degrees]
    if mirrored:
        corner = corner.replace("left", "x").replace("right", "left").replace("x", "right")
    assert _white_corner(path) == corner


def _white_corner(path: Path) -> str:
    video = open_file(path, Limits()).video
    assert video is not None
    shown = next(video.frames()).to_ndarray(format="rgb24").astype(int).min(axis=2)
    high, wide = shown.shape[0] // 8, shown.shape[1] // 8
    corners = {
        "top left": shown[:high, :wide],
        "top right": shown[:high, -wide:],
        "bottom left": shown[-high:, :wide],
        "bottom right": shown[-high:, -wide:],
    }
    return max(corners, key=lambda name: corners[name].mean())


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "depth", "alpha"),
    [
        ("a.mp4", "", "yuv420p", 8, False),
        ("a.mp4", "", "yuv444p", 8, False),
        ("a.mkv", "", "yuv420p10le", 10, False),
        ("a.mkv", "ffv1", "yuv422p10le", 10, False),
        ("a.mkv", "ffv1", "gray", 8, False),
        ("a.mkv", "ffv1", "rgb48le", 16, False),
        ("a.mkv", "ffv1", "yuva420p", 8, True),
        ("a.mov", "qtrle", "argb", 8, True),
        ("a.mov", "prores_ks", "yuva444p10le", 12, True),
        ("a.webm", "", "yuva420p", 8, True),
        ("a.apng", "", "rgba", 8, True),
    ],
)
def test_depth_and_transparency_are_those_of_the_stream(
    tmp_path: Path, name: str, codec: str, pix_fmt: str, depth: int, alpha: bool
) -> None:
    path = make_film(tmp_path / name, size=SIZE, seconds=0.3, codec=codec, pix_fmt=pix_fmt, audio=None)
    picture = picture_of(path)
    assert (picture.depth, picture.alpha) == (depth, alpha)


def test_a_webm_says_that_it_is_transparent_in_capitals_too(tmp_path: Path) -> None:
    path = make_film(
        tmp_path / "film.webm",
        size=SIZE,
        seconds=0.3,
        pix_fmt="yuva420p",
        audio=None,
        metadata={"alpha_mode": "1"},
    )
    with av.open(str(path)) as container:
        assert container.streams.video[0].metadata["ALPHA_MODE"] == "1"
    assert picture_of(path).alpha


def test_pixels_keep_their_shape(tmp_path: Path) -> None:
    for suffix in (".mp4", ".mkv", ".mpg"):
        path = make_film(tmp_path / f"film{suffix}", size=SIZE, seconds=0.3, sar=Fraction(4, 3), audio=None)
        assert picture_of(path).sar == Fraction(4, 3)


@pytest.mark.parametrize("suffix", [".gif", ".apng"])
def test_a_picture_that_moves_is_a_film(tmp_path: Path, suffix: str) -> None:
    clip = probe(make_film(tmp_path / f"film{suffix}", size=SIZE, rate=25, seconds=0.4))
    assert (clip.kind, clip.frames, clip.duration) == ("film", 10, Fraction(2, 5))


# Sound.


@pytest.mark.parametrize("layout", ["mono", "stereo", "2.1", "quad", "5.0", "5.1", "7.1"])
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".m4a"])
def test_channels_and_length_of_a_sound_are_those_written(tmp_path: Path, suffix: str, layout: str) -> None:
    clip = probe(make_sound(tmp_path / f"sound{suffix}", seconds=1.25, layout=layout))
    channels = av.AudioLayout(layout).nb_channels
    assert clip == Clip("sound", sound=Sound(48_000, layout, channels, 16), duration=Fraction(5, 4))


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".m4a", ".mp3"])
def test_a_sound_is_as_long_as_its_samples(tmp_path: Path, suffix: str, rate: int) -> None:
    if (suffix, rate) == (".mp3", 96_000):
        pytest.skip("MP3 has no such rate")
    clip = probe(make_sound(tmp_path / f"sound{suffix}", seconds=1.25, sample_rate=rate))
    assert clip.sound is not None
    assert (clip.sound.rate, clip.duration) == (rate, Fraction(int(1.25 * rate + 0.5), rate))


@pytest.mark.parametrize(
    ("codec", "bits"), [("pcm_u8", 8), ("pcm_s16le", 16), ("pcm_s24le", 24), ("pcm_s32le", 32), ("pcm_f32le", 32)]
)
def test_samples_keep_their_bits(tmp_path: Path, codec: str, bits: int) -> None:
    assert sound_of(make_sound(tmp_path / "sound.wav", seconds=0.5, codec=codec)).bits == bits


def test_the_sound_of_a_film_is_described_beside_its_pictures(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", size=SIZE, seconds=1, layout="5.1", sample_rate=44_100)
    assert sound_of(path) == Sound(44_100, "5.1", 6, 16)
    assert probe(make_film(tmp_path / "silent.mp4", size=SIZE, seconds=1, audio=None)).sound is None


def test_a_song_with_a_cover_is_a_sound(tmp_path: Path) -> None:
    clip = probe(make_sound(tmp_path / "song.mp3", cover=True))
    assert (clip.kind, clip.picture, clip.duration) == ("sound", None, 2)
    clip = probe(make_sound(tmp_path / "song.m4a", cover=True, format="mp4"))
    assert (clip.kind, clip.picture, clip.duration) == ("sound", None, 2)


def test_which_of_several_sound_tracks_is_read_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    first, second = (make_sound(tmp_path / f"{layout}.flac", layout=layout) for layout in ("mono", "stereo"))
    film = make_film(tmp_path / "film.mp4", size=SIZE, audio=None)
    with av.open(str(path), "w") as output:
        inputs = [av.open(str(source)) for source in (film, first, second)]
        streams = [output.add_stream_from_template(given.streams[0]) for given in inputs]
        streams[1].disposition = av.stream.Disposition(0)
        streams[2].disposition = av.stream.Disposition.default
        for given, stream in zip(inputs, streams, strict=True):
            for packet in given.demux():
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)
            given.close()
    clip = probe(path)
    assert clip.notes == ("of 2 sound tracks, number 2 is read",)
    assert clip.sound is not None
    assert clip.sound.layout == "stereo"


# Pictures.


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tiff", ".avif"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_turned_picture_has_the_size_it_is_shown_with(tmp_path: Path, suffix: str, turn: int) -> None:
    clip = probe(make_still(tmp_path / f"still{suffix}", turn=turn))
    assert clip.picture is not None
    assert (clip.kind, clip.frames, clip.duration) == ("still", 1, None)
    assert clip.picture.size == (SIZE if turn < 5 else SIZE[::-1])


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tiff", ".avif"])
def test_transparent_pictures_are_told_from_opaque_ones(tmp_path: Path, suffix: str) -> None:
    assert picture_of(make_still(tmp_path / f"alpha{suffix}", picture_array(channels=4))).alpha
    assert not picture_of(make_still(tmp_path / f"opaque{suffix}")).alpha


def test_a_palette_with_a_transparent_colour_is_transparent(tmp_path: Path) -> None:
    for suffix in (".gif", ".png"):
        path = tmp_path / f"still{suffix}"
        Image.fromarray(picture_array()).quantize(16).save(path, transparency=3)
        assert (probe(path).kind, picture_of(path).alpha) == ("still", True)


def _profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]


def test_conversions_on_the_way_in_are_noted(tmp_path: Path) -> None:
    array = np.linspace(0, 65535, 64 * 48, dtype=np.uint16).reshape(48, 64)
    for suffix in (".png", ".tiff"):
        assert probe(make_still(tmp_path / f"deep{suffix}", array)).notes == ("16 bits a channel are read as 8",)
    Image.fromarray(picture_array()).convert("CMYK").save(tmp_path / "cmyk.jpg")
    assert probe(tmp_path / "cmyk.jpg").notes == (
        "CMYK is converted to sRGB, without a profile: colours are approximate",
    )
    assert probe(make_still(tmp_path / "srgb.png", icc_profile=_profile("sRGB"))).notes == ()
    Image.fromarray(picture_array()).convert("LAB").save(tmp_path / "lab.tiff", icc_profile=_profile("LAB"))
    assert probe(tmp_path / "lab.tiff").notes == ("the ICC profile is converted to sRGB",)


def test_a_colour_profile_that_is_broken_is_refused_by_name(tmp_path: Path) -> None:
    path = make_still(tmp_path / "odd.png", icc_profile=_profile("sRGB")[:200])
    with pytest.raises(MediaError, match=r"odd\.png' is a picture that cannot be decoded \(its colour profile"):
        probe(path)


def test_the_first_page_of_a_document_is_read_and_that_is_noted(tmp_path: Path) -> None:
    pages = [Image.fromarray(picture_array(64, 48 + number)) for number in range(3)]
    pages[0].save(tmp_path / "pages.tiff", save_all=True, append_images=pages[1:])
    clip = probe(tmp_path / "pages.tiff")
    assert (clip.kind, clip.notes) == ("still", ("only the first page of the TIFF is read",))


def make_moving(path: Path, channels: int = 3) -> Path:
    """A picture and its negative, half a second each."""
    array = picture_array(channels=channels)
    first, second = Image.fromarray(array), Image.fromarray(255 - array)
    first.save(path, save_all=True, append_images=[second], duration=500)
    return path


def test_an_animated_avif_is_a_film_of_all_its_pictures(tmp_path: Path) -> None:
    path = make_moving(tmp_path / "moving.avif")
    clip = probe(path)
    assert (clip.kind, clip.frames, clip.duration) == ("film", 2, 1)
    video = open_file(path, Limits()).video
    assert video is not None
    first, second = (frame.to_ndarray(format="rgb24").astype(int) for frame in video.frames())
    assert abs(first + second - 255).mean() < 5


@pytest.mark.parametrize(("name", "channels"), [("moving.webp", 3), ("moving.avif", 4)])
def test_what_moves_and_cannot_be_read_whole_is_refused_with_a_way_out(
    tmp_path: Path, name: str, channels: int
) -> None:
    with pytest.raises(MediaError, match=r"is an animated .*, which is not read; convert it to webm, mp4 or gif"):
        probe(make_moving(tmp_path / name, channels))


def test_a_files_suffix_says_nothing(tmp_path: Path) -> None:
    packed = io.BytesIO()
    Image.fromarray(picture_array()).save(packed, "PNG")
    (tmp_path / "picture.mp4").write_bytes(packed.getvalue())
    assert probe(tmp_path / "picture.mp4").kind == "still"
    make_film(tmp_path / "film.mp4", size=SIZE, seconds=0.5).rename(tmp_path / "film.txt")
    assert probe(tmp_path / "film.txt").kind == "film"
