"""Whether a film or sound is all there: files that were cut short say in their headers how much there should be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Discard

from artcelery.core.errors import MediaError
from artcelery.core.media.probing.regular import named

__all__ = ["SLACK_S", "refuse_cut_short"]

SLACK_S = Fraction(1, 2)
"""How much earlier than promised a stream may end: headers count packets that hold nothing to see or hear."""

_HEADER_COUNTS = ("matroska", "webm", "flv")


def refuse_cut_short(container: InputContainer, path: Path, read_to: Fraction) -> None:
    """MediaError when the index names bytes, or the header a length, beyond what is in the file.

    `read_to` is how far, in seconds, the file is known to reach.
    """
    size = path.stat().st_size
    if max(_riff_size(path), *(_index_end(stream) for stream in container.streams)) > size + 1:  # a byte to pad
        raise MediaError(f"{named(path)} is cut short: it speaks of bytes after its end; was it copied whole?")
    if not set(container.format.name.split(",")) & set(_HEADER_COUNTS) or not container.duration:
        return
    promised = Fraction(container.duration, av.time_base)
    if promised - read_to <= SLACK_S:
        return
    reached = max(read_to, _reached(container, read_to))
    if promised - reached > SLACK_S:
        raise MediaError(
            f"{named(path)} is cut short: it says it lasts {float(promised):.3f} s and ends at {float(reached):.3f} s;"
            " was it copied whole?"
        )


def _riff_size(path: Path) -> int:
    """How many bytes a WAV or AVI says it has; 0 when it does not (writers that cannot seek back leave 2 or 4 GB)."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:], "little") if head.startswith(b"RIFF") else 0
    return size + 8 if size < _NOT_SAID else 0


def _index_end(stream: Any) -> int:
    entries = stream.index_entries
    return max((entry.pos + entry.size for entry in entries[-_LAST_ENTRIES:]), default=0) if len(entries) else 0


_LAST_ENTRIES = 16
_NOT_SAID = 0x7FFF_F000


def _reached(container: InputContainer, since: Fraction) -> Fraction:
    """Where the last packet of any stream ends (a film may hold sound that outlasts it)."""
    for stream in container.streams:
        stream.discard = Discard.default
    container.seek(int(since * av.time_base))
    ends = (
        (packet.pts + (packet.duration or 0)) * packet.time_base
        for packet in container.demux()
        if packet.pts is not None and packet.time_base
    )
    return max((Fraction(end) for end in ends), default=Fraction(0))
