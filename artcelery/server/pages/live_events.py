"""Event streams of pages: what changed comes as HTML, piece by piece, and each piece takes the place of its old self.

A piece is an element with an id and `data-piece`. That is why nothing is doubled, however often it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

__all__ = ["QUIET", "Piece", "Pieces", "event", "stream_reply"]

QUIET = b": still here\n"
"""What is said while nothing happens; no block of its own, for some clients take any block for an event."""

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Piece:
    """The HTML of a piece, and its `sign`: it is sent again when that has changed, or the HTML, where there is none."""

    html: str
    sign: str = ""


class Pieces:
    """What a page shows already, so that only what differs is sent."""

    def __init__(self) -> None:
        self._signs: Mapping[str, int] = {}

    def changed(self, now: Mapping[str, Piece]) -> list[str]:
        """The HTML of the pieces that are not as they were the last time."""
        signs = {name: hash(piece.sign or piece.html) for name, piece in now.items()}
        before, self._signs = self._signs, signs
        return [piece.html for name, piece in now.items() if before.get(name) != signs[name]]


def event(name: str, html: Iterable[str] = (), id: str | None = None) -> bytes:
    """One event whose data are pieces."""
    return format_sse_event(data_str="\n".join(html), event=name, id=id)


def stream_reply(stream: object) -> StreamingResponse:
    """The reply that sends events as they come."""
    return StreamingResponse(stream, headers=_HEADERS, media_type="text/event-stream")  # type: ignore[arg-type]
