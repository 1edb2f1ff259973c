"""Composed graphs of the careless and the hostile: what comes out is what the plan said, or a message says where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import yaml

from artcelery import Engine
from artcelery.core.errors import ConfigError
from artcelery.core.media.files import open_file
from artcelery.core.media.limits import Limits
from artcelery.core.media.stream import Audio
from tests.media_files import frames_of, make_film, make_sound, make_still, samples_of

SIZE = (96, 64)
Node = dict[str, Any]
Render = Callable[..., Path]


def node(id: str, type: str, inputs: Sequence[str] = (), **config: Any) -> Node:
    """A node of a config."""
    return {"id": id, "type": type, "config": config, "inputs": list(inputs)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("composed")
    captions = folder / "captions.srt"
    captions.write_text("1\n00:00:00,100 --> 00:00:00,900\nHello\n")
    data = folder / "data.json"
    data.write_text('{"beats": [0.1, 0.5]}')
    return {
        "film": make_film(folder / "film.mp4", SIZE, seconds=1),
        "long_heard": make_film(folder / "long.mkv", SIZE, seconds=1, sound_seconds=1.6),
        "short_heard": make_film(folder / "short.mkv", SIZE, seconds=1, sound_seconds=0.4),
        "sound": make_sound(folder / "sound.wav", seconds=0.7),
        "still": make_still(folder / "still.png"),
        "captions": captions,
        "data": data,
    }


@pytest.fixture
def render(engine: Engine, files: dict[str, Path], tmp_path: Path) -> Render:
    """Renders nodes, the last of them being the output; inputs that are no nodes are files."""

    def render(*nodes: Node, format: str | None = None) -> Path:
        made = {item["id"] for item in nodes}
        used = sorted({name for item in nodes for name in item["inputs"]} - made)
        sources = [{"id": name, "type": "SOURCE", "config": {"input": True}} for name in used]
        config = tmp_path / "composed.yaml"
        dag = {"nodes": [*sources, *nodes], "output": nodes[-1]["id"]}
        config.write_text(yaml.safe_dump({"name": "composed", "dag": dag}))
        order = engine.order(config, {name: files[name] for name in used}, format=format)
        return engine.output_path(engine.run(order))

    return render


@pytest.mark.parametrize("name", ["film.ts", "film.mpg", "film.flv", "film.mp4"])
def test_a_cut_finds_its_pictures_in_containers_that_have_no_index(tmp_path: Path, name: str) -> None:
    rate = 25
    streams = open_file(make_film(tmp_path / name, SIZE, rate=rate, seconds=2, gop=12), Limits())
    assert streams.video
    whole = [frame.to_ndarray().tobytes() for frame in streams.video.frames()]
    assert len(set(whole)) == 2 * rate
    for first in (1, 11, 12, 20, 36, 42, 47):
        part = streams.video.cut(Fraction(first, rate), Fraction(first + 3, rate))
        assert [frame.to_ndarray().tobytes() for frame in part.frames()] == whole[first : first + 3]
        rough = streams.video.cut(Fraction(first, rate), Fraction(first + 3, rate), precise=False)
        begin, *_ = found = [whole.index(frame.to_ndarray().tobytes()) for frame in rough.frames()]
        assert begin in range(0, first + 1, 12)
        assert found == [begin, begin + 1, begin + 2]


@pytest.mark.parametrize("document", ["captions", "data", "found"])
@pytest.mark.parametrize(
    ("type", "config"),
    [
        ("SEGMENT", {"offset": 0.1}),
        ("RESIZE", {"width": 40}),
        ("TRANSFORM", {"effects": {"speed": 2}}),
        ("TRANSFORM", {"effects": {}}),
        ("EFFECT", {"effect": "invert"}),
        ("EFFECT", {"effect": "echo"}),
    ],
)
def test_a_document_is_refused_where_a_picture_or_sound_belongs(
    render: Render, document: str, type: str, config: dict[str, Any]
) -> None:
    found = [node("found", "ANALYZE", ["film"], features=["duration"])] if document == "found" else []
    with pytest.raises(ConfigError, match=r"composed.yaml:\d+:\d+: node 'made' \(\w+\): .*document"):
        render(*found, node("made", type, [document], **config))


@pytest.mark.parametrize(("first", "second"), [("long_heard", "film"), ("short_heard", "still")])
def test_the_sound_of_a_blend_is_as_long_as_its_pictures(render: Render, first: str, second: str) -> None:
    made = render(node("made", "BLEND", [first, second]), format="mkv")
    assert len(frames_of(made)) == 30
    assert samples_of(made).shape == (2, 48000)


@pytest.mark.parametrize(("speed", "frames"), [(2, 13), (4, 6), (0.75, 33), (10, 3)])
def test_a_faster_film_has_the_pictures_that_its_plan_promises(render: Render, speed: float, frames: int) -> None:
    short = node("short", "GENERATE", kind="testsrc", width=32, height=32, fps=25, duration=1)
    made = render(short, node("made", "TRANSFORM", ["short"], effects={"speed": speed}), format="mkv")
    assert len(frames_of(made)) == frames


def test_a_speed_that_leaves_no_picture_is_refused(render: Render) -> None:
    one = node("one", "GENERATE", kind="testsrc", width=32, height=32, fps=25, duration=0.04)
    with pytest.raises(ConfigError, match=r"'made' \(TRANSFORM\): at this `speed` no picture is left of 1"):
        render(one, node("made", "TRANSFORM", ["one"], effects={"speed": 4}))


@pytest.mark.parametrize(
    ("name", "codec", "sample_rate"),
    [
        ("film.mkv", "flac", 44100),
        ("film.mkv", "pcm_f32le", 48000),
        ("film.mkv", "libmp3lame", 44100),
        ("film.webm", "libopus", 48000),
        ("film.mpg", "mp2", 48000),
        ("film.ts", "aac", 48000),
    ],
)
def test_cut_sound_begins_at_its_sample_however_coarse_the_times_of_its_file(
    tmp_path: Path, name: str, codec: str, sample_rate: int
) -> None:
    path = make_film(tmp_path / name, SIZE, rate=25, seconds=3, audio_codec=codec, sample_rate=sample_rate)
    audio = open_file(path, Limits()).audio
    assert audio
    whole = _samples(audio)
    for begin in (Fraction(1, 25), Fraction(28, 25), Fraction(52, 25)):
        part = _samples(audio.cut(begin, begin + Fraction(12, 25)))
        first = round(begin * sample_rate)
        assert len(part) == round(Fraction(12, 25) * sample_rate)
        assert np.abs(part - whole[first : first + len(part)]).max() < 1e-4


def test_a_kept_node_gives_the_sound_that_it_gives_when_it_is_not_kept(render: Render) -> None:
    def made(**cache: bool) -> np.ndarray[Any, Any]:
        joined = node("joined", "SEQUENCE", ["film", "short_heard"], fps=25) | cache
        return samples_of(render(joined, node("part", "SEGMENT", ["joined"], offset=0.72), format="wav"))

    assert np.array_equal(made(), made(cache=True))


@pytest.mark.parametrize(
    ("feature", "type", "key", "value"),
    [
        ("tempo", "SEGMENT", "offset", "${found.tempo}"),
        ("loudness", "AUDIO_MIX", "loudness", "${found.loudness.integrated}"),
    ],
)
def test_what_an_analysis_did_not_find_is_no_value(
    render: Render, feature: str, type: str, key: str, value: str
) -> None:
    quiet = node("quiet", "GENERATE", kind="silence", duration=1)
    found = node("found", "ANALYZE", ["quiet"], features=[feature])
    with pytest.raises(ConfigError, match=r"composed.yaml:\d+:\d+: node 'made' .* is null, so the analysis found none"):
        render(quiet, found, node("made", type, ["film"], **{key: value}))


def test_a_layer_that_no_memory_would_hold_is_refused(render: Render) -> None:
    layers = [{"width": "1000000%"}]
    with pytest.raises(ConfigError, match=r"node 'made' \(LAYER\): layer 1 would be 960000x640000; at most 67108864"):
        render(node("made", "LAYER", ["film"], layers=layers))


def _samples(audio: Audio) -> np.ndarray[Any, Any]:
    resampler = av.AudioResampler(format="flt")
    blocks = [made for block in audio.blocks() for made in resampler.resample(block)]
    return np.concatenate([block.to_ndarray().reshape(-1, audio.sound.channels) for block in blocks])


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("format", ["mp4", "mkv", "webm"])
def test_a_part_of_a_film_that_begins_after_its_sound_has_ended_is_silent(
    render: Render, kept: bool, format: str
) -> None:
    part = node("part", "SEGMENT", ["short_heard"], offset=0.5) | {"cache": kept}
    made = render(part, node("turned", "TRANSFORM", ["part"], effects={"flip": "both"}), format=format)
    assert len(frames_of(made)) == 15
    assert np.abs(samples_of(made)).max() < 1e-4
