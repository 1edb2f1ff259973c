"""What TRANSFORM and effects do to colour, beside the formulas that the documentation gives."""

from __future__ import annotations

from math import comb, erf
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from artcelery import effects
from artcelery.core.effect.binding import bind
from artcelery.core.effect.source import read_effect
from artcelery.core.errors import RenderError
from artcelery.core.media.probing.probe import probe
from artcelery.core.ops.effect import EffectConfig, EffectOp, effect_op
from tests.core.ops.rendering import Node, Pixels, flat_yuv, pixels, render, shown, transform, write_frames
from tests.media_files import frames_of, make_film, make_still

LUMA_709 = np.array([0.2126, 0.7152, 0.0722])
"""Of ITU-R BT.709, whose primaries are those of sRGB (IEC 61966-2-1)."""
STEPS = list(range(16, 236, 3))


def ramp() -> Pixels:
    """Every third step of luma, each in a column of its own, as yuv444p."""
    luma = np.array(STEPS, np.uint8)[None].repeat(8, axis=0)
    return np.stack([luma, np.full_like(luma, 128), np.full_like(luma, 128)])


@pytest.mark.parametrize(
    ("brightness", "contrast", "gamma"),
    [(0.1, 1.0, 1.0), (-0.25, 1.0, 1.0), (0.0, 1.5, 1.0), (0.0, 0.4, 1.0), (0.0, 1.0, 2.2), (0.1, 1.2, 0.7)],
)
def test_luma_follows_its_formula(tmp_path: Path, brightness: float, contrast: float, gamma: float) -> None:
    source = write_frames(tmp_path / "in.mkv", [ramp()], "yuv444p", tags=(1, 1))
    render(source, [transform(brightness=brightness, contrast=contrast, gamma=gamma)], tmp_path / "out.mkv")
    value = (np.array(STEPS) - 16) / 219
    wanted = np.clip((value - 0.5) * contrast + 0.5 + brightness, 0, 1) ** (1 / gamma) * 219 + 16
    assert np.abs(frames_of(tmp_path / "out.mkv", "yuv444p")[0][0, 4] - wanted).max() <= 0.5001


def test_luma_of_a_still_follows_the_same_formula(tmp_path: Path) -> None:
    grey = np.arange(0, 256, 5, dtype=np.uint8)[None, :, None].repeat(8, axis=0).repeat(3, axis=2)
    source = make_still(tmp_path / "in.png", grey)
    render(source, [transform(brightness=0.1, contrast=1.3, gamma=1.4)], tmp_path / "out.png")
    wanted = np.clip((np.arange(0, 256, 5) / 255 - 0.5) * 1.3 + 0.6, 0, 1) ** (1 / 1.4) * 255
    assert np.abs(pixels(tmp_path / "out.png")[4] - wanted[:, None]).max() <= 1.5


def test_a_film_of_the_full_range_keeps_its_blacks_and_whites(tmp_path: Path) -> None:
    """Luma 4 and 251 mean nearly black and white there; nothing clips them at 16 and 235."""
    frames = [flat_yuv(4), flat_yuv(251)]
    source = write_frames(tmp_path / "in.mkv", frames, "yuv444p", tags=(1, 2))
    render(source, [transform(brightness=0.002)], tmp_path / "out.mkv")
    dark, light = (frame[20, 20] for frame in shown(tmp_path / "out.mkv"))
    assert np.abs(dark - 4.5).max() <= 1.5
    assert np.abs(light - 251.5).max() <= 1.5


@pytest.mark.parametrize("matrix", [1, 6])
def test_saturation_zero_is_grey_of_the_same_luma(tmp_path: Path, matrix: int) -> None:
    source = write_frames(tmp_path / "in.mkv", [flat_yuv(110, 90, 190)], "yuv444p", tags=(matrix, 1))
    render(source, [transform(saturation=0)], tmp_path / "out.mkv")
    found = shown(tmp_path / "out.mkv")[0][20, 20]
    assert np.abs(found - (110 - 16) / 219 * 255).max() <= 1.5


