"""`cache: true` changes no result: what a node kept is what would have flowed, frame by frame and sample by sample."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import yaml

from artcelery import Settings, open_engine
from artcelery.core.effect import Filter
from artcelery.core.errors import RenderError
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.files import open_file, write_clip
from artcelery.core.media.kept import open_kept, write_kept
from artcelery.core.media.limits import Limits
from artcelery.core.media.profiles import KEPT
from artcelery.core.media.stream import Audio, Streams, Video
from tests.media_files import make_film, make_sound, make_still, picture_array

SIZE = (64, 48)
SECONDS = 0.6


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_files(tmp_path_factory.mktemp("kept"))


def make_files(folder: Path) -> dict[str, Path]:
    """Films, sounds and a picture, of many kinds."""
    film: dict[str, Any] = {"size": SIZE, "rate": 25, "seconds": SECONDS}
    make_still(folder / "clear.png", picture_array(*SIZE, 4))
    return {
        "plain": make_film(folder / "plain.mp4", **{**film, "rate": 24}, sample_rate=44100, sound_seconds=0.8),
        "wide": make_film(folder / "wide.mp4", **film, sar=Fraction(16, 11), layout="mono", sound_seconds=0.4),
        "gif": make_film(folder / "gif.gif", **{**film, "rate": 10}),
        "ts": make_film(folder / "ts.ts", **{**film, "rate": Fraction(30000, 1001)}),
        "deep": make_film(folder / "deep.mkv", **film, codec="ffv1", pix_fmt="yuv422p10le", layout="5.1"),
        "odd": make_film(folder / "odd.mp4", **film, variable=True),
        "silent": make_film(folder / "silent.mp4", **{**film, "rate": 24}, audio=None, source="smptebars"),
        "hd": make_film(folder / "hd.mp4", **film, options={"x264-params": "colormatrix=bt709:colorprim=bt709"}),
        "clear": folder / "clear.png",
        "s24": make_sound(folder / "s24.wav", SECONDS, codec="pcm_s24le"),
        "flt": make_sound(folder / "flt.wav", SECONDS, codec="pcm_f32le", sample_rate=44100, layout="5.1"),
        "s16": make_sound(folder / "s16.flac", SECONDS, layout="mono", sample_rate=44100),
    }


KINDS = {**dict.fromkeys(("plain", "wide", "gif", "ts", "deep", "odd", "silent"), "film"), "clear": "still"}
"""What the files are; the others are sounds."""

ONE: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "picture": [
        ("RESIZE", {"width": 40}),
        ("RESIZE", {"width": 50, "height": 50, "mode": "pad"}),
        ("TRANSFORM", {"effects": {"crop": {"x": 3, "y": 5, "width": 31, "height": 30}}}),
        ("TRANSFORM", {"effects": {"rotate": 90}}),
        ("TRANSFORM", {"effects": {"brightness": 0.1}}),
        ("TRANSFORM", {"effects": {"rotate": 20}}),
        ("TRANSFORM", {"effects": {"saturation": 0.5, "blur": 1.5}}),
        ("EFFECT", {"effect": "hue", "params": {"degrees": 40}}),
        ("EFFECT", {"effect": "sepia"}),
        ("EFFECT", {"effect": "pixelate"}),
        ("EFFECT", {"effect": "blur"}),
    ],
    "film": [
        ("SEGMENT", {"offset": 0.12, "duration": 0.3}),
        ("SEGMENT", {"offset": 0.1}),
        ("SEGMENT", {"offset": 0.3, "duration": 0.2, "precise": False}),
        ("SEGMENT", {"offset": 0.0414, "duration": 0.45}),
        ("TRANSFORM", {"effects": {"volume": 0.5}}),
        ("TRANSFORM", {"effects": {"speed": 1.25}}),
        ("TRANSFORM", {"effects": {"speed": 0.8}}),
        ("EFFECT", {"effect": "trails"}),
        ("EFFECT", {"effect": "dog"}),
        ("EFFECT", {"effect": "echo", "params": {"delay": 2}}),
        ("SEQUENCE", {}),
    ],
    "sound": [
        ("SEGMENT", {"offset": 0.101, "duration": 0.333}),
        ("SEGMENT", {"offset": 0.05}),
        ("TRANSFORM", {"effects": {"speed": 1.3}}),
        ("TRANSFORM", {"effects": {"volume": 0.7}}),
        ("AUDIO_MIX", {}),
    ],
}
TWO: list[tuple[str, dict[str, Any], tuple[str, str], str]] = [
    ("SEQUENCE", {}, ("film", "film"), "film"),
    ("SEQUENCE", {"transition": {"type": "slide", "duration": 0.12}}, ("film", "film"), "film"),
    (
        "SEQUENCE",
        {"durations": [None, 0.3], "transition": {"type": "crossfade", "duration": 0.1}},
        ("film", "still"),
        "film",
    ),
    ("SWITCH", {"cuts": [{"at": 0.2, "input": 1}]}, ("film", "film"), "film"),
    ("LAYER", {"layers": [{}, {"position": [7, 5], "opacity": 0.7}]}, ("film", "still"), "film"),
    ("LAYER", {"layout": "grid", "columns": 2}, ("film", "film"), "film"),
    ("BLEND", {"mode": "soft_light"}, ("film", "film"), "film"),
    ("BLEND", {"mode": "screen", "fit": "fit"}, ("still", "still"), "still"),
    ("MUX", {}, ("film", "sound"), "film"),
    ("AUDIO_MIX", {"offsets": [0, 0.1]}, ("sound", "sound"), "sound"),
    ("AUDIO_MIX", {"gains": [0.5, 0.7]}, ("sound", "sound"), "sound"),
]
MADE: list[tuple[str, dict[str, Any], str]] = [
    ("GENERATE", {"kind": "testsrc", "width": 48, "height": 48, "fps": 24, "duration": 0.5}, "film"),
    ("GENERATE", {"kind": "text", "text": "dog", "width": 60, "height": 30, "size": 20}, "still"),
    ("GENERATE", {"kind": "tone", "frequency": 300, "duration": 0.5}, "sound"),
]


@dataclass
class Making:
    """A graph on its way, chosen by a random generator of its own."""

    chance: random.Random
    nodes: list[dict[str, Any]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    def add(self, type: str, config: dict[str, Any], inputs: Sequence[str], kind: str) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append({"id": name, "type": type, "config": config, **({"inputs": list(inputs)} if inputs else {})})
        self.kinds[name] = kind
        return name

    def leaf(self, kind: str) -> str:
        made = [item for item in MADE if item[2] == kind]
        if self.chance.random() < 0.15:
            type, config, _ = self.chance.choice(made)
            return self.add(type, config, (), kind)
        names = [name for name in NAMES if KINDS.get(name, "sound") == kind]
        name = self.chance.choice(names)
        if name not in self.kinds:
            self.nodes.append({"id": name, "type": "SOURCE", "config": {"input": True}})
            self.kinds[name] = kind
        return name

    def changed(self, name: str, kind: str) -> str:
        groups = {"film": ("picture", "film"), "still": ("picture",), "sound": ("sound",)}[kind]
        type, config = self.chance.choice([item for group in groups for item in ONE[group]])
        return self.add(type, config, [name], kind)

    def tree(self, kind: str, depth: int) -> str:
        if depth == 0:
            return self.leaf(kind)
        fitting = [item for item in TWO if item[3] == kind]
        if fitting and self.chance.random() < 0.35:
            type, config, kinds, _ = self.chance.choice(fitting)
            inputs = [self.tree(item, depth - 1) for item in kinds]
            return self.add(type, config, inputs, kind)
        return self.changed(self.tree(kind, depth - 1), kind)


SEEDS = [seed for seed in range(1000, 1014) if seed != 1003]
"""Graphs that can be; number 1003 wants a silent film louder."""

NAMES = ("plain", "wide", "gif", "ts", "deep", "odd", "silent", "clear", "s24", "flt", "s16")
SUFFIXES = {"film": ".mkv", "still": ".png", "sound": ".wav"}


def graph(seed: int) -> tuple[list[dict[str, Any]], str, str]:
    """Nodes, the output's name, and what it is."""
    making = Making(random.Random(seed))
    kind = making.chance.choices(["film", "still", "sound"], [7, 1, 2])[0]
    return making.nodes, making.tree(kind, making.chance.choice([2, 3, 3])), kind


