"""Captions: SubRip (SRT) and WebVTT documents as cues with times, styled lines and places. Imports no codec library.

SubRip is what players agree on; WebVTT is the W3C's (https://www.w3.org/TR/webvtt1/). Of WebVTT `line`, `position` and
`align` are kept; `size`, vertical writing, regions and style sheets are left out, and `Captions.notes` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from artcelery.core.media.letters.markup import Line, spans_of

__all__ = ["CaptionError", "Captions", "Cue", "Place", "is_vtt", "parse_captions"]

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cue stands: its point `anchor` (0 its left or top edge, 1 its right or bottom edge) at a place.

    `across` is a share of the width. `down` is a share of the height, `line` a number of lines from the top (from 0)
    or, negative, from the bottom (from -1); without both the cue stands where captions stand.
    """

    align: Align | None = None
    across: Fraction | None = None
    anchor_x: Fraction = Fraction(1, 2)
    down: Fraction | None = None
    anchor_y: Fraction = Fraction(0)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that are shown in [start, end) seconds; `number` is the line of the file that says when."""

    start: Fraction
    end: Fraction
    lines: tuple[Line, ...]
    place: Place = Place()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues of a document by their start, and notes on what of it is left out."""

    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()

    @property
    def duration(self) -> Fraction:
        """When the last cue ends, in seconds."""
        return max((cue.end for cue in self.cues), default=Fraction(0))


class CaptionError(ValueError):
    """What cannot be read, and in which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")


LONGEST_CUE = 2000
"""Characters of a cue; more fit on no screen."""

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[,.](\d{1,9})"
_SPAN = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?")
_SEEMS_TIMED = re.compile(r"\s*\d\S*\s*-->")
_EXAMPLE = "write it as 00:00:01,500 --> 00:00:03,000"


def is_vtt(text: str) -> bool:
    """Whether a text begins as WebVTT does."""
    return text.startswith("WEBVTT") and text[6:7] in ("", " ", "\t", "\n", "\r")


def parse_captions(text: str) -> Captions:
    """The captions in a text, WebVTT by its first line, else SubRip; CaptionError says what is wrong where."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    cues, notes = _vtt(lines) if is_vtt(lines[0]) else _srt(lines)
    return Captions(tuple(sorted(cues, key=lambda cue: cue.start)), notes)


def _srt(lines: Sequence[str]) -> tuple[list[Cue], tuple[str, ...]]:
    spans = [(at, span) for at, line in enumerate(lines) if (span := _span(line, at + 1))]
    if not spans:
        raise CaptionError(1, f"there are no captions: no line says when one is shown ({_EXAMPLE})")
    numbered = _is_number(lines, spans[0][0] - 1)
    _refuse_preamble(lines[: spans[0][0] - 1 if numbered else spans[0][0]])
    cues = []
    for (at, span), following in zip(spans, [*(at for at, _ in spans[1:]), None], strict=True):
        end = len(lines) if following is None else following
        if following is not None and numbered and _is_number(lines, following - 1):
            end -= 1
        said = "\n".join(lines[at + 1 : end]).strip("\n")
        cues.append(_cue(span, said, "srt", at + 1, _an(said)))
    colours = any(re.search(r"<font\b", line, re.I) for line in lines)
    return cues, ("colours and fonts of the captions are left out",) if colours else ()


def _is_number(lines: Sequence[str], at: int) -> bool:
    return at >= 0 and lines[at].strip().isdecimal()


def _refuse_preamble(lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, 1):
        if line.strip():
            raise CaptionError(
                number, f"{line.strip()[:40]!r} is no caption; a SubRip file begins with 1 and a time span"
            )


def _an(text: str) -> Place:
    r"""The place that `{\an8}` names: a digit of the number pad, as in Advanced SubStation Alpha."""
    found = re.search(r"\{\\an([1-9])\}", text)
    if not found:
        return Place()
    row, column = divmod(int(found[1]) - 1, 3)
    sides: tuple[Align, ...] = ("left", "center", "right")
    place = Place(sides[column], Fraction(column, 2), Fraction(column, 2))
    return (place, replace(place, down=Fraction(1, 2), anchor_y=Fraction(1, 2)), replace(place, line=0))[row]


