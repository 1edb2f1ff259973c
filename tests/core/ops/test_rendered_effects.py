"""EFFECT nodes of each kind, alone and among other nodes, beside the same change in numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artcelery import Engine
from artcelery.core.effect.binding import bind
from artcelery.core.effect.library import EffectLibrary
from artcelery.core.ops.effect import EffectConfig, EffectOp, effect_op
from tests.core.ops.rendering import flat_yuv, pixels, render, shown, transform, write_frames
from tests.media_files import make_film, make_still, picture_array

HEAD = '''# /// script
# requires-python = ">=3.11"
# ///
"""
@effect {name}
@version 1.0.0

@description
{name}
"""
'''
KINDS = {
    "negative": """
from artcelery.core.effect import Filter

def filters(params, clip):
    return [Filter("lutrgb", r="negval", g="negval", b="negval")]
""",
    "inverse": """
def process_frame(frame, params, state):
    return 255 - frame, (state or 0) + 1
""",
    "copy": """
import shutil

def process(inputs, output, params, ctx):
    shutil.copyfile(inputs[0], output)
    return output
""",
}


@pytest.fixture
def library(tmp_path: Path) -> EffectLibrary:
    folder = tmp_path / "effects"
    folder.mkdir()
    for name, body in KINDS.items():
        (folder / f"{name}.py").write_text(HEAD.format(name=name) + body)
    return EffectLibrary([folder])


def effect(library: EffectLibrary, name: str, **params: Any) -> EffectOp:
    found = library.find(name)
    assert found is not None
    return effect_op(EffectConfig(effect=name, params=params), found, bind(found, params))


@pytest.mark.parametrize("name", ["negative", "inverse"])
def test_an_effect_on_a_still_is_exact_and_leaves_transparency(
    tmp_path: Path, library: EffectLibrary, name: str
) -> None:
    array = picture_array(63, 47, 4)
    source = make_still(tmp_path / "in.png", array)
    render(source, [effect(library, name)], tmp_path / "out.png")
    found = pixels(tmp_path / "out.png", "RGBA")
    assert np.array_equal(found[..., :3], 255 - array[..., :3].astype(int))
    assert np.array_equal(found[..., 3], array[..., 3])


@pytest.mark.parametrize("name", ["negative", "inverse"])
@pytest.mark.parametrize("matrix", [1, 6])
def test_an_effect_on_a_film_sees_its_true_colours(
    tmp_path: Path, library: EffectLibrary, name: str, matrix: int
) -> None:
    source = write_frames(tmp_path / "in.mkv", [flat_yuv(120, 100, 160)] * 2, "yuv444p", tags=(matrix, 1))
    render(source, [effect(library, name)], tmp_path / "out.mkv")
    before, after = shown(source)[0][20, 20], shown(tmp_path / "out.mkv")[0][20, 20]
    assert np.abs(after - (255 - before)).max() <= 1


def test_effects_and_ops_of_all_kinds_work_in_one_chain(tmp_path: Path, library: EffectLibrary) -> None:
    """Two inversions and two mirrorings, cut and made slower, are the film itself, with its sound."""
    source = make_film(tmp_path / "in.mkv", size=(63, 47), seconds=1, codec="ffv1", pix_fmt="yuv444p", layout="mono")
    chain = [
        effect(library, "negative"),
        transform(flip="both"),
        effect(library, "inverse"),
        transform(flip="both"),
        ("SEGMENT", {"offset": 0.5}),
    ]
    clip = render(source, chain, tmp_path / "out.mkv")
    before, after = shown(source)[15:], shown(tmp_path / "out.mkv")
    assert clip.frames == len(after) == 15
    assert max(np.abs(one - two).mean() for one, two in zip(before, after, strict=True)) < 1


def test_an_effect_of_whole_files_gets_the_file_itself(tmp_path: Path, library: EffectLibrary, engine: Engine) -> None:
    source, out = make_still(tmp_path / "in.png"), tmp_path / "out.png"
    run = engine.render(str(tmp_path / "effects" / "copy.py"), source, output=out)
    assert run.status == "completed"
    assert out.read_bytes() == source.read_bytes()
