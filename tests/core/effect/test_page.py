"""The examples of docs/effect-files.md are run."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest
from PIL import Image

from artcelery.core.effect import Clip, Effect, FileContext, FrameContext
from artcelery.core.effect.binding import bind
from artcelery.core.effect.docstring import KNOWN_TAGS
from artcelery.core.effect.interface import ParamType
from artcelery.core.effect.loading import load
from artcelery.core.effect.source import FUNCTIONS, read_effect
from artcelery.core.media.clip import Picture

PAGE = (Path(__file__).parents[3] / "docs" / "effect-files.md").read_text()
FILM = Clip("film", Picture(64, 48, "rgb24", rate=Fraction(25)), duration=Fraction(2), frames=50)


def examples() -> dict[str, Effect]:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    effects = [read_effect(block.encode(), "docs/effect-files.md") for block in blocks]
    return {effect.name: effect for effect in effects}


EXAMPLES = examples()


@pytest.fixture
def render() -> Callable[..., list[np.ndarray]]:
    """The frames that an example makes of frames of one grey."""

    def rendered(name: str, greys: list[int], **params: object) -> list[np.ndarray]:
        effect = EXAMPLES[name]
        function = load(effect).start(bind(effect, params), FILM)
        frames = [np.full((48, 64, 3), grey, np.uint8) for grey in greys]
        return [function(frame, FrameContext(n, n / 25, 25, 2)) for n, frame in enumerate(frames)]

    return rendered


def test_there_is_an_example_of_every_kind() -> None:
    assert {effect.kind for effect in EXAMPLES.values()} == set(FUNCTIONS.values())


def test_every_tag_type_and_function_is_on_the_page() -> None:
    for type in get_args(ParamType):
        assert f"| `{type}` |" in PAGE
    for tag in KNOWN_TAGS:
        assert f"`@{tag}" in PAGE
    for function in FUNCTIONS:
        assert f"`{function}(" in PAGE


def test_sunset_warms(render: Callable[..., list[np.ndarray]]) -> None:
    (frame,) = render("sunset", [100], strength=1)
    assert frame[0, 0].tolist() == [114, 95, 70]
    (frame,) = render("sunset", [100], strength=0)
    assert (frame == 100).all()


def test_smear_keeps_light(render: Callable[..., list[np.ndarray]]) -> None:
    assert [int(frame[0, 0, 0]) for frame in render("smear", [200, 0, 0], decay=0.5)] == [200, 100, 50]


def test_negative_turns_colours_round(render: Callable[..., list[np.ndarray]]) -> None:
    assert [int(frame[0, 0, 0]) for frame in render("negative", [0, 255, 100])] == [255, 0, 155]


def test_rowshift_moves_every_second_row() -> None:
    effect = EXAMPLES["rowshift"]
    frame = np.arange(48 * 64 * 3, dtype=np.int64).reshape(48, 64, 3).astype(np.uint8)
    made = load(effect).start(bind(effect, {"by": 3}), FILM)(frame, FrameContext(0, 0, 0, 0))
    assert (made[1::2] == frame[1::2]).all()
    assert (made[::2, 3:] == frame[::2, :-3]).all()


def test_faded_is_a_chain_that_ffmpeg_takes() -> None:
    effect = EXAMPLES["faded"]
    graph = av.filter.Graph()
    chain = [graph.add_buffer(width=64, height=48, format="rgb24", time_base=Fraction(1, 25))]
    chain += [graph.add(item.name, **item.options) for item in load(effect).filters(bind(effect, {"amount": 1}), FILM)]
    graph.link_nodes(*chain, graph.add("format", pix_fmts="rgb24"), graph.add("buffersink")).configure()
    red = np.zeros((48, 64, 3), np.uint8)
    red[:, :, 0] = 255
    frame = av.VideoFrame.from_ndarray(red, format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    graph.push(frame)
    pixel = graph.pull().to_ndarray()[24, 32].astype(int)
    assert pixel.max() - pixel.min() <= 6
    assert pixel.min() > 30


def test_beside_puts_two_pictures_side_by_side(tmp_path: Path) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    for path, color in zip(paths, ("red", "blue"), strict=True):
        Image.new("RGB", (20, 10), color).save(path, format="PNG")
    effect = EXAMPLES["beside"]
    made = load(effect).process(paths, tmp_path / "out", bind(effect, {"background": "lime"}), FileContext(tmp_path))
    with Image.open(made) as picture:
        assert picture.size == (50, 10)
        assert [picture.getpixel((x, 5)) for x in (5, 25, 45)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
