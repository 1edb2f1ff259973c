"""Letters drawn: rows of text with outline, shadow and box, as a picture with transparency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from artcelery.core.media.generating import Pixels, rgb_of
from artcelery.core.media.letters.markup import Line
from artcelery.core.media.letters.typesetting import Row, Setter

__all__ = ["Block", "Letterer", "Look", "blank", "faded", "laid"]


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks; lengths in pixels, colours `#rrggbb`, opacities 0 to 1; a box of None is none."""

    font: str
    size: int
    color: str
    align: str
    box: str | None = None
    box_opacity: float = 0.0
    padding: int = 0
    outline: str = "#000000"
    outline_width: int = 0
    shadow: str = "#000000"
    shadow_opacity: float = 0.0
    shadow_offset: int = 0
    shadow_blur: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of text with the room that belongs to them: `width` and `height` in pixels, padding included."""

    rows: tuple[Row, ...]
    width: int
    height: int
    align: str


@dataclass(frozen=True, slots=True)
class Letterer:
    """Sets and draws text in one look."""

    look: Look

    @property
    def setter(self) -> Setter:
        """What sets its lines."""
        return Setter(self.look.font, self.look.size)

    def block(self, lines: Sequence[Line], most_width: int, align: str | None = None) -> Block:
        """The lines broken to fit into `most_width` with their padding, and how much room they take."""
        side, over = self._room
        rows = self.setter.rows(lines, max(1, most_width - 2 * side))
        height = (len(rows) - 1) * self.setter.pitch + self.setter.cap_height + 2 * over
        return Block(
            rows, ceil(max((row.width for row in rows), default=0.0)) + 2 * side, height, align or self.look.align
        )

    def draw(self, block: Block) -> tuple[Image.Image, int]:
        """The block as an RGBA picture, and how far that reaches beyond the block on each side."""
        look = self.look
        spill = look.outline_width + (look.shadow_offset + 3 * look.shadow_blur if look.shadow_opacity else 0)
        size = block.width + 2 * spill, block.height + 2 * spill
        picture = Image.new("RGBA", size, (*rgb_of(look.color), 0))
        if look.box is not None:
            ground = Image.new("RGBA", (block.width, block.height), (*rgb_of(look.box), round(255 * look.box_opacity)))
            picture.paste(ground, (spill, spill))
        letters = self._mask(block, size, spill, 0)
        rim = self._mask(block, size, spill, look.outline_width) if look.outline_width else letters
        if look.shadow_opacity:
            picture.alpha_composite(self._shadow(rim))
        if look.outline_width:
            picture.alpha_composite(_inked(rim, look.outline))
        picture.alpha_composite(_inked(letters, look.color))
        return picture, spill

    @property
    def _room(self) -> tuple[int, int]:
        """Padding at the sides, and above capitals and below the base line: there at least what letters reach."""
        return self.look.padding, max(self.look.padding, self.setter.descent)

    def _mask(self, block: Block, size: tuple[int, int], spill: int, stroke: int) -> Image.Image:
        """Where letters are, 0 to 255, with a rim of `stroke` pixels."""
        mask = Image.new("L", size)
        pen = ImageDraw.Draw(mask)
        side, over = self._room
        inner = block.width - 2 * side
        for number, row in enumerate(block.rows):
            left = spill + side + _SHARES[block.align] * (inner - ceil(row.width))
            base = spill + over + self.setter.cap_height + number * self.setter.pitch
            for across, span in row.pieces:
                font = self.setter.font_for(span)
                pen.text((round(left) + across, base), span.text, 255, font, "ls", stroke_width=stroke)
                if span.underline:
                    self._underline(pen, round(left + across), base, font.getlength(span.text), stroke)
        return mask

    def _underline(self, pen: ImageDraw.ImageDraw, left: int, base: int, width: float, stroke: int) -> None:
        thick, below = max(1, round(self.look.size / 16)), max(2, round(self.look.size / 9))
        box = left - stroke, base + below - stroke, left + round(width) - 1 + stroke, base + below + thick - 1 + stroke
        pen.rectangle(box, 255)

    def _shadow(self, rim: Image.Image) -> Image.Image:
        look = self.look
        moved = ImageChops.offset(rim, look.shadow_offset)
        soft = moved.filter(ImageFilter.GaussianBlur(look.shadow_blur)) if look.shadow_blur else moved
        return _inked(soft.point([round(value * look.shadow_opacity) for value in range(256)]), look.shadow)


_SHARES = {"left": 0.0, "center": 0.5, "right": 1.0}


def blank(size: tuple[int, int]) -> Image.Image:
    """A clear picture."""
    return Image.new("RGBA", size)


def laid(canvas: Image.Image, drawn: Image.Image, left: int, top: int) -> None:
    """Lay a picture onto a canvas, where it may reach beyond the edges."""
    box = max(0, -left), max(0, -top), min(drawn.width, canvas.width - left), min(drawn.height, canvas.height - top)
    if box[0] < box[2] and box[1] < box[3]:
        canvas.alpha_composite(drawn.crop(box), (max(0, left), max(0, top)))


def faded(picture: Pixels, part: int, whole: int) -> Pixels:
    """An RGBA picture at `part`/`whole` of its opacity, rounded to the nearest step."""
    made = picture.copy()
    steps = [(2 * value * part + whole) // (2 * whole) for value in range(256)]
    made[..., 3] = np.array(steps, np.uint8)[picture[..., 3]]
    return made


def _inked(mask: Image.Image, color: str) -> Image.Image:
    """A colour where the mask is."""
    ink = Image.new("RGBA", mask.size, rgb_of(color))
    ink.putalpha(mask)
    return ink
