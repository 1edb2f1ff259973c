"""Time: what was promised is what is in the file, picture and sound stay in step, and uneven steps are kept."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artcelery.core.media.probing.probe import probe
from tests.core.ops.rendering import (
    Node,
    flat_yuv,
    pixels,
    render,
    samples_and_times,
    shown,
    transform,
    write_frames,
)
from tests.media_files import frames_of, make_film, make_sound, make_still, samples_of, times_of

NTSC = Fraction(30000, 1001)
FILMS: dict[str, dict[str, Any]] = {
    "no-sound": {"audio": None},
    "odd": {"size": (101, 77), "codec": "ffv1", "pix_fmt": "yuv444p", "layout": "mono", "sample_rate": 22050},
    "ten-bit": {"codec": "ffv1", "pix_fmt": "yuv420p10le", "layout": "5.1", "sample_rate": 96000},
    "film": {"rate": Fraction(24000, 1001), "sample_rate": 44100},
    "fast": {"rate": Fraction(60000, 1001)},
    "anamorphic": {"size": (72, 64), "sar": Fraction(64, 45)},
    "upside": {"rotation": 90.0, "suffix": ".mp4"},
}
CHAINS: dict[str, list[Node]] = {
    "cut": [("SEGMENT", {"offset": 0.31, "duration": 0.5})],
    "smaller": [("RESIZE", {"width": "50%"})],
    "padded": [("RESIZE", {"width": 99, "height": 99, "mode": "pad"})],
    "faster": [transform(speed=1.7)],
    "slower": [transform(speed=0.3, rotate=90)],
    "aslant": [transform(rotate=30, crop={"x": 3, "y": 3, "width": "60%", "height": "50%"})],
    "long": [
        ("SEGMENT", {"offset": 0.2}),
        transform(speed=2, brightness=0.1, flip="both"),
        ("RESIZE", {"height": 50}),
        ("SEGMENT", {"offset": 0.05, "duration": 0.2}),
    ],
}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, made = tmp_path_factory.mktemp("films"), {}
    for name, options in FILMS.items():
        options = {"size": (96, 64), "seconds": 1.2, **options}
        made[name] = make_film(folder / f"{name}{options.pop('suffix', '.mkv')}", **options)
    return made


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("film", FILMS)
def test_what_was_promised_is_in_the_file(films: dict[str, Path], tmp_path: Path, film: str, chain: str) -> None:
    out = tmp_path / "out.mkv"
    promised = render(films[film], CHAINS[chain], out)
    found = probe(out)
    assert promised.picture is not None
    assert found.picture is not None
    assert len(frames_of(out, "gray")) == promised.frames == found.frames
    assert found.picture.rate == promised.picture.rate
    assert (found.picture.size, found.picture.sar) == (promised.picture.squared().size, 1)
    assert found.duration == promised.duration == promised.frames / found.picture.rate
    assert (found.sound is None) == (promised.sound is None)
    if promised.sound is not None:
        _same_sound(out, promised)


def _same_sound(out: Path, promised: Any) -> None:
    sound = probe(out).sound
    assert (sound.rate, sound.channels) == (promised.sound.rate, promised.sound.channels)
    seconds = samples_of(out).shape[1] / sound.rate
    assert abs(seconds - promised.duration) < 0.03  # the source's own sound may end a block early


def flash_and_click(path: Path, rate: int | Fraction, sample_rate: int, at: float = 2.0, seconds: float = 3.5) -> Path:
    """White from `at` on, and a tone from the same moment on."""
    count = round(seconds * rate)
    frames = [flat_yuv(235 if index >= at * rate else 16, size=(160, 90)) for index in range(count)]
    begin = next(index for index in range(count) if index >= at * rate) / rate
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    sound = np.where(time >= begin, 0.6 * np.sin(2 * np.pi * 1000 * time), 0)
    return write_frames(path, frames, "yuv444p", rate, tags=(1, 1), sound=sound, sample_rate=sample_rate)


@pytest.mark.parametrize("suffix", ["mp4", "webm", "mkv"])
@pytest.mark.parametrize(("rate", "sample_rate"), [(30, 48000), (NTSC, 44100), (Fraction(60000, 1001), 22050)])
def test_flash_and_click_stay_together(tmp_path: Path, suffix: str, rate: int | Fraction, sample_rate: int) -> None:
    """As a player shows it: by decoded time stamps, priming cut off as the file says."""
    source = flash_and_click(tmp_path / "in.mkv", rate, sample_rate)
    out = tmp_path / f"out.{suffix}"
    chain: list[Node] = [
        ("SEGMENT", {"offset": 0.77, "duration": 2.5}),
        transform(speed=1.25),
        ("RESIZE", {"width": 80}),
    ]
    render(source, chain, out)
    light = np.array([frame.mean() for frame in frames_of(out, "gray")])
    flash = float(times_of(out)[int(np.argmax(light > 120))])
    samples, times = samples_and_times(out)
    click = times[int(np.argmax(np.abs(samples) > 0.3))]
    assert flash == pytest.approx((2.0 - 0.77) / 1.25, abs=float(2 / rate))
    assert click == pytest.approx(flash, abs=float(1 / rate) + 1024 / sample_rate)


def test_a_cut_after_a_change_of_sound_keeps_step(tmp_path: Path) -> None:
    """The cut falls between two pictures: both begin at the next one, whatever came before the cut."""
    source = flash_and_click(tmp_path / "in.mkv", 10, 48000)
    cut: Node = ("SEGMENT", {"offset": 1.91})
    found = {}
    for name, chain in {"source": [cut], "changed": [transform(volume=0.9, brightness=0.001), cut]}.items():
        out = tmp_path / f"{name}.mkv"
        promised = render(source, chain, out)
        light = [frame.mean() > 120 for frame in frames_of(out, "gray")]
        click = int(np.argmax(np.abs(samples_of(out)[0]) > 0.2))
        found[name] = promised.frames, len(light), light[0], click < 100, samples_of(out).shape[1]
    assert found["source"] == found["changed"] == (15, 15, True, True, 72000)


@pytest.mark.parametrize("precise", [True, False])
def test_a_cut_within_a_cut_ends_where_the_outer_one_ends(tmp_path: Path, precise: bool) -> None:
    source = make_film(tmp_path / "in.mp4", size=(64, 48), rate=25, seconds=4, gop=25)
    outer: Node = ("SEGMENT", {"offset": 1.2, "duration": 1.6, "precise": precise})
    out = tmp_path / "out.mkv"
    promised = render(source, [outer, ("SEGMENT", {"offset": 0.4})], out)
    first = 30 if precise else 25
    expected, found = frames_of(source, "yuv420p")[first + 10 : first + 40], frames_of(out, "yuv420p")
    assert promised.frames == len(found) == 30
    assert all(np.array_equal(*pair) for pair in zip(expected, found, strict=True))
    assert samples_of(out).shape[1] == pytest.approx(1.2 * 48000, abs=2)


def test_a_cut_at_a_time_between_milliseconds_is_where_it_was_promised(tmp_path: Path) -> None:
    """Matroska rounds 20/30 s to 0.667 s: a cut that ends at 0.6667 s still holds that picture."""
    source = make_film(tmp_path / "in.mkv", size=(64, 48), rate=30, seconds=1, codec="ffv1", audio=None)
    promised = render(source, [("SEGMENT", {"offset": 0.3334, "end": 0.6667})], tmp_path / "out.mkv")
    expected, found = frames_of(source, "gray")[11:21], frames_of(tmp_path / "out.mkv", "gray")
    assert promised.frames == len(found) == 10
    assert all(np.array_equal(*pair) for pair in zip(expected, found, strict=True))


@pytest.mark.parametrize("suffix", ["mp4", "webm", "mkv"])
def test_uneven_times_are_kept(tmp_path: Path, suffix: str) -> None:
    source = make_film(tmp_path / "in.mp4", size=(64, 48), seconds=2, variable=True)
    out = tmp_path / f"out.{suffix}"
    promised = render(source, [transform(brightness=0.01)], out)
    assert promised.picture is not None
    assert promised.picture.variable
    assert np.abs(np.array(times_of(out), float) - np.array(times_of(source), float)).max() <= 0.001


def test_uneven_times_are_cut_and_sped_up_as_they_are(tmp_path: Path) -> None:
    source = make_film(tmp_path / "in.mp4", size=(64, 48), seconds=2, variable=True)
    times = [float(time) for time in times_of(source)]
    cut: Node = ("SEGMENT", {"offset": 0.5, "duration": 1})
    inside = [time - 0.5 for time in times if 0.5 <= time < 1.5]
    for chain, speed in [([cut], 1), ([transform(speed=2)], 2), ([cut, transform(speed=0.5)], 0.5)]:
        out = tmp_path / "out.mkv"
        render(source, chain, out)
        wanted = [0.0, *inside[inside[0] == 0 :]] if cut in chain else times
        assert [float(time) for time in times_of(out)] == pytest.approx([time / speed for time in wanted], abs=0.0011)


def test_a_cut_of_uneven_pictures_begins_with_the_one_on_the_screen(tmp_path: Path) -> None:
    """Three pictures of five seconds each: from 7 s to 8 s the second is shown, although none begins there."""
    source = slide_show(tmp_path / "in.mkv")
    for chain in ([], [transform(flip="vertical")]):
        out = tmp_path / "out.mkv"
        render(source, [*chain, ("SEGMENT", {"offset": 7, "duration": 1})], out)
        assert [float(time) for time in times_of(out)] == [0.0]
        assert np.abs(frames_of(out, "gray")[0].mean() - 120) < 4
        render(source, [*chain, ("SEGMENT", {"offset": 7, "duration": 5})], out)
        assert [float(time) for time in times_of(out)] == [0.0, 3.0]


def test_an_imprecise_cut_of_uneven_pictures_begins_at_the_key_frame(tmp_path: Path) -> None:
    source = make_film(tmp_path / "in.mp4", size=(64, 48), seconds=3, variable=True, gop=20)
    times, out = np.array(times_of(source), float), tmp_path / "out.mkv"
    render(source, [("SEGMENT", {"offset": 2.2, "duration": 0.5, "precise": False})], out)
    first = times[20 * (np.searchsorted(times, 2.2) // 20)]
    wanted = times[(times >= first) & (times < first + 0.5)] - first
    assert np.abs(np.array(times_of(out), float) - wanted).max() <= 0.0011
    assert samples_of(out).shape[1] == pytest.approx(24000, abs=50)


def slide_show(path: Path) -> Path:
    """Three greys of five seconds each, and a fourth that makes the steps uneven."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for luma, start in [(60, 0), (120, 5000), (180, 10000), (230, 12000)]:
            array = np.vstack([np.full((48, 64), luma), np.full((24, 64), 128)]).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(array, format="yuv420p")
            frame.pts, frame.time_base = start, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_sounds_are_cut_and_sped_up_to_the_sample(tmp_path: Path, rate: int, layout: str) -> None:
    source = make_sound(tmp_path / "in.flac", seconds=2, layout=layout, sample_rate=rate)
    out = tmp_path / "out.flac"
    render(source, [("SEGMENT", {"offset": 0.3, "duration": 1.1})], out)
    cut = samples_of(out)
    assert cut.shape == (samples_of(source).shape[0], round(1.1 * rate))
    assert np.array_equal(cut, samples_of(source)[:, round(0.3 * rate) : round(1.4 * rate)])
    render(source, [transform(speed=0.8, volume=0.5)], out)
    slow = samples_of(out)
    assert slow.shape[1] == round(2 / 0.8 * rate)
    assert np.abs(slow).max() == pytest.approx(np.abs(samples_of(source)).max() / 2, rel=0.1)
    assert _pitch(slow[0], rate) == pytest.approx(440, rel=0.02)


