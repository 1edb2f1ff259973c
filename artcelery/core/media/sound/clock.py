"""When blocks of sound begin: to the sample, though files count coarser (Matroska in milliseconds).

A block begins where the one before it ended, and codecs write blocks of one length: what a file says differs from that
by its rounding. Anything else is a gap, or the file's own time.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av

__all__ = ["SoundClock"]


class SoundClock:
    """Follows decoded blocks of a stream that counts its time in steps of `tick` seconds."""

    def __init__(self, tick: Fraction) -> None:
        self._tick = tick
        self._next: Fraction | None = None
        self._some_edge = Fraction(0)

    def begin(self, frame: av.AudioFrame) -> Fraction:
        """When the block begins, in seconds of the file's own time; one without a time follows the one before."""
        length = Fraction(frame.samples, frame.sample_rate)
        time = self._exact(frame, length)
        self._next = self._some_edge = time + length
        return time

    def jump(self) -> None:
        """The next block is another one than that after the last; it begins a number of blocks before or after that."""
        self._next = None

    def _exact(self, frame: av.AudioFrame, length: Fraction) -> Fraction:
        if frame.pts is None:
            return self._next or Fraction(0)
        tick = Fraction(frame.time_base or self._tick)
        said = frame.pts * tick
        if self._next is not None and abs(said - self._next) <= tick:
            return self._next
        edge = self._some_edge
        whole = edge + round((said - edge) / length) * length if length else said
        return whole if abs(said - whole) <= tick else said
