"""Where the reading of a part of a file that was kept begins."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf
from typing import Any

from artcelery.core.media.decoding import decodable
from artcelery.core.media.pump import chained

__all__ = ["frames_from"]

_BACK_S = (0, 1, 4, 16, inf)
"""How much earlier is looked, until there is a frame at or before the beginning."""


def frames_from(container: Any, stream: Any, begin: Fraction, called: str) -> Iterator[Any]:
    """What is decoded from `begin` on, and at least one frame before it unless it is the first."""
    for back in _BACK_S:
        since = max(Fraction(0), begin - Fraction(back)) if back < inf else Fraction(0)
        if since > 0 or back > 0:
            container.seek(int(since / stream.time_base), stream=stream)
        frames = decodable(container.decode(stream), called)
        first = next(frames, None)
        if first is not None and ((first.pts or 0) * stream.time_base <= begin or since == 0):
            return chained(first, frames)
    return iter(())
