"""Every effect looks as it did when somebody looked at it; the reference pictures are decoded and compared.

`ARTCELERY_NEW_REFERENCES=1 pytest tests/effects` writes them anew: look at each before it is kept.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from artcelery.core.effect import Effect
from artcelery.core.effect.binding import bind
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.effect.loading import load
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.ops.effect import EffectConfig, effect_op
from tests.media_files import make_film, make_still

REFERENCES = Path(__file__).parent / "references"
CAT = Path(__file__).parents[2] / "artcelery" / "assets" / "cat.png"
LIBRARY = EffectLibrary([])
EFFECTS = LIBRARY.all()
STILL = [effect for effect in EFFECTS if not effect.temporal]
NEUTRAL: dict[str, dict[str, Any]] = {
    "blur": {"radius": 0},
    "chromatic": {"amount": 0},
    "dog": {"colour": 0, "acuity": 0},
    "duotone": {"amount": 0},
    "echo": {"strength": 0},
    "glitch": {"amount": 0},
    "grain": {"amount": 0},
    "grayscale": {"amount": 0},
    "hue": {"degrees": 0},
    "levels": {},
    "pixelate": {"size": 1},
    "posterize": {"levels": 256},
    "sepia": {"amount": 0},
    "sharpen": {"amount": 0},
    "trails": {"decay": 0},
    "vhs": {"amount": 0},
    "vignette": {"amount": 0},
    "zoom": {"to": 1.0},
}


@pytest.fixture(scope="module")
def cat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cat") / "cat.png"
    with Image.open(CAT) as image:
        image.resize((151, 100), Image.Resampling.LANCZOS).save(path)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mkv", size=(160, 120), seconds=1, audio=None, codec="ffv1")


def named(name: str) -> Effect:
    found = LIBRARY.find(name)
    assert found is not None
    return found


def shown(effect: Effect, source: Path, pix_fmt: str = "rgb24", **params: Any) -> list[np.ndarray[Any, Any]]:
    """The frames of a file after an effect."""
    video = open_file(source, Limits()).video
    assert video is not None
    op = effect_op(EffectConfig(effect=effect.name, params=params), effect, bind(effect, params))
    op.infer(video.clip)
    return [frame.to_ndarray(format=pix_fmt) for frame in op.video(video).frames()]


def plain(source: Path, effect: Effect | None = None) -> list[np.ndarray[Any, Any]]:
    """The frames as they are, as an effect of that kind sees them: RGB made as numpy effects get it, or not."""
    if effect is not None and effect.kind == "filters":
        return shown(named("identity"), source)
    video = open_file(source, Limits()).video
    assert video is not None
    return [made.to_ndarray() for made in video.apply(lambda: lambda frame, ctx: frame).frames()]


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_an_effect_looks_as_it_did(effect: Effect, cat: Path, film: Path) -> None:
    picture = shown(effect, film)[20] if effect.temporal else shown(effect, cat)[0]
    path = REFERENCES / f"{effect.name}.png"
    if os.environ.get("ARTCELERY_NEW_REFERENCES"):
        Image.fromarray(picture).save(path, optimize=True)
    with Image.open(path) as image:
        difference = np.abs(np.asarray(image).astype(int) - picture)
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.999) <= 4


@pytest.mark.parametrize("name", sorted(NEUTRAL))
def test_neutral_parameters_give_the_input_back(name: str, film: Path, cat: Path) -> None:
    effect = named(name)
    source = film if effect.temporal else cat
    for one, two in zip(plain(source, effect), shown(effect, source, **NEUTRAL[name]), strict=True):
        assert np.abs(one.astype(int) - two).max() <= 1


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_an_effect_does_the_same_twice(effect: Effect, film: Path) -> None:
    for one, two in zip(shown(effect, film), shown(effect, film), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (451, 7)])
@pytest.mark.parametrize("effect", STILL, ids=lambda effect: effect.name)
def test_odd_and_tiny_pictures_keep_their_size(effect: Effect, size: tuple[int, int], tmp_path: Path) -> None:
    source = make_still(tmp_path / "tiny.png", np.full((size[1], size[0], 3), 90, np.uint8))
    assert shown(effect, source)[0].shape == (size[1], size[0], 3)


@pytest.mark.parametrize("effect", STILL, ids=lambda effect: effect.name)
def test_transparency_stays_or_moves_with_the_picture(effect: Effect, tmp_path: Path) -> None:
    array = np.full((48, 64, 4), 160, np.uint8)
    array[:, 32:, 3] = 0
    array[:, :32, 3] = 255
    alpha = shown(effect, make_still(tmp_path / "half.png", array), "rgba")[0][:, :, 3]
    if effect.alpha == "keep":
        assert np.array_equal(alpha, array[:, :, 3])
    else:
        assert {int(alpha.min()) < 8, int(alpha.max()) > 240} == {True} or effect.name in ("mirror", "kaleidoscope")


@pytest.mark.parametrize("name", ["glitch", "vhs", "grain"])
def test_a_seed_decides_the_pattern_and_frames_differ(name: str, film: Path) -> None:
    one, again, other = (shown(named(name), film, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one[3], again[3])
    assert not np.array_equal(one[3], other[3])
    noise = [frame.astype(int) - before for frame, before in zip(one, plain(film), strict=True)]
    assert not np.array_equal(noise[3], noise[4])


def test_echo_shows_the_past_and_zoom_moves_smoothly(film: Path) -> None:
    before = plain(film)
    after = shown(named("echo"), film, delay=6, count=1, strength=0.5)
    expected = (before[10] + 0.5 * before[4].astype(float)) / 1.5
    assert np.abs(after[10] - expected).max() <= 1
    zoomed = shown(named("zoom"), film, to=1.5)
    assert np.array_equal(zoomed[0], before[0])
    assert np.abs(zoomed[29].astype(int) - before[29]).mean() > 5


def dog(colours: list[tuple[int, int, int]], tmp_path: Path) -> list[tuple[int, ...]]:
    """What a dog sees of flat colours."""
    found = []
    for colour in colours:
        source = make_still(tmp_path / "flat.png", np.full((8, 8, 3), colour, np.uint8))
        found.append(tuple(int(value) for value in shown(named("dog"), source)[0][4, 4]))
    return found


def test_dog_leaves_greys_and_white_as_they_are(tmp_path: Path) -> None:
    greys = [(value,) * 3 for value in (0, 1, 12, 64, 128, 200, 255)]
    for grey, seen in zip(greys, dog(greys, tmp_path), strict=True):
        assert max(abs(one - two) for one, two in zip(grey, seen, strict=True)) <= 1


def test_dog_cannot_tell_red_from_green_but_blue_from_yellow(tmp_path: Path) -> None:
    """Red and a green of the same value to the long cone (in linear light) look alike."""
    colours = [(200, 30, 30), (40, 120, 250), (250, 220, 40)]
    for red, green, _ in dog(colours, tmp_path):
        assert abs(red - green) <= 1
    _, blue, yellow = dog(colours, tmp_path)
    assert blue[2] > blue[0] + 80
    assert yellow[0] > yellow[2] + 80


def test_dog_agrees_with_the_model_in_floating_point(tmp_path: Path) -> None:
    matrix = np.array([[0.292751, 0.707249, 0], [0.292751, 0.707249, 0], [-0.022336, 0.022336, 1]])
    assert np.abs(matrix @ matrix - matrix).max() < 1e-6
    colours = [tuple(int(value) for value in row) for row in np.random.default_rng(1).integers(0, 256, (12, 3))]
    for colour, seen in zip(colours, dog(colours, tmp_path), strict=True):
        value = np.array(colour) / 255
        linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
        mixed = np.clip(matrix @ linear, 0, 1)
        model = np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055) * 255
        assert np.abs(model - seen).max() <= 1.01


def test_dog_leaves_a_tenth_of_the_contrast_at_eight_cycles_a_degree(tmp_path: Path) -> None:
    """A grating of 8 cycles a degree over 20 degrees: 160 cycles over the long side."""
    width = 1600
    wave = 0.5 + 0.4 * np.sin(2 * np.pi * 160 * np.arange(width) / width)
    coded = np.where(wave <= 0.0031308, wave * 12.92, 1.055 * wave ** (1 / 2.4) - 0.055)
    array = np.repeat((coded * 255 + 0.5).astype(np.uint8)[None, :, None], 3, axis=2).repeat(64, axis=0)
    seen = shown(named("dog"), make_still(tmp_path / "bars.png", array), colour=0)[0][32, 400:1200, 0] / 255
    linear = np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
    assert (linear.max() - linear.min()) / 0.8 == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_no_effect_leaves_its_last_bit_to_a_matrix_library(effect: Effect) -> None:
    """Matrix products go to BLAS, whose sums differ between processors, and so would the bytes of results."""
    for node in ast.walk(ast.parse(effect.source)):
        assert not isinstance(node, ast.MatMult)
        assert not (isinstance(node, ast.Attribute) and node.attr in ("dot", "matmul", "einsum", "tensordot", "inner"))


def test_every_parameter_is_typed_ranged_and_documented() -> None:
    assert len(EFFECTS) == 25 - 1
    for effect in EFFECTS:
        assert effect.description
        for param in effect.params:
            assert param.description
            assert param.type in ("choice", "color", "bool") or None not in (param.minimum, param.maximum)


def test_the_film_effects_of_yuv_need_no_conversion() -> None:
    """Hue, blur, invert and vignette stay in the film's own format, so that a chain of them is one ffmpeg chain."""
    film = Clip("film", Picture(64, 48, "yuv420p", matrix="bt709", color_range="tv"))
    for name, filters in {"hue": 1, "blur": 2, "invert": 1, "vignette": 1, "sharpen": 1, "grayscale": 1}.items():
        effect = named(name)
        chain = load(effect).filters(bind(effect, {}), film)
        assert len(chain) == filters, name
        assert not {"scale", "format"} & {item.name for item in chain}, name
