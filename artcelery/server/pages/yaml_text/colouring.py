"""What the parts of a YAML text are, so that they can be told apart: found by the scanner that reads configs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml

__all__ = ["WIDEST", "Kind", "Span", "spans_of"]

WIDEST = 1000
"""How much of a line is shown, and so looked at."""

Kind = Literal["key", "text", "value", "mark", "note", "reference", "plain"]

_VALUE = re.compile(r"[-+]?(\d[\d_.]*(e[-+]?\d+)?|\.\d+|\.inf)|true|false|null|~|", re.IGNORECASE)
_REFERENCE = re.compile(r"\$?\$\{[^{}\n]*\}")
_NOTE = re.compile(r"(?:^|(?<=\s))#.*")
_MARKS = (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken, yaml.DirectiveToken, yaml.DocumentStartToken)
_TO_THE_END = 1 << 30


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one line, by columns that count from 0; `stop` may lie behind its end."""

    start: int
    stop: int
    kind: Kind


def spans_of(text: str, lines: Sequence[str]) -> Mapping[int, Sequence[Span]]:
    """The spans of each line that has any, in their order; behind what cannot be read, only notes are found."""
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for token, kind in _told(text):
        for number, span in _by_line(token.start_mark, token.end_mark, kind):
            found[number].append(span)
    for number, line in enumerate(lines):
        if "#" in line or "${" in line:
            found[number] = list(_with_more(line[:WIDEST], found[number]))
    return found


def _told(text: str) -> Iterator[tuple[Any, Kind]]:
    """The tokens that are shown otherwise than plain text."""
    is_key = False
    for token in _tokens(text):
        if isinstance(token, yaml.ScalarToken):
            yield token, "key" if is_key else _kind_of(token)
            is_key = False
        elif isinstance(token, _MARKS):
            yield token, "mark"
        else:
            is_key = isinstance(token, yaml.KeyToken)


def _tokens(text: str) -> Iterator[Any]:
    """The tokens as far as there are any: a text that is no YAML has some too."""
    try:
        yield from yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeEncodeError):
        return


def _kind_of(token: Any) -> Kind:
    if token.style in ("'", '"', "|", ">"):
        return "text"
    return "value" if _VALUE.fullmatch(token.value) else "plain"


def _by_line(start: Any, end: Any, kind: Kind) -> Iterator[tuple[int, Span]]:
    """What lies between two marks, line by line."""
    for number in range(start.line, end.line + 1):
        begin = start.column if number == start.line else 0
        stop = end.column if number == end.line else _TO_THE_END
        if begin < min(stop, WIDEST):
            yield number, Span(begin, stop, kind)


def _with_more(line: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans of a line, references within them on their own, and the note that may be behind them."""
    behind = 0
    for span in spans:
        behind = span.stop
        yield from _with_references(line, span)
    note = _NOTE.search(line, behind) if behind < len(line) else None
    if note:
        yield Span(note.start(), note.end(), "note")


def _with_references(line: str, span: Span) -> Iterator[Span]:
    begin = span.start
    for found in _REFERENCE.finditer(line, span.start, min(span.stop, len(line))):
        if found[0].startswith("$${"):
            continue
        if found.start() > begin:
            yield Span(begin, found.start(), span.kind)
        yield Span(found.start(), found.end(), "reference")
        begin = found.end()
    if span.stop > begin:
        yield Span(begin, span.stop, span.kind)