def rendered(
    folder: Path, files: dict[str, Path], nodes: list[dict[str, Any]], output: str, kept: set[str], suffix: str
) -> Path:
    """The output of a graph in a home of its own, where some nodes are kept."""
    said = [{**node, **({"cache": True} if node["id"] in kept else {})} for node in nodes]
    folder.mkdir()
    (folder / "graph.yaml").write_text(yaml.safe_dump({"name": "graph", "dag": {"nodes": said, "output": output}}))
    made = folder / f"out{suffix}"
    inputs = {node["id"]: files[node["id"]] for node in nodes if node["type"] == "SOURCE"}
    with open_engine(Settings(home=folder / "home")) as engine:
        engine.add_effect(Path(__file__).parent / "effect" / "files" / "append.py")
        run = engine.run(engine.order(folder / "graph.yaml", inputs, output=made))
        assert run.status == "completed"
    return made


def held(path: Path) -> dict[str, Any]:
    """All that a file holds: times and pixels of its pictures, samples of its sound, and their formats."""
    found: dict[str, Any] = {}
    if path.suffix == ".json":
        return {"document": path.read_bytes()}
    with av.open(str(path)) as container:
        if container.streams.video:
            stream = container.streams.video[0]
            frames = [(item.pts, item.format.name, pixels(item)) for item in container.decode(stream)]
            found["frames"] = (stream.time_base, frames)
    with av.open(str(path)) as container:
        if container.streams.audio:
            stream = container.streams.audio[0]
            blocks = [item.to_ndarray() for item in container.decode(stream)]
            found["sound"] = (stream.codec_context.format.name, stream.codec_context.layout.name, stream.sample_rate)
            found["samples"] = np.concatenate(blocks, axis=1).tobytes()
    return found


