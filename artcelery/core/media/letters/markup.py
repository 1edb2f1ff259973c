"""Text with bold, italic and underlined parts: what captions mean by their tags. Imports no codec library."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

__all__ = ["Line", "Span", "drawable", "plain_lines", "spans_of", "unshaped"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


Line = tuple[Span, ...]

_TAGS = {"vtt": re.compile(r"<[^<>]*>"), "srt": re.compile(r"</?(?:[bius]|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.I)}
_NAME = re.compile(r"</?([a-z]+)", re.I)


def spans_of(text: str, dialect: Literal["srt", "vtt"]) -> tuple[Line, ...]:
    """The lines of a caption; `<b>`, `<i>` and `<u>` are styles, other tags of the dialect are left out.

    WebVTT's escapes (`&amp;`) are replaced (W3C WebVTT, 6.4); SubRip has none.
    """
    depth = dict.fromkeys("biu", 0)
    lines: list[list[Span]] = [[]]
    at = 0
    for tag in (*_TAGS[dialect].finditer(text), None):
        said = text[at : tag.start() if tag else None]
        for number, part in enumerate(html.unescape(said).split("\n") if dialect == "vtt" else said.split("\n")):
            if number:
                lines.append([])
            if shown := drawable(part):
                lines[-1].append(Span(shown, depth["b"] > 0, depth["i"] > 0, depth["u"] > 0))
        if tag:
            at = tag.end()
            _count(tag[0], depth)
    trimmed = [_trimmed(line) for line in lines]
    return tuple(line for line in trimmed if line)


def plain_lines(text: str) -> tuple[Line, ...]:
    """The lines of a text without tags; empty ones stay."""
    return tuple((Span(shown),) if (shown := drawable(line).rstrip()) else () for line in text.split("\n"))


def drawable(text: str) -> str:
    """The text without characters that are no marks on a page (controls, joiners), tabs as spaces, accents composed."""
    marks = unicodedata.normalize("NFC", text.replace("\t", " "))
    return "".join(mark for mark in marks if unicodedata.category(mark)[0] != "C")


def unshaped(text: str) -> str | None:
    """The name of a script in a text that needs shaping or runs from right to left, or None."""
    for mark in text:
        if ord(mark) < _FIRST_SHAPED:
            continue
        if unicodedata.bidirectional(mark) in ("R", "AL"):
            return unicodedata.name(mark, "a letter").split()[0].capitalize()
        if any(first <= ord(mark) <= last for first, last in _SHAPED):
            return unicodedata.name(mark, "a letter").split()[0].capitalize()
    return None


_FIRST_SHAPED = 0x590
_SHAPED = ((0x900, 0xDFF), (0xF00, 0x109F), (0x1780, 0x18AF), (0x1A20, 0x1AAF), (0x1B00, 0x1C4F), (0xA800, 0xAAFF))
"""Brahmic scripts but Thai and Lao, and Mongolian (Unicode 16, chapters 12 to 17): their letters stack or join."""


def _count(tag: str, depth: dict[str, int]) -> None:
    found = _NAME.match(tag)
    name = found[1].lower() if found else ""
    if name in depth:
        depth[name] = max(0, depth[name] + (-1 if tag.startswith("</") else 1))


def _trimmed(line: list[Span]) -> Line:
    """The line without space at its ends."""
    while line and not line[0].text.strip():
        line.pop(0)
    while line and not line[-1].text.strip():
        line.pop()
    if line:
        line[0] = _with_text(line[0], line[0].text.lstrip())
        line[-1] = _with_text(line[-1], line[-1].text.rstrip())
    return tuple(line)


def _with_text(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.underline)
