"""Writes docs/effects.md and its pictures: every effect on the cat, or, where it works over time, on a moving cat.

python scripts/effects_page.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from artcelery import Engine, open_engine
from artcelery.core.effect import Effect, Param

DOCS = Path(__file__).parents[1] / "docs"
PICTURES = DOCS / "images" / "effects"
SHEET = DOCS / "images" / "effects.jpg"
CAT = Path(__file__).parents[1] / "artcelery" / "assets" / "cat.png"
SHOWN_FRAME = 20
COLUMNS, TILE, GAP, LABEL = 5, (240, 160), 12, 26
TELLING = {"levels": {"black": 0.12, "white": 0.75, "gamma": 1.3}, "vignette": {"amount": 0.9}}
"""Parameters for pictures of effects whose defaults change little or nothing."""
HEAD = """\
# Effects

{count} effects come with artcelery, each one file in `artcelery/effects/`, in the format that your own effects have
([effect files](effect-files.md)). `artcelery effects show NAME` says the same as this page, which is made from them.

```sh
artcelery render dog cat -o dog-cat.png
artcelery render pixelate cat --param size=12 -o blocks.png
```

![All effects](images/effects.jpg)
"""
BEFORE_AFTER = DOCS / "images" / "dog-cat.jpg"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, open_engine(home=Path(folder) / "home") as engine:
        effects = engine.effects()
        (DOCS / "effects.md").write_text(page(effects))
        film = moving_cat(Path(folder) / "moving-cat.mkv")
        tiles = {effect.name: picture_of(engine, effect, film, Path(folder)) for effect in effects}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, tile in tiles.items():
        tile.save(PICTURES / f"{name}.webp", quality=80, method=6)
    contact_sheet(tiles).save(SHEET, quality=85, optimize=True)
    beside(Image.open(CAT).convert("RGB"), tiles["dog"]).save(BEFORE_AFTER, quality=90, optimize=True)


def page(effects: Sequence[Effect]) -> str:
    """The text of docs/effects.md."""
    parts = [HEAD.format(count=len(effects)), *(section(effect) for effect in effects)]
    return "\n".join(parts)


def section(effect: Effect) -> str:
    kind = "Works over time: it needs a film.\n\n" if effect.temporal else ""
    picture = f"![{effect.name}](images/effects/{effect.name}.webp)"
    params = ", ".join(f"{name} {value:g}" for name, value in TELLING.get(effect.name, {}).items())
    caption = f"\n\nThe picture: {params}." if params else ""
    return f"## {effect.name}\n\n{effect.description}\n\n{kind}{picture}{caption}\n\n{table(effect.params)}"


def table(params: Sequence[Param]) -> str:
    if not params:
        return "No parameters.\n"
    rows = [["parameter", "type", "range", "default", "meaning"], ["---"] * 5]
    rows += [
        [f"`{item.name}`", item.type, allowed(item), f"`{shown(item.default)}`", item.description] for item in params
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def allowed(param: Param) -> str:
    if param.choices:
        return ", ".join(param.choices)
    if param.minimum is None or param.maximum is None:
        return ""
    return f"{param.minimum:g} to {param.maximum:g}"


def shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def picture_of(engine: Engine, effect: Effect, film: Path, folder: Path) -> Image.Image:
    if not effect.temporal:
        output = folder / f"{effect.name}.png"
        engine.render(effect.name, "cat", params=TELLING.get(effect.name), output=output)
        with Image.open(output) as picture:
            return picture.convert("RGB")
    output = folder / f"{effect.name}.mkv"
    engine.render(effect.name, film, output=output)
    with av.open(str(output)) as container:
        frames = list(container.decode(video=0))
    return frames[SHOWN_FRAME].to_image()


def moving_cat(path: Path) -> Path:
    """A second of film: the cat, and a light that crosses the picture."""
    cat = np.asarray(Image.open(CAT).convert("RGB"))[:300, :450]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = 450, 300, "bgr0"
        for index, array in enumerate(lit(cat)):
            frame = av.VideoFrame.from_ndarray(array, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def lit(cat: np.ndarray) -> Iterator[np.ndarray]:
    down, across = np.mgrid[0:300, 0:450]
    for index in range(30):
        x, y = 40 + 15 * index, 150 - 100 * np.sin(np.pi * index / 22)
        light = np.exp(-((across - x) ** 2 + (down - y) ** 2) / 300)[:, :, None]
        yield np.clip(cat * 0.75 + 255 * light, 0, 255).astype(np.uint8)


def contact_sheet(tiles: dict[str, Image.Image]) -> Image.Image:
    rows = -(-len(tiles) // COLUMNS)
    width, height = COLUMNS * (TILE[0] + GAP) + GAP, rows * (TILE[1] + LABEL + GAP) + GAP
    sheet = Image.new("RGB", (width, height), "#f4f2ee")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for at, (name, tile) in enumerate(tiles.items()):
        x, y = GAP + at % COLUMNS * (TILE[0] + GAP), GAP + at // COLUMNS * (TILE[1] + LABEL + GAP)
        sheet.paste(tile.resize(TILE, Image.Resampling.LANCZOS), (x, y))
        draw.text((x + 2, y + TILE[1] + 4), name, fill="#333333", font=font)
    return sheet


def beside(one: Image.Image, other: Image.Image) -> Image.Image:
    both = Image.new("RGB", (one.width + GAP + other.width, one.height), "white")
    both.paste(one, (0, 0))
    both.paste(other, (one.width + GAP, 0))
    return both


if __name__ == "__main__":
    main()
