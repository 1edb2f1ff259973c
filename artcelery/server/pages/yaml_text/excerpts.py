"""The parts of a text that matter: lines with something wrong, and a few around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from artcelery.server.pages.yaml_text.lines import Line

__all__ = ["Excerpt", "excerpts"]

_AROUND = 2
_MOST_FAULTY = 100


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines that follow one another."""

    lines: Sequence[Line]

    @property
    def words(self) -> str:
        """Which lines these are."""
        first, last = self.lines[0].number, self.lines[-1].number
        return f"Line {first}" if first == last else f"Lines {first} to {last}"


def excerpts(lines: Sequence[Line]) -> Sequence[Excerpt]:
    """The lines with something wrong (the first hundred of them), each with two before it and two behind it."""
    shown = sorted(set(_shown(lines)))
    runs = groupby(enumerate(shown), lambda item: item[1] - item[0])
    return [Excerpt([lines[at] for _, at in run]) for _, run in runs]


def _shown(lines: Sequence[Line]) -> Iterator[int]:
    faulty = [at for at, line in enumerate(lines) if line.faults][:_MOST_FAULTY]
    for at in faulty:
        yield from range(max(0, at - _AROUND), min(len(lines), at + _AROUND + 1))
