"""Writes docs/gallery.md, and renders the pictures on it: every config in examples/configs, and what it makes.

python -m scripts.gallery_page
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from artcelery import Engine, open_engine
from artcelery.core.config import load_config
from artcelery.core.media.probing.probe import probe

DOCS = Path(__file__).parents[1] / "docs"
PICTURES = DOCS / "images" / "gallery"
CONFIGS = Path(__file__).parents[1] / "examples" / "configs"
SHOWN, TILE, GAP = 4, (240, 240), 6
"""How many pictures of a film are shown, how large each is at most, and what is between them, in pixels."""
STILL, WAVE = (640, 480), (960, 160)
PAPER, INK = "#ffffff", "#264653"
HEAD = """\
# Gallery

{count} configs, each small, in `examples/configs/`; a test renders every one. What is asked for (`-i`) may be a file, a
content hash or the name of an asset; of a film, {shown} moments are shown. What each key means is in the
[config reference](config.md). This page is made by `python -m scripts.gallery_page`.
"""
GROUPS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "Pictures": {
        "dog": {"input_image": "cat"},
        "poster": {},
        "thumbnail": {"picture": "cat"},
        "before-after": {"picture": "cat"},
        "double-exposure": {"picture": "cat"},
        "contact-sheet": {"picture": "cat"},
        "film-sheet": {"film": "scenes"},
    },
    "Films": {
        "title-card": {},
        "trailer": {"film": "eye"},
        "slideshow": {"first": "cat", "second": "blue", "third": "dots", "music": "chord"},
        "highlights": {"film": "scenes"},
        "beat-cuts": {"song": "song", "one": "wide", "two": "odd", "three": "nose"},
        "multi-camera": {"wide": "wide", "singer": "eye", "drums": "nose"},
        "score": {"film": "wide", "music": "chord"},
    },
    "Pictures over pictures": {
        "picture-in-picture": {"film": "wide", "camera": "odd"},
        "lower-third": {"film": "wide"},
        "captions": {"film": "eye", "words": "words"},
        "video-wall": {"film": "wide"},
        "vertical": {"film": "wide"},
    },
    "Sounds": {"podcast": {"voice": "voice", "music": "chord"}},
}
"""The examples in the order of the page, and which of the inputs below each is given."""

MOVING_CAT = """\
name: moving-cat
params:
  crop: {type: size, default: 440}
  x: {type: int, default: 0}
  y: {type: int, default: 0}
  look: {type: str, default: identity}
dag:
  nodes:
    - {id: cat, type: SOURCE, config: {asset: cat}}
    - id: part
      type: TRANSFORM
      config: {effects: {crop: {x: "${x}", y: "${y}", width: "${crop}", height: "56%"}}}
      inputs: cat
    - {id: seen, type: EFFECT, config: {effect: "${look}"}, inputs: part}
    - {id: still, type: SEQUENCE, config: {width: 480, height: 270, mode: fill, duration: 4.5s}, inputs: seen}
    - {id: film, type: EFFECT, config: {effect: zoom, params: {to: 1.5}}, inputs: still}
    - {id: tone, type: GENERATE, config: {kind: tone, duration: 4.5s}}
    - {id: heard, type: MUX, inputs: [film, tone]}
  output: heard
"""
FILMS: Mapping[str, Mapping[str, object]] = {
    "wide": {"crop": 300, "x": 90, "y": 30},
    "eye": {"crop": 170, "x": 90, "y": 30},
    "nose": {"crop": 200, "x": 200, "y": 120},
    "odd": {"crop": 300, "x": 90, "y": 30, "look": "duotone"},
}
SONG = """\
name: song
dag:
  nodes:
    - {id: tick, type: GENERATE, config: {kind: tone, frequency: 220, amplitude: 0.4, duration: 150ms}}
    - {id: rest, type: GENERATE, config: {kind: silence, duration: 350ms}}
    - {id: bar, type: SEQUENCE, inputs: [tick, rest, tick, rest, tick, rest, tick, rest]}
    - {id: song, type: SEQUENCE, inputs: [bar, bar]}
  output: song
"""
CHORD = """\
name: chord
dag:
  nodes:
    - {id: a, type: GENERATE, config: {kind: tone, frequency: 220, duration: 6}}
    - {id: c, type: GENERATE, config: {kind: tone, frequency: 277.183, duration: 6}}
    - {id: e, type: GENERATE, config: {kind: tone, frequency: 329.628, duration: 6}}
    - {id: chord, type: AUDIO_MIX, config: {normalize: false}, inputs: [a, c, e]}
  output: chord
"""
VOICE = """\
name: voice
dag:
  nodes:
    - {id: word, type: GENERATE, config: {kind: tone, frequency: 440, amplitude: 0.3, duration: 0.9}}
    - {id: rest, type: GENERATE, config: {kind: silence, duration: 0.6}}
    - {id: voice, type: SEQUENCE, inputs: [word, rest, word, rest]}
  output: voice