def test_hue_turns_the_colour_circle(tmp_path: Path) -> None:
    """By 180 degrees the colour differences change sign; by 90 they change places."""
    source = write_frames(tmp_path / "in.mkv", [flat_yuv(110, 100, 170)], "yuv444p", tags=(1, 1))
    for degrees, turned in [(180, (156, 86)), (90, (86, 100)), (-90, (170, 156))]:
        render(source, [transform(hue=degrees)], tmp_path / "out.mkv")
        frame = frames_of(tmp_path / "out.mkv", "yuv444p")[0][:, 20, 20].astype(int)
        assert frame[0] == 110
        assert tuple(frame[1:]) == pytest.approx(turned, abs=2), degrees


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("saturation", [0, 0.5, 1.5])
def test_saturation_works_around_the_luma_of_a_still(tmp_path: Path, saturation: float, channels: int) -> None:
    colours = np.array([(150, 120, 90), (90, 140, 100), (80, 90, 150), (170, 90, 120)], np.uint8)
    picture = np.full((16, 16, channels), 200, np.uint8)
    picture[..., :3] = colours.repeat(4, axis=0)
    source = make_still(tmp_path / "in.png", picture)
    render(source, [transform(saturation=saturation)], tmp_path / "out.png")
    luma = (colours @ LUMA_709)[:, None]
    wanted = luma + (colours - luma) * saturation
    assert np.abs(pixels(tmp_path / "out.png")[8, 2::4] - wanted).max() <= 2


@pytest.mark.parametrize("matrix", [1, 5, 6, 9])
def test_a_film_becomes_the_same_grey_before_and_after_an_effect_on_rgb(tmp_path: Path, matrix: int) -> None:
    film = write_frames(tmp_path / "in.mkv", [flat_yuv(110, 90, 190)], "yuv444p", tags=(matrix, 1))
    grey: list[Node] = [transform(saturation=0)]
    for chain in (grey, [unchanged_frames(), *grey], [*grey, unchanged_frames()]):
        render(film, chain, tmp_path / "out.mkv")
        assert np.abs(shown(tmp_path / "out.mkv")[0] - (110 - 16) / 219 * 255).max() <= 2


def test_a_still_becomes_the_same_grey_as_a_film_of_its_colours(tmp_path: Path) -> None:
    film = write_frames(tmp_path / "in.mkv", [flat_yuv(110, 90, 190)], "yuv444p", tags=(1, 1))
    still = make_still(tmp_path / "in.png", shown(film)[0].astype(np.uint8))
    render(still, [transform(saturation=0)], tmp_path / "out.png")
    assert np.abs(pixels(tmp_path / "out.png") - (110 - 16) / 219 * 255).max() <= 2


def unchanged_frames() -> EffectOp:
    """An effect that is given each frame in RGB, and gives it back."""
    effect = read_effect(b'"""@effect same"""\ndef process_frame(frame, params, state):\n    return frame\n', "same.py")
    return effect_op(EffectConfig(effect="same"), effect, {})


def test_a_blur_is_gaussian_and_sharpening_leaves_flat_places_alone(tmp_path: Path) -> None:
    picture = np.zeros((65, 65, 3), np.uint8)
    picture[:, 33:] = 200
    source = make_still(tmp_path / "in.png", picture)
    render(source, [transform(blur=4)], tmp_path / "blur.png")
    render(source, [transform(sharpen=1)], tmp_path / "sharp.png")
    edge = pixels(tmp_path / "blur.png")[32, :, 0]
    wanted = [200 * 0.5 * (1 + erf((x - 32.5) / (4 * 2**0.5))) for x in range(65)]
    assert np.abs(edge - wanted)[12:-12].max() <= 6  # of 200
    sharp = pixels(tmp_path / "sharp.png")[32, :, 0]
    assert (sharp[:30].max(), sharp[36:].min()) == (0, 200)
    assert sharp[33] > 200


@pytest.mark.parametrize("pix_fmt", ["yuv444p", "yuv422p", "yuv420p", "yuv420p10le"])
@pytest.mark.parametrize("upright", [False, True])
def test_colour_is_blurred_as_far_as_light(tmp_path: Path, pix_fmt: str, upright: bool) -> None:
    """An edge, of luma and of both colour differences (ITU-R BT.709), from 64 to 192 in the middle of 128 pixels."""
    edge = np.where(np.arange(128) < 64, 64, 192).astype(np.uint8)[None].repeat(128, axis=0)
    edge = edge.T if upright else edge
    source = write_frames(tmp_path / "in.mkv", [np.stack([edge] * 3)], "yuv444p", tags=(1, 1))
    shared = converted(source, tmp_path / "shared.mkv", pix_fmt, (1, 1))
    render(shared, [transform(blur=6)], tmp_path / "out.mkv")
    planes = frames_of(tmp_path / "out.mkv", "yuv444p")[0].astype(float)
    wanted = [64 + 64 * (1 + erf((place - 63.5) / (6 * 2**0.5))) for place in range(128)]
    for plane in planes:
        found = plane[:, 64] if upright else plane[64]
        assert np.abs(found - wanted)[24:-24].max() <= 6  # of 128; blurred twice as far it is 18 off


