"""LAYER: where, when and how pictures lie over each other, to the pixel, the frame and the sample."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.painting.compositing import planes_of
from artcelery.core.media.stream import Streams
from artcelery.core.ops import InferError
from artcelery.core.ops.placing import at
from artcelery.core.ops.timing import SUMMED
from tests.core.ops.composing import (
    colours,
    composed,
    grey_film,
    make,
    opened,
    rgb_film,
    rgb_of,
    rgba_still,
    samples_of,
    written,
)
from tests.core.ops.origins import Frames, film
from tests.core.ops.rendering import Pixels, pixels
from tests.media_files import make_film, make_sound, make_still

FILM = Clip(
    "film",
    Picture(640, 360, "yuv420p", Fraction(30), matrix="bt709", color_range="tv"),
    Sound(48000, "stereo", 2),
    Fraction(4),
    120,
)
STILL = Clip("still", Picture(100, 50, "rgba", alpha=True), frames=1)


def noise(seed: int, size: tuple[int, int], channels: int = 3) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)


def yuv(seed: int, size: tuple[int, int], count: int = 1) -> Frames:
    """A film of 4:2:0 noise."""
    small = -(-size[1] // 2), -(-size[0] // 2)
    draw = np.random.default_rng(seed)
    return Frames(
        [draw.integers(16, 236, shape, np.uint8) for shape in (size[::-1], small, small)], "yuv420p", count=count
    )


def planes(streams: Streams) -> list[list[Pixels]]:
    assert streams.video is not None
    return [[plane.astype(int) for plane in planes_of(frame)] for frame in streams.video.frames()]


def greys(streams: Streams, x: int = 0, y: int = 0) -> list[int]:
    """The green of one pixel of each picture."""
    return [int(frame[y, x, 1]) for frame in rgb_of(streams)]


def pasted(canvas: Pixels, picture: Pixels, x: int, y: int) -> Pixels:
    """A picture on a larger one, pixel by pixel."""
    made = canvas.copy()
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            if 0 <= y + row < made.shape[0] and 0 <= x + column < made.shape[1]:
                made[y + row, x + column] = picture[row, column]
    return made


@pytest.mark.parametrize("place", [(0, 0), (5, 3), (-7, -2), (25, 15), (-3, 12)])
def test_an_opaque_still_lies_on_another_at_its_pixel(tmp_path: Path, place: tuple[int, int]) -> None:
    lower, upper = noise(1, (31, 23)), noise(2, (16, 9))
    inputs = make_still(tmp_path / "lower.png", lower), make_still(tmp_path / "upper.png", upper)
    made = composed("LAYER", *inputs, layers=[{}, {"position": list(place)}])
    assert made.clip.is_still
    assert np.array_equal(pixels(written(made, tmp_path / "out.png")), pasted(lower, upper, *place))


@pytest.mark.parametrize("place", [(0, 0), (6, 4), (-6, -2), (26, 14)])
def test_over_a_film_at_even_places_every_sample_is_one_of_the_inputs(place: tuple[int, int]) -> None:
    """4:2:0 stays 4:2:0: nothing is converted, above or below."""
    lower, upper = yuv(1, (32, 24), 3), yuv(2, (16, 10), 3)
    made = composed("LAYER", film(lower), film(upper), layers=[{}, {"position": list(place)}])
    assert made.clip.picture is not None
    assert made.clip.picture.pix_fmt == "yuv420p"
    assert made.clip.notes == ()
    for found in planes(made):
        for number, plane in enumerate(found):
            x, y = (side // 2 if number else side for side in place)
            assert np.array_equal(plane, pasted(lower.planes[number], upper.planes[number], x, y))


@pytest.mark.parametrize("place", [(5, 3), (-3, -5), (4, 7)])
def test_at_odd_places_the_luma_is_exact_and_what_is_not_covered_is_left(place: tuple[int, int]) -> None:
    lower, upper = yuv(1, (32, 24)), yuv(2, (16, 10))
    (found,) = planes(composed("LAYER", film(lower), film(upper), layers=[{}, {"position": list(place)}]))
    assert np.array_equal(found[0], pasted(lower.planes[0], upper.planes[0], *place))
    left, top = (side // 2 for side in place)
    right, bottom = -(-(place[0] + 16) // 2), -(-(place[1] + 10) // 2)
    for number in (1, 2):
        outside = np.ones(found[number].shape, bool)
        outside[max(0, top) : bottom, max(0, left) : right] = False
        assert np.array_equal(found[number][outside], lower.planes[number][outside])


@pytest.mark.parametrize("bottom", ["png", "film"])
def test_a_transparent_picture_has_clean_edges(tmp_path: Path, bottom: str) -> None:
    """White, with clear pixels of loud green around it: nothing of that is seen, whatever is below."""
    y, x = np.mgrid[:40, :40]
    alpha = (np.clip(16 - np.hypot(x - 20, y - 20), 0, 1) * 255).round() / 255
    disc = np.dstack([np.where(alpha[..., None] > 0, 255, (0, 255, 0)), alpha * 255]).round().astype(np.uint8)
    if bottom == "png":
        ground = opened(make_still(tmp_path / "ground.png", colours(60, size=(64, 64))[0]))
    else:
        ground = film(Frames([np.full(shape, 128, np.uint8) for shape in ((64, 64), (32, 32), (32, 32))], "yuv420p"))
    made = composed("LAYER", ground, rgba_still(tmp_path / "disc.png", disc), layers=[{}, {"position": [11, 7]}])
    (found,) = rgb_of(made)
    below = int(found[0, 0, 0])
    wanted = np.full((64, 64, 3), float(below))
    wanted[7:47, 11:51] += alpha[..., None] * (255 - below)
    assert np.abs(found - wanted).max() <= (0.51 if bottom == "png" else 2)
    assert np.abs(found - found[..., :1]).max() <= (0 if bottom == "png" else 1)


def test_a_transparent_bottom_leaves_the_canvas_transparent_unless_a_background_is_given(tmp_path: Path) -> None:
    lower, upper = noise(1, (20, 12), 4), noise(2, (8, 6), 4)
    upper[:2, :, 3], upper[2:4, :, 3] = 0, 255
    inputs = rgba_still(tmp_path / "lower.png", lower), rgba_still(tmp_path / "upper.png", upper)
    layers = [{}, {"position": [5, 4], "opacity": 0.5}]
    made = composed("LAYER", *inputs, layers=layers)
    found = pixels(written(made, tmp_path / "out.png"), "RGBA")
    wanted = lower.astype(float)
    ab, share = lower[4:10, 5:13, 3:] / 255, upper[..., 3:] / 255 * 0.5
    opaque = share + ab * (1 - share)
    wanted[4:10, 5:13, :3] = (share * upper[..., :3] + (1 - share) * ab * lower[4:10, 5:13, :3]) / opaque
    wanted[4:10, 5:13, 3:] = opaque * 255
    seen = found[..., 3] > 0
    assert np.abs(found - wanted)[seen].max() <= 1
    on_red = composed("LAYER", *inputs, layers=layers, background="red")
    assert on_red.clip.picture is not None
    assert not on_red.clip.picture.alpha
    share = wanted[..., 3:] / 255
    assert np.abs(rgb_of(on_red)[0] - (share * wanted[..., :3] + (1 - share) * (255, 0, 0))).max() <= 1.6


def test_a_larger_canvas_shows_its_background(tmp_path: Path) -> None:
    still = make_still(tmp_path / "still.png", noise(1, (10, 8)))
    (found,) = rgb_of(composed("LAYER", still, width=21, height=15, background="#102030"))
    wanted = np.full((15, 21, 3), (0x10, 0x20, 0x30))
    wanted[:8, :10] = pixels(still)
    assert np.array_equal(found, wanted)
    movie = film(yuv(1, (16, 12)))
    (found,) = rgb_of(composed("LAYER", movie, width=32, height=24, background="#ff0000"))
    for beside in (found[17:, :], found[:, 21:]):  # nearer to it, its colour is mixed in when pairs are parted again
        assert np.abs(beside - (255, 0, 0)).max() <= 2


@pytest.mark.parametrize(
    ("position", "margin", "wanted"),
    [
        ([3, -4], 0, (3, -4)),
        (["0%", "100%"], 0, (0, 41)),
        (["50%", "10%"], 0, (35, 4)),
        (["-50%", "150%"], 0, (-35, 62)),
        ("center", 7, (35, 20)),
        ("top", 7, (35, 7)),
        ("bottom-right", 0, (70, 41)),
        ("bottom-right", 7, (63, 34)),
        ("left", "10%", (6, 20)),
    ],
)
def test_a_position_is_in_pixels_of_the_free_room_or_has_a_name(
    position: Any, margin: Any, wanted: tuple[int, int]
) -> None:
    """A layer of 30x20 on a canvas of 100x61."""
    config = make("LAYER", layers=[{"position": position, "margin": margin if margin else 0}]).config
    assert at(config.layers[0].position, config.layers[0].margin, (30, 20), (100, 61)) == wanted


@pytest.mark.parametrize(
    ("entry", "size"),
    [
        ({}, (40, 20)),
        ({"scale": 0.5}, (20, 10)),
        ({"width": 30}, (30, 15)),
        ({"height": "50%"}, (80, 40)),
        ({"width": "25%"}, (25, 12)),
        ({"width": 60, "height": 10}, (20, 10)),
    ],
)
def test_a_layer_has_the_size_that_is_asked_for(tmp_path: Path, entry: dict[str, Any], size: tuple[int, int]) -> None:
    """White of 40x20 on black of 100x80."""
    inputs = [
        make_still(tmp_path / f"{level}.png", colours(level, size=shape)[0])
        for level, shape in ((0, (100, 80)), (255, (40, 20)))
    ]
    (found,) = rgb_of(composed("LAYER", *inputs, layers=[{}, entry]))
    lit = np.argwhere(found[..., 0] == 255)
    assert tuple(lit.min(axis=0)) == (0, 0)
    assert tuple(lit.max(axis=0) + 1) == size[::-1]
    assert len(lit) == size[0] * size[1]


def test_opacity_mixes_with_what_is_below(tmp_path: Path) -> None:
    inputs = [make_still(tmp_path / f"{level}.png", colours(level)[0]) for level in (40, 200, 100)]
    made = composed("LAYER", *inputs, layers=[{}, {"opacity": 0.25}, {"opacity": 0.5, "position": [8, 0]}])
    (found,) = rgb_of(made)
    assert (found[0, 0] == 80).all()
    assert (found[0, 8] == 90).all()


def test_a_layer_may_be_blended(tmp_path: Path) -> None:
    inputs = [make_still(tmp_path / f"{level}.png", colours(level)[0]) for level in (100, 200)]
    (found,) = rgb_of(
        composed("LAYER", *inputs, layers=[{}, {"blend": "multiply", "position": [4, 0], "opacity": 0.5}])
    )
    assert (found[0, 3] == 100).all()
    assert (found[0, 4] == round((100 + 100 * 200 / 255) / 2)).all()


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (0, None, [200] * 5 + [50] * 5),
        (0.12, None, [50] * 3 + [200] * 5 + [50] * 2),
        (0.121, None, [50] * 4 + [200] * 5 + [50]),
        (0.12, 0.2, [50] * 3 + [200] * 2 + [50] * 5),
        (0.1, 0.201, [50] * 3 + [200] * 3 + [50] * 4),
        (0.36, None, [50] * 9 + [200]),
    ],
)
def test_a_layer_is_shown_from_its_start_to_its_end(
    tmp_path: Path, start: float, end: float | None, wanted: list[int]
) -> None:
    """A film of 5 pictures over one of 10, at 25 a second; a picture that begins at the end is not shown."""
    lower, upper = rgb_film(tmp_path / "low", colours(*[50] * 10)), rgb_film(tmp_path / "up", colours(*[200] * 5))
    config: dict[str, Any] = {"layers": [{}, {"start": start, "end": end}], "duration": "first"}
    assert greys(composed("LAYER", lower, upper, **config)) == wanted
    still = make_still(tmp_path / "still.png", colours(200)[0])
    if end is not None:
        assert greys(composed("LAYER", lower, still, **config)) == wanted


def test_a_layer_begins_with_its_first_picture_whenever_it_starts(tmp_path: Path) -> None:
    lower = rgb_film(tmp_path / "low", colours(*[0] * 8))
    upper = rgb_film(tmp_path / "up", colours(10, 20, 30, 40))
    made = composed("LAYER", lower, upper, layers=[{}, {"start": 0.08, "end": 0.2}])
    assert greys(made) == [0, 0, 10, 20, 30, 0, 0, 0]


@pytest.mark.parametrize("opacity", [1.0, 0.5])
@pytest.mark.parametrize("kind", ["still", "film", "clear"])
def test_a_layer_comes_and_goes(tmp_path: Path, kind: str, opacity: float) -> None:
    """Its opacity rises over four pictures and falls over two; in the middle of each it counts."""
    lower = rgb_film(tmp_path / "low", colours(*[0] * 12))
    still = make_still(tmp_path / "still.png", colours(200)[0])
    clear = rgba_still(tmp_path / "clear.png", np.dstack([colours(200)[0], np.full((12, 16), 255, np.uint8)]))
    upper = {"still": still, "film": rgb_film(tmp_path / "up", colours(*[200] * 9)), "clear": clear}[kind]
    layer = {"start": 0.08, "end": 0.44, "opacity": opacity, "fade": {"in": 0.16, "out": "80ms"}}
    made = composed("LAYER", lower, upper, layers=[{}, layer])
    shares = [1 / 8, 3 / 8, 5 / 8, 7 / 8, 1, 1, 1, 3 / 4, 1 / 4]
    wanted = [0, 0, *(round(share * opacity * 200) for share in shares), 0]
    assert np.abs(np.array(greys(made)) - wanted).max() <= 1


def test_a_layer_that_hides_all_is_seen_through_while_it_comes(tmp_path: Path) -> None:
    lower, upper = grey_film(tmp_path / "low.mkv", [40] * 6), grey_film(tmp_path / "up.mkv", [200] * 6)
    made = composed("LAYER", lower, upper, layers=[{}, {"fade": [0.08, 0]}])
    assert [int(picture[0][6, 8]) for picture in planes(made)] == [80, 160, 200, 200, 200, 200]


def test_each_film_is_brought_to_the_rate_of_the_canvas(tmp_path: Path) -> None:
    lower = rgb_film(tmp_path / "low", colours(*[0] * 8), rate=20)
    upper = rgb_film(tmp_path / "up", colours(10, 20, 30, 40), rate=10)
    made = composed("LAYER", lower, upper)
    assert greys(made) == [10, 10, 20, 20, 30, 30, 40, 40]
    assert made.clip.notes == ("input 2: 10 -> 20 fps",)
    halved = composed("LAYER", lower, upper, fps=10)
    assert greys(halved) == [10, 20, 30, 40]
    assert halved.clip.notes == ("input 1: 20 -> 10 fps",)


@pytest.mark.parametrize(
    ("duration", "wanted"),
    [("longest", [70, 70, 70, 20, 20, 20, 0, 0]), ("first", [70, 70, 70]), ("shortest", [70, 70, 70])],
)
def test_it_lasts_as_long_as_is_asked_and_what_has_ended_is_gone(
    tmp_path: Path, duration: str, wanted: list[int]
) -> None:
    first = rgb_film(tmp_path / "first", colours(*[50] * 3))
    second = rgb_film(tmp_path / "second", colours(*[20] * 6))
    third = rgb_film(tmp_path / "third", colours(*[70] * 8))
    layers = [{}, {}, {"position": [8, 0]}]
    made = composed("LAYER", first, second, third, duration=duration, layers=layers)
    assert made.clip.duration == Fraction(len(wanted), 25)
    assert greys(made, 8) == [70] * len(wanted)
    assert greys(made) == [{70: 20}.get(level, level) for level in wanted]
    if duration == "longest":
        assert made.clip.notes == (
            "input 1 ends at 0.12 s: what lies below it is seen from there",
            "input 2 ends at 0.24 s: what lies below it is seen from there",
        )
    else:
        assert "input 2 is cut off at 0.12 s; it would last to 0.24 s" in made.clip.notes


def test_a_still_below_lasts_as_long_as_the_films_above(tmp_path: Path) -> None:
    still = make_still(tmp_path / "still.png", colours(30, size=(16, 12))[0])
    small = rgb_film(tmp_path / "film", colours(100, 110, 120, size=(4, 4)))
    made = composed("LAYER", still, small, layers=[{}, {"position": "bottom-right"}])
    assert made.clip.describe() == "film 16x12 25 fps 0.12 s"
    assert greys(made, 15, 11) == [100, 110, 120]
    assert greys(made) == [30] * 3


def test_sounds_begin_and_end_with_their_layers(tmp_path: Path) -> None:
    films = [
        grey_film(tmp_path / f"{level}.mkv", [50] * count, sound=np.full(count * 1920, level))
        for level, count in ((0.25, 10), (0.125, 5), (0.5, 10))
    ]
    layers = [{}, {"start": 0.121}, {"start": 0.08, "end": 0.2}]
    made = samples_of(composed("LAYER", *films, layers=layers))[:, 0]
    assert len(made) == 19200
    wanted = np.full(19200, 0.25)
    wanted[4 * 1920 : 9 * 1920] += 0.125
    wanted[2 * 1920 : 5 * 1920] += 0.5
    assert np.abs(made - wanted).max() < 1e-3
    first = samples_of(composed("LAYER", *films, layers=layers, audio="first"))[:, 0]
    assert np.abs(first - 0.25).max() < 1e-3
    silent = composed("LAYER", *films, layers=layers, audio="none")
    assert silent.audio is None
    assert silent.clip.sound is None


@pytest.mark.parametrize(
    ("config", "count", "canvas", "corners"),
    [
        ({}, 2, (40, 20), [(0, 0), (20, 0)]),
        ({"gap": 4}, 3, (44, 44), [(0, 0), (24, 0), (0, 24)]),
        ({"columns": 3, "gap": 1}, 5, (62, 41), [(0, 0), (21, 0), (42, 0), (0, 21), (21, 21)]),
        ({"columns": 1}, 2, (20, 40), [(0, 0), (0, 20)]),
        ({"cell_width": "50%"}, 4, (20, 20), [(0, 0), (10, 0), (0, 10), (10, 10)]),
        ({"cell_width": 30, "cell_height": 10}, 2, (60, 10), [(10, 0), (40, 0)]),
    ],
)
def test_a_grid_has_a_cell_for_each_input(
    tmp_path: Path, config: dict[str, Any], count: int, canvas: tuple[int, int], corners: list[tuple[int, int]]
) -> None:
    """Squares of 20x20, each of a colour of its own, on blue."""
    levels = [(200, 20 * number, 0) for number in range(count)]
    inputs = [
        make_still(tmp_path / f"{number}.png", picture)
        for number, picture in enumerate(colours(*levels, size=(20, 20)))
    ]
    (found,) = rgb_of(composed("LAYER", *inputs, layout="grid", background="#0000ff", **config))
    assert found.shape[:2] == canvas[::-1]
    side = {"50%": 10, 30: 10}.get(config.get("cell_width"), 20)
    wanted = np.full((canvas[1], canvas[0], 3), (0, 0, 255))
    for (x, y), level in zip(corners, levels, strict=True):
        wanted[y : y + side, x : x + side] = level
    assert np.abs(found - wanted).max() <= 1


def test_each_picture_of_a_grid_is_fit_into_its_cell(tmp_path: Path) -> None:
    before = make_still(tmp_path / "before.png", colours(50, size=(40, 30))[0])
    wide = make_still(tmp_path / "wide.png", colours(200, size=(80, 20))[0])
    made = composed("LAYER", before, wide, layout="grid", gap=2, background="#00ff00")
    (found,) = rgb_of(made)
    wanted = np.full((30, 82, 3), (0, 255, 0))
    wanted[:, :40], wanted[10:20, 42:] = 50, 200
    assert np.abs(found - wanted).max() <= 1
    assert made.clip.notes == ("input 2: 80x20 -> 40x10",)


def test_films_that_differ_lie_together_and_the_plan_says_how(tmp_path: Path) -> None:
    clips = (
        FILM,
        replace(
            FILM,
            picture=Picture(1280, 720, "yuv444p10le", Fraction(24), depth=10, matrix="smpte170m", color_range="pc"),
            sound=Sound(44100, "mono", 1),
            frames=96,
        ),
        STILL,
    )
    clip = make("LAYER", layers=[{}, {"width": "50%", "end": 2}, {"position": "center"}]).infer(*clips)
    assert clip.picture == replace(clip.picture, pix_fmt="yuv420p10le", depth=10, rate=Fraction(30))
    assert clip.sound == Sound(48000, "stereo", 2)
    assert clip.notes == (
        "input 2: 24 -> 30 fps, 1280x720 -> 320x180, smpte170m -> bt709, full -> narrow range,"
        " 44100 -> 48000 Hz, mono -> stereo",
        "input 3: rgb -> bt709",
        SUMMED,
    )


@pytest.mark.parametrize(
    ("layer", "note"),
    [
        ({}, "input 2: 900x400 at 0, 0 goes over the edges of the canvas (640x360); what lies outside is not seen"),
        ({"position": "center", "scale": 0.8}, "input 2: 720x320 at -40, 20 goes over the edges"),
        ({"position": [0, -20], "width": 640}, None),
        ({"width": "100%", "position": "bottom"}, None),
    ],
)
def test_what_is_not_seen_because_it_lies_outside_is_told(layer: dict[str, Any], note: str | None) -> None:
    large = replace(STILL, picture=Picture(900, 400, "rgb24"))
    clip = make("LAYER", layers=[{}, layer]).infer(FILM, large)
    said = [item for item in clip.notes if "goes over the edges" in item]
    assert [item[: len(note)] for item in said] == [note] if note else said == []


@pytest.mark.parametrize(
    ("starts", "audio", "summed"),
    [((0, 0, 0), "mix", True), ((0, 4, 8), "mix", False), ((8, 0, 3), "mix", True), ((0, 0, 0), "first", False)],
)
def test_sounds_that_are_heard_together_may_be_too_loud(starts: tuple[float, ...], audio: str, summed: bool) -> None:
    """Films of 4 s, each from its start on: where no two meet, nothing is added."""
    films = [replace(FILM, sound=Sound(48000, "stereo", 2), duration=Fraction(4), frames=120) for _ in starts]
    clip = make("LAYER", layers=[{"start": start} for start in starts], audio=audio).infer(*films)
    assert (SUMMED in clip.notes) == summed


@pytest.mark.parametrize(
    ("layers", "more", "message"),
    [
        ([{}, {}, {}], {}, "`layers` has 3 entries, but there are 2 inputs"),
        ([{}, {"start": 4}], {}, "layer 2 begins at 4 s, but the film ends at 4 s"),
        ([{}, {"start": 1.001, "end": 1.002}], {}, "no picture of the film begins while layer 2 is shown"),
        (
            [{}, {"start": 1, "end": 2, "fade": [0.5, 1]}],
            {},
            r"layer 2 is shown for 1 s, and its fades take 1\.5 s; shorten them",
        ),
        ([{}, {"position": [640, 0]}], {}, r"layer 2 \(100x50 at 640, 0\) lies outside of the canvas \(640x360\)"),
        ([{}, {"position": [0, -50]}], {}, "layer 2 .* lies outside"),
    ],
)
def test_what_would_never_be_seen_is_refused(layers: list[Any], more: dict[str, Any], message: str) -> None:
    with pytest.raises(InferError, match=message):
        make("LAYER", layers=layers, **more).infer(FILM, STILL)


def test_inputs_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    tone = opened(make_sound(tmp_path / "tone.wav")).clip
    for clip, what in ((tone, "a sound"), (Clip("data"), "a document")):
        with pytest.raises(InferError, match=f"input 2 of this LAYER is {what}; give it a still or a film"):
            make("LAYER").infer(FILM, clip)
    for layers in ([{"start": 1}], [{}, {"end": 2}], [{}, {"fade": 1}]):
        with pytest.raises(InferError, match="all inputs are stills"):
            make("LAYER", layers=layers).infer(STILL, STILL)
    with pytest.raises(InferError, match="stills, which have no `fps`"):
        make("LAYER", fps=25).infer(STILL)
    with pytest.raises(InferError, match="input 1 has no sound"):
        make("LAYER", audio="first").infer(STILL, FILM)
    hdr = Clip(
        "film", Picture(64, 36, "yuv420p10le", Fraction(30), depth=10, transfer="smpte2084"), duration=Fraction(1)
    )
    with pytest.raises(InferError, match="input 2 is of high dynamic range"):
        make("LAYER").infer(FILM, hdr)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"layers": [{"scale": 2, "width": 10}]}, "say the same thing twice"),
        ({"layers": [{"position": [0, 0], "margin": 5}]}, "`margin` belongs to a named position"),
        ({"layers": [{"start": 2, "end": 2}]}, "must come after `start`"),
        (
            {"layers": [{"position": "middle"}]},
            "is no place; write top-left, top, top-right, left, center, right, bottom-left",
        ),
        ({"layers": [{"opacity": 2}]}, "less than or equal to 1"),
        ({"layers": [{"mode": "screen"}]}, "Extra inputs"),
        ({"columns": 2}, "`columns` belongs to `layout: grid`"),
        ({"layout": "grid", "width": 100}, "a grid is as large as its cells"),
        ({"layout": "grid", "layers": [{"scale": 2}]}, "in a grid each layer has its cell; leave `scale` out"),
    ],
)
def test_a_config_that_contradicts_itself_is_refused(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make("LAYER", **config)


def test_what_means_the_same_has_the_same_key() -> None:
    plain = make("LAYER").key_config()
    assert make("LAYER", layers=[{}, {"start": "0s"}], duration="longest").key_config() == plain
    assert make("LAYER", layers=[{"fade": 0}]).key_config() == plain
    assert make("LAYER", layers=[{"fade": 1}]).key_config() == make("LAYER", layers=[{"fade": [1, "1s"]}]).key_config()
    moved = make("LAYER", layers=[{}, {"position": "top"}])
    assert moved.key_config() != plain
    assert make("LAYER", layers=[{}, {"position": "top"}, {}]).key_config() == moved.key_config()


def test_few_pictures_are_made_ahead_however_long_the_film() -> None:
    origins = [Frames([np.full((16, 16), level, np.uint8)] * 3, "gbrp", count=400) for level in (50, 100, 150)]
    layers = [{}, {"position": [4, 4]}, {"opacity": 0.5}]
    made = composed("LAYER", *(film(origin) for origin in origins), layers=layers)
    assert made.video is not None
    ahead = 0
    for index, _ in enumerate(made.video.frames()):
        ahead = max(ahead, *(origin.made - index for origin in origins))
    assert index == 399
    assert ahead <= 16
    assert [origin.closed for origin in origins] == [1, 1, 1]


def test_a_layer_is_open_only_while_it_is_shown() -> None:
    origins = [Frames([np.full((16, 16), 50, np.uint8)] * 3, "gbrp", count=100) for _ in range(3)]
    layers = [{}, {"start": 1, "end": 2}, {"start": 3}]
    made = composed("LAYER", *(film(origin) for origin in origins), layers=layers, duration="first")
    assert made.video is not None
    for index, _ in enumerate(made.video.frames()):
        assert origins[1].opened == (index >= 25), index
        assert origins[1].closed or index < 50, index
        assert origins[2].opened == (index >= 75), index
    assert index == 99
    assert [origin.closed for origin in origins] == [1, 1, 1]
    assert origins[1].made <= 26


def test_threads_end_when_the_film_is_stopped_early(tmp_path: Path) -> None:
    inputs = [make_film(tmp_path / f"{number}.mp4", (64, 48), seconds=3) for number in range(3)]
    before = set(threading.enumerate())
    made = composed("LAYER", *inputs, layers=[{}, {"position": [5, 5]}, {"scale": 0.5}])
    assert made.video is not None
    frames: Any = made.video.frames()
    next(frames)
    assert set(threading.enumerate()) > before
    frames.close()
    assert set(threading.enumerate()) == before


def test_it_can_be_cut_and_read_again(tmp_path: Path) -> None:
    lower = rgb_film(tmp_path / "low", colours(*range(0, 100, 10)))
    made = composed("LAYER", lower, make_still(tmp_path / "s.png", colours(255, size=(4, 4))[0]), audio="none")
    assert made.video is not None
    part = replace(made, video=made.video.cut(Fraction(1, 5), Fraction(2, 5)))
    for _ in range(2):
        assert greys(part, 8, 8) == [50, 60, 70, 80, 90]
        assert greys(part) == [255] * 5


def test_a_film_goes_through_all_of_it_into_a_file(tmp_path: Path) -> None:
    """Picture in picture with a logo, in the format films are delivered in, as long as promised."""
    below = make_film(tmp_path / "below.mp4", (160, 90), seconds=1)
    inset = make_film(tmp_path / "inset.mp4", (80, 46), rate=24, seconds=0.5, layout="mono")
    logo = rgba_still(tmp_path / "logo.png", noise(1, (20, 10), 4))
    layers = [{}, {"position": "bottom-right", "margin": 5, "start": 0.25}, {"position": "top-left", "opacity": 0.7}]
    made = composed("LAYER", below, inset, logo, layers=layers)
    found = opened(written(made, tmp_path / "out.mp4")).clip
    assert (found.frames, found.duration, found.sound) == (30, Fraction(1), Sound(48000, "stereo", 2, found.sound.bits))