"""
SCENES = """\
name: scenes
dag:
  nodes:
    - {id: eye, type: SOURCE, config: {input: true}}
    - {id: odd, type: SOURCE, config: {input: true}}
    - {id: nose, type: SOURCE, config: {input: true}}
    - {id: scenes, type: SEQUENCE, config: {durations: [1.5, 1.5, 1.5]}, inputs: [eye, odd, nose]}
  output: scenes
"""
WORDS = """\
1
00:00:00,200 --> 00:00:01,400
I have seen <i>everything</i>.

2
00:00:01,600 --> 00:00:02,900
Mostly at night.

3
00:00:03,000 --> 00:00:04,400
And I will tell
no one.
"""


def main() -> None:
    (DOCS / "gallery.md").write_text(page())
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_engine(home=Path(folder) / "home") as engine:
        files = made_inputs(engine, Path(folder))
        for name, inputs in examples():
            order = engine.order(CONFIGS / f"{name}.yaml", {key: files[said] for key, said in inputs.items()})
            picture_of(engine.output_path(engine.run(order))).save(PICTURES / f"{name}.webp", quality=80, method=6)


def page() -> str:
    """The text of docs/gallery.md."""
    parts = [HEAD.format(count=len(list(examples())), shown=SHOWN)]
    for group, names in GROUPS.items():
        parts += [f"## {group}\n", *(section(name) for name in names)]
    return "\n".join(parts)


def examples() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The name of each config, and its inputs."""
    for names in GROUPS.values():
        yield from names.items()


def section(name: str) -> str:
    """What the first lines of a config say of it and how it is run, its picture, and the rest of it."""
    lines = (CONFIGS / f"{name}.yaml").read_text().splitlines()
    head = [line.removeprefix("#")[1:] for line in lines if line.startswith("#")]
    says = " ".join(re.sub(":$", ".", line) for line in head if not line.startswith(" "))
    runs = "\n".join(line.strip() for line in head if line.startswith(" "))
    config = "\n".join(line for line in lines if not line.startswith("#"))
    picture = f"![{name}](images/gallery/{name}.webp)"
    return f"### {name}\n\n{says}\n\n{picture}\n\n```sh\n{runs}\n```\n\n```yaml\n{config}\n```\n"


def made_inputs(engine: Engine, folder: Path) -> dict[str, str | Path]:
    """What the examples are given, by name: films of the cat, pictures, sounds and words."""

    def made(text: str, inputs: Mapping[str, str | Path], **params: object) -> Path:
        return engine.output_path(engine.run(engine.order(load_config(text), inputs, params)))

    files: dict[str, str | Path] = {name: made(MOVING_CAT, {}, **params) for name, params in FILMS.items()}
    files |= {"scenes": made(SCENES, {name: files[name] for name in ("eye", "odd", "nose")})}
    files |= {name: made(text, {}) for name, text in (("song", SONG), ("chord", CHORD), ("voice", VOICE))}
    files |= {"cat": "cat", "words": folder / "words.srt"}
    (folder / "words.srt").write_text(WORDS)
    for name, effect in (("blue", "duotone"), ("dots", "halftone")):
        files[name] = engine.output_path(engine.render(effect, "cat"))
    return files


def picture_of(file: Path) -> Image.Image:
    """A picture as it is, some frames of a film, or the wave of a sound."""
    if probe(file).is_still:
        with Image.open(file) as picture:
            return (
                ImageOps.contain(picture.convert("RGB"), STILL) if picture.width > STILL[0] else picture.convert("RGB")
            )
    with av.open(str(file)) as container:
        return strip(container) if container.streams.video else wave(container)


def strip(container: av.container.InputContainer) -> Image.Image:
    """Frames from the whole length of a film, side by side."""
    frames = [frame.to_image() for frame in container.decode(video=0)]
    shown = [frames[(2 * number + 1) * len(frames) // (2 * SHOWN)] for number in range(SHOWN)]
    tiles = [ImageOps.contain(frame, TILE) for frame in shown]
    width, height = tiles[0].size
    sheet = Image.new("RGB", (SHOWN * (width + GAP) - GAP, height), PAPER)
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number * (width + GAP), 0))
    return sheet


def wave(container: av.container.InputContainer) -> Image.Image:
    """The highest and lowest sample of each column."""
    resampler = av.AudioResampler(format="flt", layout="mono")
    blocks = [block.to_ndarray()[0] for frame in container.decode(audio=0) for block in resampler.resample(frame)]
    columns = np.array_split(np.concatenate(blocks), WAVE[0])
    middle, sheet = WAVE[1] / 2, Image.new("RGB", WAVE, PAPER)
    draw = ImageDraw.Draw(sheet)
    for x, column in enumerate(columns):
        draw.line([(x, middle * (1 - float(end))) for end in (column.max(), column.min())], fill=INK)
    return sheet


if __name__ == "__main__":
    main()
