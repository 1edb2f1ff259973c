"""The lines of a YAML text, ready to be put into a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from markupsafe import Markup, escape

from artcelery.server.pages.yaml_text.colouring import WIDEST, Span, spans_of

__all__ = ["Fault", "Line", "lines_of"]

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where a line ends for those who count them in problems."""


class Located(Protocol):
    """Something that is wrong, and where: lines and columns count from 1."""

    @property
    def message(self) -> str:
        """What is wrong."""
        ...

    @property
    def line(self) -> int:
        """In which line."""
        ...

    @property
    def column(self) -> int:
        """From which column on."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line, and from which column on."""

    column: int
    message: str


@dataclass(frozen=True)
class Line:
    """A line: its number from 1, its text with what its parts are, and what is wrong with it."""

    number: int
    text: str
    spans: Sequence[Span] = ()
    faults: Sequence[Fault] = ()

    @cached_property
    def html(self) -> Markup:
        """Its text in colours, made when it is looked at: of a long text that is little."""
        marked = {fault.column - 1 for fault in self.faults}
        html = "".join(_pieces(self.text[:WIDEST], self.spans, marked))
        return Markup(f"{html}…" if len(self.text) > WIDEST else html)


def lines_of(text: str, problems: Iterable[Located] = (), most: int | None = None) -> Sequence[Line]:
    """The lines of a text (the first `most` of them), each with its problems; where they begin, the text is marked."""
    texts = _BREAK.split(text.removeprefix("\ufeff"))
    if len(texts) > 1 and not texts[-1]:
        texts.pop()
    spans, faults = spans_of(text, texts), _faults(problems, len(texts))
    return [
        Line(number, line, spans.get(number - 1, ()), faults.get(number, ()))
        for number, line in enumerate(texts[:most], 1)
    ]


def _faults(problems: Iterable[Located], last: int) -> dict[int, list[Fault]]:
    """Problems by line; what stands behind the last line is told there."""
    found: defaultdict[int, list[Fault]] = defaultdict(list)
    for item in problems:
        found[min(max(item.line, 1), last)].append(Fault(item.column, item.message))
    return found


def _pieces(text: str, spans: Sequence[Span], marked: set[int]) -> Iterator[str]:
    """The text as HTML, piece by piece; a piece with a marked column in it is split there."""
    at = 0
    for span in [*spans, Span(len(text), len(text), "plain")]:
        if span.start > at:
            yield from _split(text, Span(at, span.start, "plain"), marked)
        yield from _split(text, span, marked)
        at = max(at, span.stop)


def _split(text: str, span: Span, marked: set[int]) -> Iterator[str]:
    stop = min(span.stop, len(text))
    if not marked:
        yield _coloured(text[span.start : stop], span)
        return
    begin = next((column for column in sorted(marked) if span.start <= column < stop), stop)
    yield _coloured(text[span.start : begin], span)
    if begin < stop:
        yield f"<mark>{_coloured(text[begin:stop], span)}</mark>"


def _coloured(text: str, span: Span) -> str:
    safe = str(escape(text))
    return safe if span.kind == "plain" or not text else f'<span class="y-{span.kind}">{safe}</span>'
