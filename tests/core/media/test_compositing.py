"""Painting pictures over pictures, beside the same sums done in 64-bit floats and rounded once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import sqrt
from typing import Any

import av
import numpy as np
import pytest

from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.filtering import Link, filter_video
from artcelery.core.media.painting.blending import FORMULAS, blend_filter
from artcelery.core.media.painting.combining import combined
from artcelery.core.media.painting.compositing import Place, Surface, paint_of, planes_of
from artcelery.core.media.stream import Video
from artcelery.core.ops.blend import BlendConfig
from tests.core.ops.origins import Frames

Array = np.ndarray[Any, Any]
EDGES = (0, 1, 2, 127, 128, 253, 254, 255)


def hard(below: float, above: float) -> float:
    return below * 2 * above if above <= 0.5 else below + (2 * above - 1) - below * (2 * above - 1)


def soft(below: float, above: float) -> float:
    if above <= 0.5:
        return below - (1 - 2 * above) * below * (1 - below)
    root = ((16 * below - 12) * below + 4) * below if below <= 0.25 else sqrt(below)
    return below + (2 * above - 1) * (root - below)


BY_HAND: dict[str, Callable[[float, float], float]] = {
    "normal": lambda below, above: above,
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: below + above - below * above,
    "overlay": lambda below, above: hard(above, below),
    "add": lambda below, above: min(1, below + above),
    "subtract": lambda below, above: max(0, below - above),
    "average": lambda below, above: (below + above) / 2,
    "difference": lambda below, above: abs(below - above),
    "lighten": max,
    "darken": min,
    "soft_light": soft,
    "hard_light": hard,
}
"""B(Cb, Cs) of W3C Compositing and Blending Level 1, as it stands there."""


def table(mode: str, opacity: float) -> Array:
    """The right value for each pair: of the lower value by rows, of the upper by columns."""
    below, above = np.meshgrid(np.arange(256) / 255, np.arange(256) / 255, indexing="ij")
    blended = np.vectorize(BY_HAND[mode], otypes=[float])(below, above)
    return 255 * (below + opacity * (blended - below))


def pairs() -> tuple[Array, Array]:
    below, above = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8), indexing="ij")
    return below, np.ascontiguousarray(above)


def noise(shape: tuple[int, ...], seed: int, most: int = 255) -> Array:
    kind = np.uint8 if most == 255 else np.uint16
    return np.random.default_rng(seed).integers(0, most + 1, shape, dtype=kind)


def painted(surface: Surface, canvas: list[Array], picture: list[Array], place: Place, **how: bool) -> list[Array]:
    """The planes of a canvas after a picture was painted on it."""
    planes = [plane.copy() for plane in canvas]
    paint = paint_of(surface, picture, place, alpha=how.pop("alpha", False), **how)
    if paint is not None:
        paint(planes)
    return planes


def same(made: list[Array], wanted: list[Array], steps: float = 0.502) -> None:
    """Each value is the right one rounded; half a step may go either way."""
    for number, (one, other) in enumerate(zip(made, wanted, strict=True)):
        assert np.abs(one.astype(float) - other).max() <= steps, f"plane {number}"


def halves(values: Array, across: int, down: int) -> Array:
    """Averages of the pixels that share a colour; those at the edge of an odd picture are fewer."""
    height, width = values.shape
    return np.array(
        [[values[y : y + down, x : x + across].mean() for x in range(0, width, across)] for y in range(0, height, down)]
    )


def over_all(
    canvas: list[Array], picture: list[Array], alpha: Array, at: tuple[int, int], ways: tuple[int, int]
) -> Any:
    """The canvas at a colour for each pixel, composed, and brought back to shared colours: all in 64 bits."""
    height, width = canvas[0].shape
    whole = [plane.repeat(ways[1], 0).repeat(ways[0], 1)[:height, :width].astype(float) for plane in canvas[1:]]
    whole = [canvas[0].astype(float), *whole]
    left, top = at
    rows = slice(max(0, top), min(height, top + alpha.shape[0]))
    columns = slice(max(0, left), min(width, left + alpha.shape[1]))
    inner = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    for plane, colours in zip(whole, picture, strict=True):
        weight = alpha[inner]
        plane[rows, columns] += weight * (colours[inner] - plane[rows, columns])
    return [whole[0], *(halves(plane, *ways) for plane in whole[1:])]


def test_every_mode_that_a_config_may_name_has_its_formulas() -> None:
    named = BlendConfig.model_json_schema()["properties"]["mode"]["enum"]
    assert set(named) == set(BY_HAND) == set(FORMULAS)


@pytest.mark.parametrize("mode", BY_HAND)
@pytest.mark.parametrize("opacity", [0.0, 0.37, 1.0])
def test_each_mode_gives_all_65536_pairs_the_value_of_the_standard(mode: str, opacity: float) -> None:
    """By arrays and by the table in libavfilter alike."""
    below, above = pairs()
    wanted = table(mode, opacity)
    surface = Surface(256, 256)
    place, opaque = Place(opacity=opacity, mode=mode), np.full((256, 256), 255, np.uint8)
    same(painted(surface, [below] * 3, [above] * 3, place), [wanted] * 3)
    same(painted(surface, [below] * 3, [above] * 3 + [opaque], place, alpha=True), [wanted] * 3)
    picture = Picture(256, 256, "gbrp", rate=Fraction(25))
    clip = Clip("film", picture, duration=Fraction(1, 25), frames=1)
    one, other = (Video(clip, Frames([array] * 3, "gbrp")) for array in pairs())
    (frame,) = combined(clip, one, other, blend_filter(mode, opacity)).frames()
    same(planes_of(frame), [wanted] * 3)


@pytest.mark.parametrize("mode", BY_HAND)
def test_what_is_transparent_is_blended_only_as_far_as_there_is_something_below(mode: str) -> None:
    """Every pair of opacities at the edges, with colours of all kinds."""
    ways = [(ab, alpha, cb, cs) for ab in EDGES for alpha in EDGES for cb in (0, 60, 200, 255) for cs in (0, 90, 255)]
    below, above, lower, upper = (np.array([item], np.uint8) for item in zip(*ways, strict=True))
    surface = Surface(len(ways), 1, alpha=True)
    picture, canvas = [upper, upper, upper, above], [lower, lower, lower, below]
    made = painted(surface, canvas, picture, Place(opacity=0.8, mode=mode), alpha=True)
    for index, (ab, alpha, cb, cs) in enumerate(ways):
        there, share = ab / 255, alpha / 255 * 0.8
        colour = (1 - there) * cs / 255 + there * BY_HAND[mode](cb / 255, cs / 255)
        opaque = share + there * (1 - share)
        assert abs(made[3][0, index] - 255 * opaque) <= 0.502, ways[index]
        if opaque:
            wanted = 255 * (share * colour + (1 - share) * there * cb / 255) / opaque
            assert abs(made[0][0, index] - wanted) <= 0.51, ways[index]


@pytest.mark.parametrize("alpha", EDGES)
@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_transparency_is_rounded_to_the_nearest_step_on_an_opaque_canvas(alpha: int, opacity: float) -> None:
    below, above = pairs()
    clear = np.full(below.shape, alpha, np.uint8)
    made = painted(Surface(256, 256), [below] * 3, [above] * 3 + [clear], Place(opacity=opacity), alpha=True)
    wanted = below + (above.astype(float) - below) * (alpha / 255 * opacity)
    same(made, [wanted] * 3)
    if alpha == 0:
        assert np.array_equal(made[0], below)
    if alpha == 255 and opacity == 1:
        assert np.array_equal(made[0], above)


@pytest.mark.parametrize("at", [(0, 0), (4, 2), (-6, -4), (30, 10), (-20, 20)])
@pytest.mark.parametrize("ways", [(1, 1), (2, 1), (2, 2)])
def test_an_opaque_picture_at_even_places_is_copied_and_all_else_left(
    at: tuple[int, int], ways: tuple[int, int]
) -> None:
    size, chroma = (24, 40), (24 // ways[1], 40 // ways[0])
    canvas = [noise(size, 1), noise(chroma, 2), noise(chroma, 3)]
    small = (12 // ways[1], 30 // ways[0])
    picture = [noise((12, 30), 4), noise(small, 5), noise(small, 6)]
    made = painted(Surface(40, 24, 255, *ways), canvas, picture, Place(*at))
    for number, (plane, colours) in enumerate(zip(canvas, picture, strict=True)):
        x, y = (at[0] // ways[0], at[1] // ways[1]) if number else at
        wanted = plane.copy()
        for row in range(colours.shape[0]):
            for column in range(colours.shape[1]):
                if 0 <= y + row < wanted.shape[0] and 0 <= x + column < wanted.shape[1]:
                    wanted[y + row, x + column] = colours[row, column]
        assert np.array_equal(made[number], wanted)


@pytest.mark.parametrize("at", [(0, 0), (3, 5), (-3, -5), (33, 15), (8, 40)])
@pytest.mark.parametrize(("ways", "size"), [((2, 2), (70, 45)), ((2, 1), (47, 45)), ((2, 2), (47, 44))])
def test_where_pixels_share_their_colour_the_result_is_that_of_a_colour_for_each(
    at: tuple[int, int], ways: tuple[int, int], size: tuple[int, int]
) -> None:
    """Odd places, odd sizes, edges beyond the canvas, every transparency; composed by hand in full."""
    height, width = size
    chroma = (-(-height // ways[1]), -(-width // ways[0]))
    canvas = [noise(size, 1), noise(chroma, 2), noise(chroma, 3)]
    shape = (21, 27)
    picture, alpha = [noise(shape, seed) for seed in (4, 5, 6)], noise(shape, 7)
    alpha[:8, :9], alpha[8:, 20:] = 0, 255
    place = Place(*at, opacity=0.9)
    surface = Surface(width, height, 255, *ways)
    for again in (False, True):
        made = painted(surface, canvas, [*picture, alpha], place, alpha=True, again=again)
        same(made, over_all(canvas, picture, alpha / 255 * 0.9, at, ways))
    made = painted(surface, canvas, picture, Place(*at))
    same(made, over_all(canvas, picture, np.ones(shape), at, ways))


def test_the_colour_of_clear_pixels_is_nowhere_seen() -> None:
    """A white disc whose clear surroundings are a loud green, over grey that shares its colour by fours."""
    y, x = np.mgrid[:33, :33]
    alpha = (np.clip(14.5 - np.hypot(x - 16, y - 16), 0, 1) * 255).round().astype(np.uint8)
    white, clear = (235, 128, 128), (145, 54, 34)
    picture = [np.where(alpha > 0, one, other).astype(np.uint8) for one, other in zip(white, clear, strict=True)]
    canvas = [np.full(shape, 128, np.uint8) for shape in ((48, 48), (24, 24), (24, 24))]
    for at in ((0, 0), (5, 7)):
        made = painted(Surface(48, 48, 255, 2, 2), canvas, [*picture, alpha], Place(*at), alpha=True)
        assert np.array_equal(made[1], canvas[1])
        assert np.array_equal(made[2], canvas[2])
        assert made[0].min() == 128
        assert made[0].max() == 235


@pytest.mark.parametrize("depth", [10, 12, 16])
def test_deep_colours_are_mixed_with_all_their_steps(depth: int) -> None:
    most = (1 << depth) - 1
    canvas, picture = [noise((20, 30), 1, most)] * 3, [noise((20, 30), 2, most)] * 3
    alpha = noise((20, 30), 3, most)
    alpha[0], alpha[1] = most, 0
    made = painted(Surface(30, 20, most), canvas, [*picture, alpha], Place(opacity=0.7), alpha=True)
    wanted = canvas[0] + (picture[0].astype(float) - canvas[0]) * (alpha / most * 0.7)
    same(made, [wanted] * 3, 0.51)
    made = painted(Surface(30, 20, most, alpha=True), [*canvas, alpha], [*picture, alpha], Place(), alpha=True)
    assert np.array_equal(made[0][0], picture[0][0])
    assert np.array_equal(made[0][1], canvas[0][1])


def test_an_opaque_picture_makes_a_clear_canvas_opaque_where_it_lies() -> None:
    canvas = [noise((9, 9), seed) for seed in (1, 2, 3)] + [np.zeros((9, 9), np.uint8)]
    picture = [noise((4, 5), seed) for seed in (4, 5, 6)]
    made = painted(Surface(9, 9, alpha=True), canvas, picture, Place(-2, 3))
    wanted = [plane.copy() for plane in canvas]
    for plane, colours in zip(wanted, picture, strict=False):
        plane[3:7, :3] = colours[:, 2:]
    wanted[3][3:7, :3] = 255
    assert all(np.array_equal(one, other) for one, other in zip(made, wanted, strict=True))


def test_nothing_is_painted_beyond_the_canvas_or_of_what_is_clear() -> None:
    surface, picture = Surface(10, 10), [noise((4, 4), 1)] * 3
    for x, y in ((10, 0), (-4, 0), (0, 10), (0, -4)):
        assert paint_of(surface, picture, Place(x, y), alpha=False) is None
    assert paint_of(surface, picture, Place(opacity=0.0), alpha=False) is None
    clear = np.zeros((4, 4), np.uint8)
    assert paint_of(surface, [*picture, clear], Place(), alpha=True, again=True) is None


@pytest.mark.parametrize("filters", ["vflip", "crop"])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "gbrp10le"])
def test_planes_are_those_of_the_picture_however_it_lies_in_memory(filters: str, pix_fmt: str) -> None:
    """Turned upside down by negative strides, or cut out of a larger picture."""
    from artcelery.core.effect import Filter

    source = av.VideoFrame.from_ndarray(noise((36, 48, 3), 1), format="rgb24").reformat(format=pix_fmt)
    source.pts, source.time_base = 0, Fraction(1, 25)
    item = {"vflip": Filter("vflip"), "crop": Filter("crop", w=20, h=10, x=8, y=6)}[filters]
    (frame,) = filter_video([source], [Link((item,), "none")], Picture(48, 36, pix_fmt))
    for number, (made, plane) in enumerate(zip(planes_of(frame), planes_of(source), strict=True)):
        shared = 2 if number and pix_fmt == "yuv420p" else 1
        rows, columns = slice(6 // shared, 16 // shared), slice(8 // shared, 28 // shared)
        assert np.array_equal(made, plane[::-1] if filters == "vflip" else plane[rows, columns])