def _pitch(samples: np.ndarray[Any, Any], rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * rate / len(samples)


@pytest.mark.parametrize("rotation", [90.0, 180.0, -90.0])
def test_a_film_of_a_turned_phone_is_upright_before_anything_is_done(tmp_path: Path, rotation: float) -> None:
    source = make_film(tmp_path / "in.mp4", size=(64, 48), seconds=0.2, audio=None, rotation=rotation)
    out = tmp_path / "out.mkv"
    promised = render(source, [transform(crop={"width": 16, "height": 16})], out)
    upright = np.rot90(frames_of(source, "gray")[0], round(rotation / 90))
    assert promised.picture is not None
    assert promised.picture.size == (16, 16)
    assert np.abs(frames_of(out, "gray")[0].astype(int) - upright[:16, :16]).max() <= 2


def test_a_film_of_wide_pixels_is_turned_aslant_in_its_true_shape(tmp_path: Path) -> None:
    """A square on the screen (32 x 64 pixels twice as wide as high), turned by 45 degrees: its diagonals are equal."""
    frame = flat_yuv(16, size=(64, 128))
    frame[0, 32:96, 16:48] = 235
    source, out = tmp_path / "in.mp4", tmp_path / "out.mkv"
    write_frames(source, [frame] * 2, "yuv444p", codec="libx264", tags=(1, 1), sar=Fraction(2))
    promised = render(source, [transform(rotate=45)], out)
    white = shown(out)[0][..., 0] > 128
    across, down = (np.ptp(np.flatnonzero(white.any(axis=axis))) + 1 for axis in (0, 1))
    assert promised.picture is not None
    assert promised.picture.sar == 1
    assert abs(across - down) <= 2
    assert across == pytest.approx(64 * 2**0.5, abs=3)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_is_upright_before_anything_is_done(tmp_path: Path, turn: int) -> None:
    from PIL import Image, ImageOps

    source = make_still(tmp_path / "in.png", turn=turn)
    render(source, [transform(crop={"width": 20, "height": 10})], tmp_path / "out.png")
    with Image.open(source) as image:
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(pixels(tmp_path / "out.png"), upright[:10, :20])


def test_a_photo_in_another_colour_space_is_changed_in_srgb(tmp_path: Path) -> None:
    from PIL import Image, ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    array = np.zeros((8, 8, 3), np.uint8)
    array[:] = (150, 20, 10)
    Image.fromarray(array, "LAB").save(tmp_path / "in.tif", icc_profile=lab.tobytes())
    render(tmp_path / "in.tif", [transform(flip="both")], tmp_path / "out.png")
    with Image.open(tmp_path / "in.tif") as image:
        transformed = ImageCms.profileToProfile(image, lab, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert transformed is not None
    assert np.abs(pixels(tmp_path / "out.png") - np.asarray(transformed)).max() <= 3