@pytest.mark.parametrize("amount", [0.5, 5])
@pytest.mark.parametrize(
    ("pix_fmt", "tags"),
    [("yuv444p", (1, 1)), ("yuv420p", (1, 1)), ("yuv444p", (1, 2)), ("yuv422p10le", (1, 1)), ("yuv444p12le", (1, 1))],
)
def test_sharpening_is_unsharp_masking_at_any_depth(
    tmp_path: Path, pix_fmt: str, tags: tuple[int, int], amount: float
) -> None:
    """Luma, and `amount` times what a binomial filter of 5x5 takes from it."""
    luma = np.where(np.arange(64) < 32, 90, 110).astype(np.uint8)[None].repeat(48, axis=0)
    source = write_frames(tmp_path / "in.mkv", [np.stack([luma, *flat_yuv(0)[1:]])], "yuv444p", tags=tags)
    source = converted(source, tmp_path / "as-asked.mkv", pix_fmt, tags)
    render(source, [transform(sharpen=amount)], tmp_path / "out.mkv")
    blurred = np.convolve(luma[0], np.array([1, 4, 6, 4, 1]) / 16, "same")
    wanted = np.clip(luma[0] + amount * (luma[0] - blurred), 0, 255)[8:-8]
    with av.open(str(tmp_path / "out.mkv")) as made:
        plane = next(made.decode(video=0)).reformat(format=pix_fmt).planes[0]
    depth = int(pix_fmt[-4:-2]) if pix_fmt.endswith("le") else 8
    rows = np.frombuffer(bytes(plane), "<u2" if depth > 8 else np.uint8).reshape(plane.height, -1)
    assert np.abs(rows[24, 8:56] / 2 ** (depth - 8) - wanted).max() <= 1.5  # 8 bits are rounded before `amount` counts


@pytest.mark.parametrize("effects", [{}, {"saturation": 1.2}, {"brightness": 0.01}])
@pytest.mark.parametrize("channels", [3, 4])
def test_edges_of_stills_are_sharpened_whatever_else_is_changed(
    tmp_path: Path, effects: dict[str, float], channels: int
) -> None:
    grey = np.where(np.arange(64) < 32, 90, 110).astype(np.uint8)[None, :, None].repeat(48, axis=0)
    picture = np.dstack([grey] * 3 + [np.full_like(grey, 255)] * (channels - 3))
    source = make_still(tmp_path / "in.png", picture)
    render(source, [transform(**effects)], tmp_path / "before.png")
    render(source, [transform(sharpen=1, **effects)], tmp_path / "after.png")
    before, after = (pixels(tmp_path / f"{name}.png")[24, 32] for name in ("before", "after"))
    assert np.abs(after - before - 20 * (1 - 11 / 16)).max() <= 1.5


@pytest.mark.parametrize("channels", [3, 4])
def test_sharpening_leaves_flat_places_of_any_colour_alone(tmp_path: Path, channels: int) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (8, 8, channels)).astype(np.uint8)
    colours[..., 3:] = 255
    source = make_still(tmp_path / "in.png", colours.repeat(16, axis=0).repeat(16, axis=1))
    render(source, [transform(sharpen=1)], tmp_path / "out.png")
    assert np.array_equal(pixels(tmp_path / "out.png")[8::16, 8::16], colours[..., :3])