def pixels(frame: av.VideoFrame) -> bytes:
    """The rows of all planes, without what fills their lines up."""
    rows, packed = [], len(frame.planes) == 1 or frame.format.has_palette
    for number, plane in enumerate(frame.planes):
        if frame.format.has_palette and number:
            rows.append(bytes(plane)[:1024])
            continue
        shares = [item for item in frame.format.components if item.plane == number]
        width = sum(-(-item.bits // 8) for item in shares) * plane.width
        if packed:
            width = -(-frame.width * frame.format.padded_bits_per_pixel // 8)
        rows.append(np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, :width].tobytes())
    return b"".join(rows)


def inner(nodes: list[dict[str, Any]], output: str) -> Iterator[set[str]]:
    """Which nodes are kept: each alone, and all together."""
    names = [node["id"] for node in nodes if node["type"] != "SOURCE" and node["id"] != output]
    yield from ({name} for name in names)
    if len(names) > 1:
        yield set(names)


def node(id: str, type: str, config: dict[str, Any], *inputs: str) -> dict[str, Any]:
    return {"id": id, "type": type, "config": config, "inputs": list(inputs)}


FAST, SLOW, QUIET = ({"effects": {key: value}} for key, value in (("speed", 1.37), ("speed", 0.4), ("volume", 0.4)))
STEP = {"offset": 1 / 24}
GRAPHS: dict[str, list[dict[str, Any]]] = {
    "pixels that are not square": [
        node("a", "EFFECT", {"effect": "trails"}, "wide"),
        node("out", "TRANSFORM", {"effects": {"rotate": 90}}, "a"),
    ],
    "a slide from a TS to a GIF": [
        node("a", "SEGMENT", {"offset": 0.12, "duration": 0.3}, "ts"),
        node("b", "RESIZE", {"width": 40}, "gif"),
        node("out", "SEQUENCE", {"transition": {"type": "slide", "duration": 0.1}}, "a", "b"),
    ],
    "a variable rate cut twice": [
        node("a", "SEGMENT", {"offset": 0.0414, "duration": 0.45}, "odd"),
        node("b", "SEGMENT", {"offset": 0.0333, "duration": 0.3}, "a"),
        node("out", "SEGMENT", {"offset": 0.0777}, "b"),
    ],
    "a variable rate, faster": [node("a", "TRANSFORM", FAST, "odd"), node("out", "SEQUENCE", {"fps": 30}, "a", "odd")],
    "pictures that last no whole number of samples": [
        node("a", "SEGMENT", STEP, "plain"),
        node("b", "SEGMENT", STEP, "a"),
        node("out", "SEGMENT", STEP, "b"),
    ],
    "the same with filters between": [
        node("a", "TRANSFORM", QUIET, "plain"),
        node("b", "SEGMENT", STEP, "a"),
        node("c", "TRANSFORM", QUIET, "b"),
        node("out", "SEGMENT", STEP, "c"),
    ],
    "a cut at a key frame": [
        node("a", "TRANSFORM", QUIET, "plain"),
        node("b", "MUX", {}, "a", "s24"),
        node("out", "SEGMENT", {"offset": 0.3, "duration": 0.2, "precise": False}, "b"),
    ],
    "sound of 24 bits at two speeds": [
        node("a", "TRANSFORM", FAST, "s24"),
        node("b", "TRANSFORM", SLOW, "a"),
        node("out", "TRANSFORM", QUIET, "b"),
    ],
    "deep colour, partly clear": [
        node("a", "RESIZE", {"width": 40}, "clear"),
        node("b", "LAYER", {"layers": [{}, {"opacity": 0.5}]}, "deep", "a"),
        node("c", "TRANSFORM", {"effects": {"rotate": 20}}, "b"),
        node("d", "TRANSFORM", {"effects": {"hue": 20}}, "c"),
        node("out", "EFFECT", {"effect": "blur"}, "d"),
    ],
    "a node that two others look at": [
        node("a", "RESIZE", {"width": 40}, "gif"),
        node("b", "EFFECT", {"effect": "dog"}, "a"),
        node("c", "TRANSFORM", {"effects": {"flip": "horizontal"}}, "a"),
        node("d", "BLEND", {"mode": "screen"}, "b", "c"),
        node("out", "LAYER", {"layout": "grid", "columns": 2}, "d", "a"),
    ],
    "RGB on the way of a matrix that is not that of its size": [
        node("a", "EFFECT", {"effect": "trails"}, "hd"),
        node("b", "TRANSFORM", {"effects": {"brightness": 0.1}}, "a"),
        node("out", "RESIZE", {"width": 32}, "b"),
    ],
    "a function of frames after a cut": [
        node("a", "SEGMENT", {"offset": 0.0414, "duration": 0.45}, "plain"),
        node("out", "EFFECT", {"effect": "echo", "params": {"delay": 2}}, "a"),
    ],
    "an analysis": [
        node("a", "TRANSFORM", FAST, "s24"),
        node("b", "AUDIO_MIX", {}, "a", "s16"),
        node("out", "ANALYZE", {"features": ["duration", "loudness"]}, "b"),
    ],
}
OTHERWISE = {"sound of 24 bits at two speeds": ".wav", "an analysis": ".json"}


@pytest.mark.parametrize("name", GRAPHS)
def test_known_traps_give_the_same_whatever_is_kept(files: dict[str, Path], tmp_path: Path, name: str) -> None:
    read = {item for node in GRAPHS[name] for item in node["inputs"] if item in files}
    sources = [{"id": item, "type": "SOURCE", "config": {"input": True}} for item in sorted(read)]
    same_whatever_is_kept(files, tmp_path, [*sources, *GRAPHS[name]], "out", OTHERWISE.get(name, ".mkv"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_graph_gives_the_same_whatever_is_kept(files: dict[str, Path], tmp_path: Path, seed: int) -> None:
    nodes, output, kind = graph(seed)
    same_whatever_is_kept(files, tmp_path, nodes, output, SUFFIXES[kind])


def same_whatever_is_kept(
    files: dict[str, Path], folder: Path, nodes: list[dict[str, Any]], output: str, suffix: str
) -> None:
    plain = held(rendered(folder / "plain", files, nodes, output, set(), suffix))
    for number, kept in enumerate(inner(nodes, output)):
        made = held(rendered(folder / f"kept{number}", files, nodes, output, kept, suffix))
        assert made == plain, f"kept: {sorted(kept)}"


def test_what_a_whole_file_turned_out_to_be_is_kept_with_what_follows(files: dict[str, Path], tmp_path: Path) -> None:
    """Of a file that an effect writes the plan can only guess what it is."""
    nodes = [
        {"id": "plain", "type": "SOURCE", "config": {"input": True}},
        node("a", "EFFECT", {"effect": "append"}, "plain", "plain"),
        node("b", "RESIZE", {"width": 40}, "a"),
        node("c", "EFFECT", {"effect": "trails"}, "b"),
        node("out", "SEGMENT", {"offset": 0.1}, "c"),
    ]
    same_whatever_is_kept(files, tmp_path, nodes, "out", ".mkv")


def written_and_read(path: Path, streams: Streams) -> Streams:
    write_clip(path, streams, KEPT["film"], lambda done: None)
    return open_kept(path, Limits())


@dataclass(frozen=True)
class Given:
    """Frames, or blocks, that come from nowhere else."""

    items: Sequence[Any]

    def frames(self) -> Iterator[Any]:
        yield from self.items

    blocks = frames

    def cut(self, begin: Fraction, end: Fraction | None, precise: bool) -> Any:
        raise AssertionError("nobody cuts here")


FORMATS = (
    *("yuv420p", "yuvj420p", "nv12", "p010le", "yuyv422", "gray", "gray10le", "ya8", "ya16le", "monow", "pal8"),
    *(
        "rgb24",
        "bgr24",
        "rgba",
        "argb",
        "abgr",
        "bgra",
        "gbrp",
        "gbrap",
        "gbrp10le",
        "gbrap16le",
        "rgb48le",
        "rgba64le",
    ),
    *("yuva420p", "yuva444p10le", "yuv422p12le", "yuv440p", "nv24", "x2rgb10le", "grayf32le", "rgb565le"),
)


@pytest.mark.parametrize("pix_fmt", FORMATS)
def test_pictures_of_any_format_are_kept_bit_by_bit(tmp_path: Path, pix_fmt: str) -> None:
    noise, frames = np.random.default_rng(1), []
    times = (0, 3003, 7001, 12000)
    for time in times:
        frame = av.VideoFrame(62, 46, pix_fmt)
        for plane in frame.planes:
            data = noise.integers(0, 256, plane.buffer_size, np.uint8)
            plane.update(_of_depth(data, frame.format).tobytes())
        frame.pts, frame.time_base, frame.duration = time, Fraction(1, 90000), 3000
        frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc = 1, 2, 9, 16
        frames.append(frame)
    picture = Picture(62, 46, "yuv420p", Fraction(29), variable=True, sar=Fraction(16, 11), matrix="bt709")
    clip = Clip("film", picture, duration=Fraction(15000, 90000), frames=4)
    expected = [pixels(frame) for frame in frames]
    read = written_and_read(tmp_path / "kept.nut", Streams(clip, Video(clip, Given(frames))))
    assert read.clip == clip
    assert read.video is not None
    assert read.video.clip == clip
    made = list(read.video.frames())
    assert [frame.format.name for frame in made] == [pix_fmt] * 4
    assert [pixels(frame) for frame in made] == expected
    assert [(frame.pts, frame.time_base) for frame in made] == [(time, Fraction(1, 90000)) for time in times]
    assert made[-1].duration == 3000
    tags = [(frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc) for frame in made]
    assert tags == [(1, 2, 9, 16)] * 4


def _of_depth(data: np.ndarray[Any, Any], format: Any) -> np.ndarray[Any, Any]:
    """The bytes with nothing beyond the bits of the components, in planes of two bytes each."""
    bits = max(item.bits for item in format.components)
    plain = format.is_planar or len(format.components) == 1
    return data.view(np.uint16) & (2**bits - 1) if 8 < bits < 16 and plain else data


SAMPLES = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1", "5.1(side)", "7.1"])
@pytest.mark.parametrize("sample_fmt", [*SAMPLES, "s16p", "fltp"])
def test_sound_of_any_format_is_kept_sample_by_sample(tmp_path: Path, sample_fmt: str, layout: str) -> None:
    packed, noise, rate = sample_fmt.removesuffix("p"), np.random.default_rng(1), 44100
    channels, blocks, at = av.AudioLayout(layout).nb_channels, [], 0
    for count in (1024, 1, 777, 4096) * 8:
        samples: Any = noise.integers(0, 100, (1, count * channels)).astype(SAMPLES[packed])
        block = av.AudioFrame.from_ndarray(samples, format=packed, layout=layout)
        block.pts, block.sample_rate, block.time_base = at, rate, Fraction(1, rate)
        at += count
        blocks.append(block)
    said = Sound(rate, layout, channels, 24)
    chain = () if packed == sample_fmt else (Filter("aformat", sample_fmts=sample_fmt),)
    clip = Clip("sound", sound=said, duration=Fraction(at, rate))
    whole = Audio(said, Fraction(at + 5, rate), Given(blocks), chain, grid=Fraction(24))
    read = written_and_read(tmp_path / "kept.nut", Streams(clip, audio=whole))
    assert read.audio is not None
    assert (read.clip, read.audio.sound, read.audio.duration, read.audio.grid) == (clip, said, whole.duration, 24)
    made = list(read.audio.blocks())
    assert {(block.format.name, block.layout.name, block.sample_rate) for block in made} == {(sample_fmt, layout, rate)}
    assert sounding(made, packed) == sounding(blocks, packed)
    part = replace(read.audio, grid=None).cut(Fraction(20000, rate), Fraction(20100, rate))
    size = channels * np.dtype(SAMPLES[packed]).itemsize
    assert sounding(list(part.blocks()), packed) == sounding(blocks, packed)[20000 * size : 20100 * size]


def sounding(blocks: Sequence[av.AudioFrame], packed: str) -> bytes:
    """The samples of blocks, those of one moment side by side."""
    resampler = av.AudioResampler(format=packed)
    return b"".join(item.to_ndarray().tobytes() for block in blocks for item in resampler.resample(block))


@pytest.mark.parametrize("begin", [Fraction(0), Fraction(1, 25), Fraction(13, 25), Fraction(137, 25)])
def test_a_cut_of_what_was_kept_has_the_frames_of_the_whole(tmp_path: Path, begin: Fraction) -> None:
    film = make_film(tmp_path / "film.mp4", size=SIZE, rate=25, seconds=6)
    read = written_and_read(tmp_path / "kept.nut", open_file(film, Limits()))
    assert read.video is not None
    whole = [pixels(frame) for frame in read.video.frames()]
    first = round(begin * 25)
    part = list(read.video.cut(begin, begin + Fraction(5, 25)).frames())
    assert [pixels(frame) for frame in part] == whole[first : first + 5]
    assert [frame.pts for frame in part] == list(range(5))


def test_what_is_kept_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", size=SIZE, rate=25, seconds=1)
    for name in ("one", "two"):
        write_clip(tmp_path / name, open_file(film, Limits()), KEPT["film"], lambda done: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_was_not_kept_is_no_kept_file(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="does not say what was kept in it"):
        open_kept(make_film(tmp_path / "film.mp4", size=SIZE, rate=25, seconds=1), Limits())


def test_a_picture_that_lies_upside_down_is_kept_as_it_is(files: dict[str, Path], tmp_path: Path) -> None:
    turned = open_file(files["plain"], Limits()).video
    assert turned is not None
    turned = turned.filter(Filter("hflip"), Filter("vflip"), alpha="none")
    write_kept(tmp_path / "kept", Streams(turned.clip, turned), KEPT["film"], lambda done: None)
    kept = open_kept(tmp_path / "kept", Limits()).video
    assert kept is not None
    pairs = zip(turned.frames(), kept.frames(), strict=True)
    assert all(np.array_equal(one.to_ndarray(), other.to_ndarray()) for one, other in pairs)