def _vtt(lines: Sequence[str]) -> tuple[list[Cue], tuple[str, ...]]:
    cues, notes = [], dict[str, None]()
    for first, block in _blocks(lines):
        kind = block[0].split()[0]
        if kind in ("STYLE", "REGION"):
            notes["styles and regions of the captions are left out"] = None
        if kind in ("NOTE", "STYLE", "REGION"):
            continue
        at = 0 if "-->" in block[0] or len(block) == 1 else 1
        span = _span(block[at], first + at + 1)
        if span is None:
            raise CaptionError(first + at + 1, f"{block[at][:60]!r} does not say when it is shown; {_EXAMPLE}")
        place, left_out = _settings(span[9] or "", first + at + 1)
        notes.update(dict.fromkeys(left_out))
        cues.append(_cue(span, "\n".join(block[at + 1 :]), "vtt", first + at + 1, place))
    return cues, tuple(notes)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Blocks of lines between empty ones, without the header, each with its place among all lines."""
    block: list[str] = []
    seen_header = False
    for at, line in enumerate((*lines, "")):
        if line.strip():
            block.append(line)
            continue
        if block and seen_header:
            yield at - len(block), block
        seen_header, block = True, []


def _settings(text: str, number: int) -> tuple[Place, list[str]]:
    """The place that WebVTT's cue settings say (its section 4.4), and what of them is left out."""
    said = dict(item.split(":", 1) for item in text.split() if ":" in item)
    place, left_out = _aligned(said.get("align", "center"), said.get("position"), number), []
    if "line" in said:
        value, _, anchor = said["line"].partition(",")
        place = _on_line(place, value, anchor, number)
    if "vertical" in said:
        left_out.append("vertical captions are written horizontally")
    if "size" in said:
        left_out.append("the width (size) of captions is left out: they are as wide as their lines")
    return place, left_out


def _aligned(align: str, position: str | None, number: int) -> Place:
    if align not in _ALIGNS:
        raise CaptionError(number, f"align:{align[:20]} is not known; there are {', '.join(_ALIGNS)}")
    side = _ALIGNS[align]
    anchor = _SIDES[side]
    if position is None:
        return Place(side, anchor, anchor) if side != "center" else Place()
    value, _, from_side = position.partition(",")
    anchor = {"line-left": Fraction(0), "center": Fraction(1, 2), "line-right": Fraction(1)}.get(from_side, anchor)
    return Place(side, _percent(value, number), anchor)


def _on_line(place: Place, value: str, anchor: str, number: int) -> Place:
    if value.endswith("%"):
        edge = {"center": Fraction(1, 2), "end": Fraction(1)}.get(anchor, Fraction(0))
        return replace(place, down=_percent(value, number), anchor_y=edge)
    if not re.fullmatch(r"-?\d{1,4}", value):
        raise CaptionError(number, f"line:{value[:20]} is neither a number of lines nor a percentage")
    return replace(place, line=int(value))


_ALIGNS: dict[str, Align] = {
    "start": "left",
    "left": "left",
    "center": "center",
    "middle": "center",
    "end": "right",
    "right": "right",
}
_SIDES: dict[Align, Fraction] = {"left": Fraction(0), "center": Fraction(1, 2), "right": Fraction(1)}


def _percent(text: str, number: int) -> Fraction:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,9})?%", text) or Fraction(text[:-1]) > 100:
        raise CaptionError(number, f"{text[:20]!r} is no percentage from 0% to 100%")
    return Fraction(text[:-1]) / 100


def _span(line: str, number: int) -> re.Match[str] | None:
    """The times in a line, or None when it has none; CaptionError when it nearly has."""
    found = _SPAN.fullmatch(line)
    if found is None and _SEEMS_TIMED.match(line):
        raise CaptionError(number, f"{line.strip()[:60]!r} is no time span; {_EXAMPLE}")
    return found


def _cue(span: re.Match[str], said: str, dialect: Literal["srt", "vtt"], number: int, place: Place) -> Cue:
    start, end = (_seconds(span.groups()[at : at + 4], number) for at in (0, 4))
    if end < start:
        raise CaptionError(number, "the caption ends before it starts")
    if len(said) > LONGEST_CUE:
        raise CaptionError(number, f"the caption has {len(said):,} characters; at most {LONGEST_CUE:,} can be shown")
    return Cue(start, end, spans_of(said, dialect), place, number)


def _seconds(parts: Sequence[str | None], number: int) -> Fraction:
    hours, minutes, seconds, rest = (part or "0" for part in parts)
    if int(minutes) > 59 or int(seconds) > 59 or len(hours) > 4:
        raise CaptionError(number, f"minutes and seconds go to 59, hours to 9999; {_EXAMPLE}")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(rest), 10 ** len(rest))
