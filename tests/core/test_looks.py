"""How effects look: each is seen on the cat, made once, and nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artcelery import Engine, open_engine
from artcelery.core.effect.binding import ParamProblems
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.protocol import FileFilter

BROKEN = '''\
"""
@effect breaks
@version 1.0.0

@description
Raises at every frame.
"""


def process_frame(frame, params, state):
    raise ValueError("it breaks")
'''


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(home=tmp_path_factory.mktemp("home")) as engine:
        yield engine


def seen(engine: Engine, name: str, **params: object) -> Image.Image:
    look = engine.looks.make(engine.effect(name), params)
    with Image.open(engine.looks.path_of(look)) as image:
        assert image.format == "WEBP"
        return image.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, of 255."""
    return float(np.abs(np.asarray(one, float) - np.asarray(other.resize(one.size), float)).mean())


def test_every_effect_is_seen_small(engine: Engine) -> None:
    for effect in engine.effects():
        assert seen(engine, effect.name).size in [(320, 213), (320, 214)], effect.name


@pytest.mark.parametrize("name", ["invert", "edges", "mirror", "echo", "trails", "zoom"])
def test_an_effect_is_seen_to_do_something(engine: Engine, name: str) -> None:
    assert difference(seen(engine, name), seen(engine, "identity")) > 3


def test_a_look_follows_the_parameters(engine: Engine) -> None:
    assert difference(seen(engine, "pixelate", size=40), seen(engine, "pixelate", size=2)) > 3
    assert difference(seen(engine, "echo", strength=0.9), seen(engine, "echo", strength=0.1)) > 1


def test_a_look_is_made_once(engine: Engine) -> None:
    effect = engine.effect("sepia")
    made = engine.looks.make(effect, {})
    assert engine.looks.find(effect, {}) == made
    assert engine.looks.find(effect, {"amount": 0.5}) is None


def test_a_look_is_of_no_run_and_among_nobodys_files(engine: Engine) -> None:
    seen(engine, "halftone")
    assert not engine.runs.page().runs
    named = engine.state.belongings("").files.page(only=FileFilter()).files
    assert {item.name for item in named} <= {"cat.png", "cat"}


def test_the_cat_is_the_built_in_one_whatever_else_is_called_so(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), (255, 0, 0)).save(tmp_path / "red.png")
    with open_engine(home=tmp_path / "home") as engine:
        engine.assets.add(tmp_path / "red.png", "cat")
        assert seen(engine, "identity").size == (320, 213)


def test_what_was_pruned_is_made_again(engine: Engine) -> None:
    effect = engine.effect("posterize")
    engine.looks.make(effect, {})
    engine.cache.prune()
    assert engine.looks.find(effect, {}) is None
    assert seen(engine, "posterize").size == (320, 213)


def test_what_cannot_be_seen_says_why(tmp_path: Path) -> None:
    (tmp_path / "breaks.py").write_text(BROKEN)
    with open_engine(home=tmp_path / "home", effects_path=[tmp_path]) as engine:
        with pytest.raises(ArtceleryError, match="it breaks"):
            engine.looks.make(engine.effect("breaks"), {})
        with pytest.raises(ParamProblems, match="acuity"):
            engine.looks.key_of(engine.effect("dog"), {"acuity": 5.0})