@pytest.mark.parametrize(("effect", "change"), [("grayscale", {"saturation": 0}), ("hue", {"hue": 90})])
def test_effects_of_colour_are_those_of_transform(tmp_path: Path, effect: str, change: dict[str, float]) -> None:
    colours = np.random.default_rng(2).integers(40, 216, (8, 8, 3)).astype(np.uint8)
    still = make_still(tmp_path / "in.png", colours.repeat(8, axis=0).repeat(8, axis=1))
    film = write_frames(tmp_path / "in.mkv", [flat_yuv(110, 90, 190)], "yuv444p", tags=(1, 1))
    for source, suffix in ((still, "png"), (film, "mkv")):
        render(source, [built_in(effect)], tmp_path / f"effect.{suffix}")
        render(source, [transform(**change)], tmp_path / f"transform.{suffix}")
    assert np.abs(pixels(tmp_path / "effect.png") - pixels(tmp_path / "transform.png")).max() <= 1
    assert np.array_equal(shown(tmp_path / "effect.mkv")[0], shown(tmp_path / "transform.mkv")[0])


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le"])
def test_effects_of_sharpness_are_those_of_transform(tmp_path: Path, pix_fmt: str) -> None:
    noise = np.random.default_rng(3).integers(40, 216, (3, 64, 64)).astype(np.uint8)
    source = write_frames(tmp_path / "noise.mkv", [noise], "yuv444p", tags=(1, 1))
    source = converted(source, tmp_path / "in.mkv", pix_fmt, (1, 1))
    for node, change in ((built_in("blur", radius=3.0), {"blur": 3}), (built_in("sharpen"), {"sharpen": 1})):
        render(source, [node], tmp_path / "effect.mkv")
        render(source, [transform(**change)], tmp_path / "transform.mkv")
        assert np.array_equal(shown(tmp_path / "effect.mkv")[0], shown(tmp_path / "transform.mkv")[0])


@pytest.mark.parametrize(("radius", "amount"), [(1, 1.0), (2, 0.3), (3, 2.5)])
def test_a_deep_film_is_sharpened_as_far_as_is_asked(tmp_path: Path, radius: int, amount: float) -> None:
    luma = np.where(np.arange(64) < 32, 90, 110).astype(np.uint8)[None].repeat(48, axis=0)
    source = write_frames(tmp_path / "edge.mkv", [np.stack([luma, *flat_yuv(0)[1:]])], "yuv444p", tags=(1, 1))
    source = converted(source, tmp_path / "in.mkv", "yuv444p16le", (1, 1))
    render(source, [built_in("sharpen", radius=radius, amount=amount)], tmp_path / "out.mkv")
    binomial = [comb(2 * radius, place) / 4**radius for place in range(2 * radius + 1)]
    wanted = luma[0] + amount * (luma[0] - np.convolve(luma[0], binomial, "same"))
    with av.open(str(tmp_path / "out.mkv")) as made:
        plane = next(made.decode(video=0)).reformat(format="yuv444p16le").planes[0]
    rows = np.frombuffer(bytes(plane), "<u2").reshape(plane.height, -1)
    assert np.abs(rows[24, 8:56] / 256 - wanted[8:-8]).max() <= 0.1


def test_what_a_deep_film_cannot_be_sharpened_by_is_said(tmp_path: Path) -> None:
    source = write_frames(tmp_path / "edge.mkv", [flat_yuv(110)], "yuv444p", tags=(1, 1))
    source = converted(source, tmp_path / "in.mkv", "yuv444p10le", (1, 1))
    with pytest.raises(
        RenderError, match=r"sharpen.*pictures of 10 bits are sharpened by a radius of 3 pixels at most"
    ):
        render(source, [built_in("sharpen", radius=4)], tmp_path / "out.mkv")


@pytest.mark.parametrize("channels", [3, 4])
def test_a_still_is_sharpened_far_and_keeps_its_transparency(tmp_path: Path, channels: int) -> None:
    luma = np.where(np.arange(64) < 32, 90, 110).astype(np.uint8)[None, :, None].repeat(48, axis=0)
    picture = np.dstack([luma] * 3 + [np.full_like(luma, 77)] * (channels - 3))
    render(make_still(tmp_path / "in.png", picture), [built_in("sharpen", radius=6)], tmp_path / "out.png")
    blurred = np.convolve(luma[0, :, 0], [comb(12, place) / 4**6 for place in range(13)], "same")
    wanted = (2 * luma[0, :, 0] - blurred)[16:-16, None]
    found = pixels(tmp_path / "out.png", "RGBA")
    assert np.abs(found[24, 16:-16, :3] - wanted).max() <= 2
    assert np.all(found[..., 3] == (77 if channels == 4 else 255))


def built_in(name: str, **params: Any) -> EffectOp:
    """An effect of artcelery's own; what is not said is as usual."""
    path = Path(effects.__file__).with_name(f"{name}.py")
    effect = read_effect(path.read_bytes(), path.name)
    return effect_op(EffectConfig(effect=name, params=params), effect, bind(effect, params))


