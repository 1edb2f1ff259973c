"""Text set in lines: fonts, widths, and where lines break.

DejaVu Sans comes with artcelery, and Pillow's basic layout sets it letter by letter with kerning, so that text is the
same everywhere. Scripts whose letters join, stack or run from right to left are refused: they would be set wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from artcelery.core.errors import RenderError
from artcelery.core.media.letters.markup import Line, Span, unshaped

__all__ = ["Row", "Setter", "font_of"]

_FOLDER = Path(__file__).parent / "fonts"
_FILES = {
    "sans": "DejaVuSans.ttf",
    "sans-bold": "DejaVuSans-Bold.ttf",
    "sans-oblique": "DejaVuSans-Oblique.ttf",
    "sans-bold-oblique": "DejaVuSans-BoldOblique.ttf",
}
_WORDS = re.compile(r" +|[^ ]+")
_LEADING = 1.2
_CAP_HEIGHT = 1493 / 2048  # of DejaVu Sans, in its own units
_DESCENT = 483 / 2048
_BALANCED_ROWS = 6


@lru_cache(maxsize=64)
def font_of(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A bundled cut, `size` pixels to the em."""
    return ImageFont.truetype(str(_FOLDER / _FILES[name]), size, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True, slots=True)
class Row:
    """A line that fits: its pieces, each with its place from the left, and its width in pixels."""

    pieces: tuple[tuple[float, Span], ...]
    width: float


@dataclass(frozen=True, slots=True)
class Setter:
    """Sets text in one cut and size; sizes are pixels."""

    font: str
    size: int

    @property
    def pitch(self) -> int:
        """From one base line to the next."""
        return max(1, round(self.size * _LEADING))

    @property
    def cap_height(self) -> int:
        """From the base line to the top of capitals."""
        return max(1, round(self.size * _CAP_HEIGHT))

    @property
    def descent(self) -> int:
        """From the base line to the foot of a g."""
        return max(1, round(self.size * _DESCENT))

    def font_for(self, span: Span) -> ImageFont.FreeTypeFont:
        """The cut that a piece is set in: bold and italic are those of the font, and more."""
        bold, italic = span.bold or "bold" in self.font, span.italic or "oblique" in self.font
        return font_of("sans" + "-bold" * bold + "-oblique" * italic, self.size)

    def width(self, span: Span) -> float:
        """How wide a piece is."""
        return float(self.font_for(span).getlength(span.text))

    def rows(self, lines: Sequence[Line], width: int) -> tuple[Row, ...]:
        """The lines, broken where they are wider than `width`; RenderError for letters that cannot be set.

        A line that is broken is broken into rows of much the same width. A word that fits nowhere is cut.
        """
        for span in (span for line in lines for span in line):
            self._check(span)
        return tuple(row for line in lines for row in self._broken(line, width))

    def _broken(self, line: Line, width: int) -> list[Row]:
        words = list(self._words(line, width))
        rows = _filled(words, width)
        if 1 < len(rows) <= _BALANCED_ROWS:
            narrow, wide = max(1, width // 4), width
            while narrow < wide:
                middle = (narrow + wide) // 2
                fits = len(balanced := _filled(words, middle)) == len(rows)
                fits = fits and all(_wide(row) <= middle for row in balanced)
                narrow, wide = (narrow, middle) if fits else (middle + 1, wide)
            rows = _filled(words, wide)
        return [self._row(row) for row in rows]

    def _words(self, line: Line, width: int) -> Iterator[_Word]:
        """Words (pieces without a space between them) and spaces, each with its width."""
        word: list[Span] = []
        for span in line:
            for text in _WORDS.findall(span.text):
                piece = Span(text, span.bold, span.italic, span.underline)
                if text[0] != " ":
                    word.append(piece)
                    continue
                yield from self._fitting(word, width)
                word = []
                yield _Word((piece,), self.width(piece), True)
        yield from self._fitting(word, width)

    def _fitting(self, word: Sequence[Span], width: int) -> Iterator[_Word]:
        whole = _Word(tuple(word), sum(self.width(piece) for piece in word))
        if whole.width <= width:
            yield from [whole] if word else []
            return
        for piece in word:
            for letter in piece.text:
                single = Span(letter, piece.bold, piece.italic, piece.underline)
                yield _Word((single,), self.width(single))

    def _row(self, words: Sequence[_Word]) -> Row:
        """Words one after another; neighbours in one style are one piece, kerned as one."""
        merged: list[Span] = []
        for span in (span for word in words for span in word.pieces):
            last = merged[-1] if merged else None
            if last and (last.bold, last.italic, last.underline) == (span.bold, span.italic, span.underline):
                merged[-1] = Span(last.text + span.text, span.bold, span.italic, span.underline)
            else:
                merged.append(span)
        placed, across = [], 0.0
        for span in merged:
            placed.append((across, span))
            across += self.width(span)
        return Row(tuple(placed), across)

    def _check(self, span: Span) -> None:
        wrong = unshaped(span.text)
        if wrong:
            raise RenderError(f"text with {wrong} cannot be set: its letters would not join or run as they must")
        font = self.font_for(span)
        missing = next((mark for mark in dict.fromkeys(span.text) if not _has(font, mark)), None)
        if missing:
            name = unicodedata.name(missing, f"U+{ord(missing):04X}")
            raise RenderError(f"the font DejaVu Sans has no {missing!r} ({name}); write it otherwise")


@dataclass(frozen=True, slots=True)
class _Word:
    pieces: tuple[Span, ...]
    width: float
    is_space: bool = False


def _filled(words: Iterable[_Word], width: int) -> list[list[_Word]]:
    """Rows filled with as many words as fit, without spaces at their ends; at least one row."""
    rows: list[list[_Word]] = [[]]
    across = 0.0
    for word in words:
        if rows[-1] and not word.is_space and across + word.width > width:
            rows.append([])
            across = 0.0
        if word.is_space and not rows[-1] and len(rows) > 1:
            continue
        rows[-1].append(word)
        across += word.width
    for row in rows:
        while row and row[-1].is_space:
            row.pop()
    return rows


def _wide(row: Sequence[_Word]) -> float:
    return sum(word.width for word in row)


@lru_cache(maxsize=65536)
def _has(font: ImageFont.FreeTypeFont, mark: str) -> bool:
    """Whether a font has a letter: what it lacks looks as U+FFFF, which is none."""
    if mark.isascii():
        return True
    return _looks(font, mark) != _looks(font, "\uffff")


def _looks(font: ImageFont.FreeTypeFont, mark: str) -> tuple[object, ...]:
    return font.getbbox(mark), bytes(font.getmask(mark))
