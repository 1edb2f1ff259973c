"""What RESIZE and TRANSFORM do to pixels, on real stills and films, beside what numpy and Pillow make of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from artcelery.core.media.probing.probe import probe
from tests.core.ops.rendering import Pixels, flat_yuv, pixels, render, shown, transform, write_frames
from tests.media_files import frames_of, make_film, make_still, picture_array

SIZES = [(64, 48), (63, 47), (101, 30), (1, 1), (2, 3)]


def photo(width: int = 120, height: int = 90) -> Pixels:
    """Soft shapes and edges, as photographs have."""
    across, down = np.meshgrid(np.linspace(0, 6, width), np.linspace(0, 6, height))
    waves = [128 + 90 * np.sin(across * (1 + channel / 3) + down) for channel in range(3)]
    array = np.stack(waves, axis=-1)
    array[height // 3 : height // 2, width // 4 : width // 2] = (230, 40, 60)
    return array.round().astype(np.uint8)


def gradients(width: int = 64, height: int = 48) -> Pixels:
    """A film frame as planar YUV in which each pixel has a colour of its own."""
    across = np.linspace(20, 230, width).astype(np.uint8)[None].repeat(height, axis=0)
    down = np.linspace(20, 230, height).astype(np.uint8)[:, None].repeat(width, axis=1)
    return np.stack([across, down, 255 - across])


@pytest.mark.parametrize(("scaler", "resample"), [("lanczos", "LANCZOS"), ("bicubic", "BICUBIC"), ("area", "BOX")])
@pytest.mark.parametrize("size", [(60, 45), (40, 30), (240, 180)])
def test_a_resized_still_is_what_pillow_makes_of_it(
    tmp_path: Path, scaler: str, resample: str, size: tuple[int, int]
) -> None:
    source = make_still(tmp_path / "in.png", photo())
    render(source, [("RESIZE", {"width": size[0], "filter": scaler})], tmp_path / "out.png")
    with Image.open(source) as image:
        expected = np.asarray(image.resize(size, Image.Resampling[resample])).astype(int)
    difference = np.abs(pixels(tmp_path / "out.png") - expected)
    assert difference.mean() < 2.5
    assert np.quantile(difference, 0.9) <= 6


def test_each_mode_of_resize_puts_the_picture_where_it_says(tmp_path: Path) -> None:
    """Left half red, right half blue, 80x40, into 40x40."""
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :40], picture[:, 40:] = (255, 0, 0), (0, 0, 255)
    source, out = make_still(tmp_path / "in.png", picture), tmp_path / "out.png"
    config: dict[str, Any] = {"width": 40, "height": 40, "background": "#00ff00"}
    found = {}
    for mode in ("fit", "fill", "stretch", "pad"):
        render(source, [("RESIZE", {**config, "mode": mode})], out)
        found[mode] = pixels(out)
    assert {mode: array.shape[:2] for mode, array in found.items()} == {
        **dict.fromkeys(("fill", "stretch", "pad"), (40, 40)),
        "fit": (20, 40),
    }
    assert np.array_equal(found["pad"][:10], np.full((10, 40, 3), (0, 255, 0)))
    assert np.array_equal(found["pad"][30:], np.full((10, 40, 3), (0, 255, 0)))
    assert np.array_equal(found["pad"][10:30], found["fit"])
    for mode in found:
        assert np.abs(found[mode][20 if mode != "fit" else 10, [4, 35]] - [(255, 0, 0), (0, 0, 255)]).max() <= 2


@pytest.mark.parametrize("matrix", [1, 6])
@pytest.mark.parametrize("size", [(100, 80), (101, 77), (67, 93)])
def test_the_ground_of_a_padded_film_is_its_colour_to_the_last_pixel(
    tmp_path: Path, matrix: int, size: tuple[int, int]
) -> None:
    source = write_frames(tmp_path / "in.mkv", [flat_yuv(126)] * 2, "yuv444p", tags=(matrix, 1))
    subsampled = tmp_path / "sub.mkv"
    render(source, [("RESIZE", {"width": 63})], subsampled)
    for film in (source, subsampled):
        config = {"width": size[0], "height": size[1], "mode": "pad", "background": "#ff0000"}
        clip = render(film, [("RESIZE", config)], tmp_path / "out.mkv")
        frame = shown(tmp_path / "out.mkv")[0]
        red = (np.abs(frame - [255, 0, 0]).max(axis=2) <= 2).sum()
        grey = (np.abs(frame - 128).max(axis=2) <= 2).sum()
        assert clip.picture is not None
        assert frame.shape == (size[1], size[0], 3)
        assert red + grey == size[0] * size[1]
        assert grey == _inside(film, size)


def _inside(film: Path, size: tuple[int, int]) -> int:
    picture = probe(film).picture
    assert picture is not None
    scale = min(size[0] / picture.width, size[1] / picture.height)
    return round(picture.width * scale) * round(picture.height * scale)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({"flip": "horizontal"}, lambda array: array[:, ::-1]),
        ({"flip": "vertical"}, lambda array: array[::-1]),
        ({"flip": "both"}, lambda array: array[::-1, ::-1]),
        ({"rotate": 90}, lambda array: np.rot90(array, -1)),
        ({"rotate": -90}, lambda array: np.rot90(array, 1)),
        ({"rotate": 180}, lambda array: np.rot90(array, 2)),
        ({"rotate": 270, "flip": "horizontal"}, lambda array: np.rot90(array, 1)[:, ::-1]),
    ],
)
def test_stills_are_turned_and_mirrored_pixel_by_pixel(
    tmp_path: Path, size: tuple[int, int], effects: dict[str, Any], expected: Any
) -> None:
    array = picture_array(*size, 4)
    source = make_still(tmp_path / "in.png", array)
    clip = render(source, [transform(**effects)], tmp_path / "out.png")
    found, wanted = pixels(tmp_path / "out.png", "RGBA"), expected(array).astype(int)
    assert clip.picture is not None
    assert clip.picture.size == (wanted.shape[1], wanted.shape[0])
    assert np.array_equal(found[..., 3], wanted[..., 3])
    seen = wanted[..., 3] > 0
    assert np.abs(found - wanted)[seen].max(initial=0) <= 1


@pytest.mark.parametrize("box", [(0, 0, 64, 48), (3, 5, 33, 21), (10, 8, 1, 1), (63, 47, 1, 1)])
def test_a_crop_holds_exactly_its_pixels(tmp_path: Path, box: tuple[int, int, int, int]) -> None:
    x, y, width, height = box
    crop = {"x": x, "y": y, "width": width, "height": height}
    still, film = make_still(tmp_path / "in.png"), tmp_path / "in.mkv"
    write_frames(film, [gradients()] * 2, "yuv444p", tags=(1, 1))
    render(still, [transform(crop=crop)], tmp_path / "out.png")
    render(film, [transform(crop=crop)], tmp_path / "out.mkv")
    cut = slice(y, y + height), slice(x, x + width)
    assert np.array_equal(pixels(tmp_path / "out.png"), picture_array()[cut])
    assert np.array_equal(frames_of(tmp_path / "out.mkv", "yuv444p")[0], gradients()[(slice(None), *cut)])


def test_a_crop_can_be_said_in_percent(tmp_path: Path) -> None:
    source = make_still(tmp_path / "in.png")
    render(source, [transform(crop={"x": "25%", "y": "50%", "width": "50%", "height": "25%"})], tmp_path / "out.png")
    assert np.array_equal(pixels(tmp_path / "out.png"), picture_array()[24:36, 16:48])


@pytest.mark.parametrize(
    "effects", [{"flip": "both"}, {"rotate": 90}, {"crop": {"x": 1, "y": 1, "width": 31, "height": 31}}]
)
@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_colour_stays_with_its_pixels_where_four_share_it(
    tmp_path: Path, size: tuple[int, int], effects: dict[str, Any]
) -> None:
    """A red square on grey, in 4:2:0: after an odd cut or turn no pixel has the colour of its neighbour."""
    source = tmp_path / "in.mkv"
    make_film(source, size=size, seconds=0.1, audio=None, codec="ffv1", pix_fmt="yuv420p", source="smptebars")
    render(source, [transform(**effects)], tmp_path / "out.mkv")
    before, after = frames_of(source, "yuv444p")[0].astype(int), frames_of(tmp_path / "out.mkv", "yuv444p")[0]
    wanted = {
        "flip": lambda planes: planes[:, ::-1, ::-1],
        "rotate": lambda planes: np.rot90(planes, -1, axes=(1, 2)),
        "crop": lambda planes: planes[:, 1:32, 1:32],
    }[next(iter(effects))](before)
    assert after.shape == wanted.shape
    assert np.abs(after.astype(int)[0] - wanted[0]).max() == 0
    assert np.abs(after.astype(int)[1:] - wanted[1:]).mean() < 3  # one pixel beside it would be 8


def test_a_turn_by_less_than_a_quarter_grows_the_canvas_and_leaves_its_corners_clear(tmp_path: Path) -> None:
    source = make_still(tmp_path / "in.png", np.full((40, 60, 4), (200, 100, 50, 255), np.uint8))
    clip = render(source, [transform(rotate=45)], tmp_path / "out.png")
    found = pixels(tmp_path / "out.png", "RGBA")
    assert clip.picture is not None
    assert clip.picture.size == (71, 71) == found.shape[1::-1]
    assert found[[0, 0, -1, -1], [0, -1, 0, -1], 3].max() == 0
    assert np.abs(found[35, 35] - [200, 100, 50, 255]).max() <= 2
    seen = found[found[..., 3] > 40]
    assert np.abs(seen[:, :3] - [200, 100, 50]).max() <= 6  # the edge fades, and does not darken


def test_hidden_colour_does_not_bleed_when_a_picture_is_made_smaller(tmp_path: Path) -> None:
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:, :33], picture[:, 33:] = (255, 0, 0, 255), (0, 255, 0, 0)
    source = make_still(tmp_path / "in.png", picture)
    render(source, [("RESIZE", {"width": 23})], tmp_path / "out.png")
    found = pixels(tmp_path / "out.png", "RGBA")
    seen = found[found[..., 3] > 8]
    assert seen[:, 1].max() <= 8
    assert seen[:, 0].min() >= 247


def test_a_chain_is_the_same_as_its_parts(tmp_path: Path) -> None:
    """One TRANSFORM of many changes, in the order that is documented, is many TRANSFORMs of one."""
    source = make_still(tmp_path / "in.png", photo())
    changes: dict[str, Any] = {"crop": {"x": 9, "width": 90, "height": 70}, "rotate": 90, "flip": "vertical", "blur": 2}
    render(source, [transform(**changes)], tmp_path / "one.png")
    render(source, [transform(**{key: value}) for key, value in changes.items()], tmp_path / "many.png")
    assert np.abs(pixels(tmp_path / "one.png") - pixels(tmp_path / "many.png")).max() <= 1