def test_a_change_of_colour_leaves_transparency_as_it_is(tmp_path: Path) -> None:
    alpha = np.arange(256, dtype=np.uint8).reshape(16, 16)
    source = make_still(tmp_path / "in.png", np.dstack([np.full((16, 16, 3), 120, np.uint8), alpha]))
    for change in ({"hue": 30}, {"brightness": 0.2}, {"saturation": 2, "gamma": 2}):
        render(source, [transform(**change)], tmp_path / "out.png")
        assert np.array_equal(pixels(tmp_path / "out.png", "RGBA")[..., 3], alpha)


def test_what_moves_pixels_loses_no_step_of_transparency(tmp_path: Path) -> None:
    alpha = np.arange(256, dtype=np.uint8).repeat(8)[None].repeat(8, axis=0)
    source = make_still(tmp_path / "in.png", np.dstack([np.full((*alpha.shape, 3), 255, np.uint8), alpha]))
    for nodes in ([transform(flip="horizontal")], [("RESIZE", {"width": 1024, "filter": "area"})]):
        render(source, nodes, tmp_path / "out.png")
        found = np.sort(np.unique(pixels(tmp_path / "out.png", "RGBA")[..., 3]))
        assert np.array_equal(found, np.arange(256))


def test_ten_bits_stay_ten_through_a_chain(tmp_path: Path) -> None:
    source = tmp_path / "in.mkv"
    make_film(source, size=(64, 48), seconds=0.2, audio=None, codec="ffv1", pix_fmt="yuv422p10le")
    nodes = [("RESIZE", {"width": 32}), transform(brightness=0.01, hue=5, blur=1, flip="both")]
    clip = render(source, nodes, tmp_path / "out.mkv")
    picture = probe(tmp_path / "out.mkv").picture
    assert clip.picture is not None
    assert picture is not None
    assert (picture.depth, picture.pix_fmt, clip.picture.depth) == (10, "yuv422p10le", 10)


@pytest.mark.parametrize("suffix", ["mp4", "webm", "mkv", "gif"])
@pytest.mark.parametrize(("matrix", "size"), [(1, (64, 48)), (6, (64, 48)), (1, (1280, 720)), (9, (64, 48))])
def test_a_film_has_the_same_colours_in_every_format(
    tmp_path: Path, suffix: str, matrix: int, size: tuple[int, int]
) -> None:
    source = write_frames(tmp_path / "in.mkv", [flat_yuv(120, 100, 160, size)] * 2, "yuv444p", tags=(matrix, 1))
    render(source, [transform(flip="both")], tmp_path / f"out.{suffix}")
    before, after = shown(source)[0], shown(tmp_path / f"out.{suffix}")[0]
    assert np.abs(before[20, 20] - after[20, 20, :3]).max() <= 4


@pytest.mark.parametrize("alpha_bits", [8, 16])
def test_colour_changes_after_a_turn_and_transparency_stays(tmp_path: Path, alpha_bits: int) -> None:
    """Both in one TRANSFORM: transparency turns with the picture, and only the colour gets brighter."""
    picture = np.zeros((4, 8, 4), np.uint8)
    picture[..., :3], picture[..., 3] = 100, np.arange(8) * 30
    source = make_still(tmp_path / "in.png", picture)
    if alpha_bits == 16:
        source = deep_still(tmp_path / "deep.png", picture)
    render(source, [transform(rotate=90, brightness=0.2)], tmp_path / "out.png")
    found = pixels(tmp_path / "out.png", "RGBA")
    assert found.shape == (8, 4, 4)
    assert np.abs(found[..., 3] - np.rot90(picture[..., 3], -1)).max() <= 1
    assert np.abs(found[found[..., 3] > 0][:, :3] - 151).max() <= 2


def converted(source: Path, path: Path, pix_fmt: str, tags: tuple[int, int]) -> Path:
    """The film in another format, without loss; `tags` as in `write_frames`."""
    with av.open(str(source)) as before, av.open(str(path), "w") as after:
        taken = before.streams.video[0]
        stream = after.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = taken.width, taken.height, pix_fmt
        stream.codec_context.colorspace, stream.codec_context.color_range = tags
        for frame in before.decode(video=0):
            after.mux(stream.encode(frame.reformat(format=pix_fmt)))
        after.mux(stream.encode(None))
    return path


def deep_still(path: Path, picture: Pixels) -> Path:
    """The picture with 16 bits a channel."""
    frame = av.VideoFrame.from_ndarray(picture.astype(np.uint16) * 257, format="rgba64le")
    with av.open(str(path), "w", format="image2") as output:
        stream = output.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "rgba64be"
        output.mux(stream.encode(frame.reformat(format="rgba64be")))
        output.mux(stream.encode(None))
    return path
