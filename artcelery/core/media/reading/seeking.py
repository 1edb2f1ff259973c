"""Moving to where a part of a file begins."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer

__all__ = ["seek", "start_of"]


def start_of(stream: Any) -> Fraction:
    """When a stream begins as its file says, in seconds."""
    return (stream.start_time or 0) * Fraction(stream.time_base)


def seek(container: InputContainer, stream: Any, begin: Fraction, zero: Fraction, anew: bool = False) -> None:
    """Move to the key frame at or before `begin`; a container that cannot seek is read from its start.

    `anew`: something was read already.
    """
    if begin <= 0:
        if anew:
            container.seek(int(min(Fraction(0), zero) * av.time_base))
        return
    try:
        container.seek(int((begin + zero) / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        container.seek(0)
