"""Transitions: pictures between two clips, number by number, in every format they may come in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from av.filter import Graph

from artcelery.core.media.clip import Picture
from artcelery.core.media.editing.mixable import mixable
from artcelery.core.media.editing.planes import colour_planes, planes_of
from artcelery.core.media.editing.transitions import Transition, mixer

Array = np.ndarray[Any, Any]

FORMATS = ["yuv420p", "yuv422p10le", "yuv444p12le", "yuvj420p", "gbrp", "gbrp16le", "gray", "rgb24", "yuv411p"]
CLEAR = ["rgba", "yuva444p", "yuva444p10le", "gbrap16le"]


def picture_of(pix_fmt: str, width: int = 24, height: int = 14) -> Picture:
    pixel = av.VideoFormat(pix_fmt, width, height)
    rgb = pixel.is_rgb
    return Picture(
        width,
        height,
        pix_fmt,
        Fraction(25),
        alpha=any(part.is_alpha for part in pixel.components),
        depth=max(part.bits for part in pixel.components),
        matrix="rgb" if rgb else "bt709",
        color_range="pc" if rgb or pix_fmt.startswith("yuvj") else "tv",
    )


def noise(picture: Picture, seed: int) -> av.VideoFrame:
    """A frame in which all numbers that its format holds are alike likely."""
    frame = av.VideoFrame(picture.width, picture.height, picture.pix_fmt)
    random = np.random.default_rng(seed)
    for plane in planes_of(frame, picture):
        plane[:] = random.integers(0, 1 << picture.depth, plane.shape)
    return frame


def numbers(frame: av.VideoFrame, picture: Picture) -> list[Array]:
    return [plane.astype(np.float64) for plane in planes_of(frame, picture)]


def nearest(values: Array) -> Array:
    return np.floor(values + 0.5)


def pair(pix_fmt: str, **size: int) -> tuple[Picture, av.VideoFrame, av.VideoFrame]:
    picture = picture_of(pix_fmt, **size)
    return picture, noise(picture, 1), noise(picture, 2)


@pytest.mark.parametrize("pix_fmt", FORMATS)
@pytest.mark.parametrize(("frames", "number"), [(1, 0), (3, 0), (3, 1), (12, 7), (12, 11), (400, 123)])
def test_a_cross_fade_is_the_weighted_mean_rounded_to_the_nearest(pix_fmt: str, frames: int, number: int) -> None:
    picture, one, other = pair(pix_fmt)
    made = mixer(Transition("crossfade", frames), picture)(one, other, number)
    assert (made.width, made.height, made.format.name) == (24, 14, pix_fmt)
    total, come = frames + 1, number + 1
    for found, a, b in zip(*(numbers(frame, picture) for frame in (made, one, other)), strict=True):
        assert np.array_equal(found, nearest((a * (total - come) + b * come) / total))


def test_the_frames_that_are_mixed_stay_as_they_are() -> None:
    for kind in ("crossfade", "fade", "wipe", "slide"):
        picture, one, other = pair("yuv420p")
        before = [numbers(frame, picture) for frame in (one, other)]
        mixer(Transition(kind, 3), picture)(one, other, 1)
        after = [numbers(frame, picture) for frame in (one, other)]
        assert all(
            np.array_equal(a, b) for old, new in zip(before, after, strict=True) for a, b in zip(old, new, strict=True)
        )


@pytest.mark.parametrize("pix_fmt", CLEAR)
def test_a_cross_fade_of_transparent_pictures_is_that_of_what_is_seen(pix_fmt: str) -> None:
    """Laid over any background it is the cross-fade of both laid over it, to a step."""
    picture, one, other = pair(pix_fmt)
    most = (1 << picture.depth) - 1
    made = mixer(Transition("crossfade", 6), picture)(one, other, 1)
    ground = most * 0.3

    def laid(frame: av.VideoFrame) -> Array:
        planes = numbers(frame, picture)
        whole = planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)
        alpha = whole[..., -1:] / most
        return whole[..., :-1] * alpha + ground * (1 - alpha)

    expected = laid(one) * 5 / 7 + laid(other) * 2 / 7
    assert np.abs(laid(made) - expected).max() <= 1.01
    alphas = [numbers(frame, picture)[-1][..., -1] for frame in (made, one, other)]
    assert np.array_equal(alphas[0], nearest((alphas[1] * 5 + alphas[2] * 2) / 7))


def test_colour_that_nobody_sees_does_not_bleed_into_a_cross_fade() -> None:
    picture = picture_of("rgba")
    clear, red = (av.VideoFrame(24, 14, "rgba") for _ in range(2))
    planes_of(clear, picture)[0][:] = (0, 255, 0, 0)
    planes_of(red, picture)[0][:] = (200, 0, 0, 255)
    made = planes_of(mixer(Transition("crossfade", 1), picture)(clear, red, 0), picture)[0]
    assert np.array_equal(made, np.broadcast_to(np.array([200, 0, 0, 128]), (14, 24, 4)))


@pytest.mark.parametrize("pix_fmt", FORMATS)
@pytest.mark.parametrize(("frames", "number"), [(3, 0), (3, 1), (3, 2), (4, 1), (4, 2)])
def test_a_fade_goes_out_to_the_background_and_comes_in_from_it(pix_fmt: str, frames: int, number: int) -> None:
    picture, one, other = pair(pix_fmt)
    made = mixer(Transition("fade", frames, background="#3080f0"), picture)(one, other, number)
    progress = (number + 1) / (frames + 1)
    ground = [plane.astype(float) for plane in colour_planes("#3080f0", picture)]
    for found, a, b, colour in zip(*(numbers(item, picture) for item in (made, one, other)), ground, strict=True):
        if progress <= 0.5:
            expected = a * (1 - 2 * progress) + colour * (2 * progress)
        else:
            expected = colour * (2 - 2 * progress) + b * (2 * progress - 1)
        assert np.array_equal(found, nearest(np.round(expected, 6)))


def test_a_transparent_clip_fades_to_the_background_as_well() -> None:
    picture = picture_of("rgba")
    clear = av.VideoFrame(24, 14, "rgba")
    planes_of(clear, picture)[0][:] = 0
    made = planes_of(mixer(Transition("fade", 3, background="#0a141e"), picture)(clear, clear, 0), picture)[0]
    assert np.array_equal(made, np.broadcast_to(np.array([10, 20, 30, 128]), (14, 24, 4)))


@pytest.mark.parametrize(
    ("pix_fmt", "matrix", "range", "expected"),
    [
        ("yuv420p", "bt709", "tv", (63, 102, 240)),  # red, H.273: 16 + 219 * 0.2126, 128 - 224 * 0.1146, 128 + 224 / 2
        ("yuv420p", "smpte170m", "tv", (81, 90, 240)),
        ("yuv420p", "smpte170m", "pc", (76, 85, 255)),
        ("yuv420p10le", "bt2020nc", "tv", (294, 387, 960)),
        ("gray", "bt709", "pc", (54,)),
        ("gbrp10le", "rgb", "pc", (0, 0, 1023)),
        ("rgb24", "rgb", "pc", ((255, 0, 0),)),
    ],
)
def test_a_colour_has_the_numbers_of_its_matrix_and_range(
    pix_fmt: str, matrix: str, range: str, expected: tuple[Any, ...]
) -> None:
    depth = 10 if "10" in pix_fmt else 8
    picture = Picture(2, 2, pix_fmt, depth=depth, matrix=matrix, color_range=range)
    found = [plane.reshape(-1).tolist() for plane in colour_planes("#ff0000", picture)]
    assert found == [list(item) if isinstance(item, tuple) else [item] for item in expected]


@pytest.mark.parametrize("color", ["#000000", "#ffffff", "#ff8000", "#123456"])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p10le"])
def test_the_background_of_a_fade_is_that_of_the_bars_beside_a_picture(color: str, pix_fmt: str) -> None:
    picture = picture_of(pix_fmt)
    graph = Graph()
    source = graph.add(
        "buffer", video_size="24x14", pix_fmt=pix_fmt, time_base="1/25", pixel_aspect="1/1", colorspace="1", range="1"
    )
    pad, sink = graph.add("pad", w="48", h="14", x="0", y="0", color=color), graph.add("buffersink")
    source.link_to(pad)
    pad.link_to(sink)
    graph.configure()
    frame = noise(picture, 1)
    frame.pts, frame.time_base, frame.colorspace, frame.color_range = 0, Fraction(1, 25), 1, 1
    source.push(frame)
    bars: Any = sink.pull()
    step = 1 << (picture.depth - 8)  # FFmpeg widens the eight bits of a colour
    planes = zip(planes_of(bars, picture), colour_planes(color, picture), strict=True)
    assert max(abs(int(plane[0, -1, 0]) - int(colour[0, 0, 0])) for plane, colour in planes) <= step


def turned(planes: list[Array], direction: str) -> list[Array]:
    """The planes so that what moves in that direction moves to the left."""
    turns = {
        "left": lambda plane: plane,
        "right": lambda plane: plane[:, ::-1],
        "up": lambda plane: plane.swapaxes(0, 1),
        "down": lambda plane: plane[::-1].swapaxes(0, 1),
    }
    return [turns[direction](plane) for plane in planes]


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "rgb24", "gbrp16le", "rgba"])
@pytest.mark.parametrize("number", [0, 2, 4])
def test_wipes_and_slides_move_whole_columns_and_rows(pix_fmt: str, direction: str, number: int) -> None:
    """The first, third and last of five pictures: 4, 12 and 20 of 24 columns, or 2.3, 7 and 11.7 of 14 rows."""
    picture, one, other = pair(pix_fmt)
    side, shared = (24 if direction in ("left", "right") else 14), (2 if pix_fmt == "yuv420p" else 1)
    gone = int(np.floor(side / shared * (number + 1) / 6 + 0.5)) * shared
    for kind in ("wipe", "slide"):
        made = mixer(Transition(kind, 5, direction), picture)(one, other, number)
        planes = [turned(numbers(frame, picture), direction) for frame in (made, one, other)]
        for index, (found, a, b) in enumerate(zip(*planes, strict=True)):
            moved = gone // (shared if index in (1, 2) else 1)
            stays = a.shape[1] - moved
            if kind == "wipe":
                expected = np.concatenate([a[:, :stays], b[:, stays:]], axis=1)
            else:
                expected = np.concatenate([a[:, moved:], b[:, :moved]], axis=1)
            assert np.array_equal(found, expected)


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
@pytest.mark.parametrize("kind", ["wipe", "slide"])
def test_pictures_of_odd_sizes_keep_each_pixel_with_its_colour(kind: str, direction: str) -> None:
    """Each pair of columns (rows) has a number of its own in luma and in chroma; they must stay together."""
    picture = picture_of("yuv420p", width=13, height=9)
    frames = [av.VideoFrame(13, 9, "yuv420p") for _ in range(2)]
    for frame, base in zip(frames, (0, 100), strict=True):
        luma, cb, cr = planes_of(frame, picture)
        rows, columns = np.arange(9)[:, None] // 2, np.arange(13)[None, :] // 2
        luma[:] = (base + 10 * rows + columns)[..., None]
        cb[:] = cr[:] = (base + 10 * np.arange(5)[:, None] + np.arange(7)[None, :])[..., None]
    for number in range(6):
        made = mixer(Transition(kind, 6, direction), picture)(frames[0], frames[1], number)
        luma, cb, _ = (plane[..., 0] for plane in planes_of(made, picture))
        assert np.array_equal(luma, cb.repeat(2, axis=0).repeat(2, axis=1)[:9, :13])


def test_a_picture_that_was_turned_over_is_read_the_right_way_up() -> None:
    picture, one, other = pair("yuv420p")
    graph = Graph()
    source = graph.add("buffer", video_size="24x14", pix_fmt="yuv420p", time_base="1/25", pixel_aspect="1/1")
    flip, sink = graph.add("vflip"), graph.add("buffersink")
    source.link_to(flip)
    flip.link_to(sink)
    graph.configure()
    expected = [plane[::-1] for plane in numbers(one, picture)]
    one.pts, one.time_base = 0, Fraction(1, 25)
    source.push(one)
    flipped: Any = sink.pull()
    assert flipped.planes[0].line_size < 0
    made = mixer(Transition("wipe", 999), picture)(flipped, other, 0)
    assert all(np.array_equal(a, b) for a, b in zip(numbers(made, picture), expected, strict=True))


def test_every_format_that_frames_may_have_becomes_one_that_can_be_mixed() -> None:
    """Planes of whole numbers, one for each component, or three or four side by side."""
    kept = 0
    for name in sorted(av.video.format.names):
        pixel = av.VideoFormat(name, 16, 16)
        if not pixel.components or max(part.bits for part in pixel.components) > 16:
            continue
        picture = picture_of(name, 16, 16)
        found = mixable(picture)
        assert (found.alpha, found.matrix, found.size) == (picture.alpha, picture.matrix, picture.size), name
        assert found.depth >= picture.depth, name
        if found.pix_fmt == name:
            kept += 1
        shown = av.VideoFormat(found.pix_fmt, 16, 16)
        assert max(part.bits for part in shown.components) == found.depth, name
        frame = av.VideoFrame(16, 16, found.pix_fmt)
        parts = sum(plane.shape[2] for plane in planes_of(frame, found))
        assert parts == len(shown.components), name
        assert mixable(found) == found, name
    assert kept > 40
