"""Event streams of pages: what changed comes as HTML, piece by piece, and each piece takes the place of its old self.

A piece is an element with an id and `data-piece`. That is why nothing is doubled, however often it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from fastapi.sse import format_sse_event

__all__ = ["QUIET", "Piece", "Pieces", "event"]

QUIET = b": still here\n"
"""What is said while nothing happens; no block of its own, for some clients take any block for an event."""


_AGAIN_MS = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece: its sign, which differs when it has to be sent again, how its HTML is made, and what it lies within."""

    sign: str
    make: Callable[[], str]
    within: str = ""


class Pieces:
    """What a page shows already, so that only what differs is sent."""

    def __init__(self, position: str | None) -> None:
        self._position = position
        self._signs: Mapping[str, str] = {}

    @property
    def position(self) -> str:
        """What names all that is shown: who comes back with it has missed nothing if it is still the same."""
        return f"{crc32(repr(sorted(self._signs.items())).encode()):08x}"

    def changed(self, now: Mapping[str, Piece]) -> list[str]:
        """The HTML of the pieces that are not as they were the last time."""
        before, self._signs = self._signs, {name: piece.sign for name, piece in now.items()}
        if not before and self._position == self.position:
            return []
        new = {name for name, piece in now.items() if before.get(name) != piece.sign}
        return [piece.make() for name, piece in now.items() if name in new and piece.within not in new]


def event(name: str, html: Iterable[str] = (), id: str | None = None) -> bytes:
    """One event whose data are pieces; should the stream break then, it is begun again in a second."""
    return format_sse_event(data_str="\n".join(html), event=name, id=id, retry=_AGAIN_MS)
