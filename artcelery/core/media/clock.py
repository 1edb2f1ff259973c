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
    """Follows decoded blocks; `time` is where the next one is expected, None before the first."""

    def __init__(self) -> None:
        self.time: Fraction | None = None

    def begin(self, frame: av.AudioFrame, time_base: Fraction) -> Fraction:
        """When the block begins, in seconds of the file's own time; one without a time follows the one before."""
        length = Fraction(frame.samples, frame.sample_rate)
        time = self._exact(frame, time_base, length)
        self.time = time + length
        return time

    def _exact(self, frame: av.AudioFrame, time_base: Fraction, length: Fraction) -> Fraction:
        if frame.pts is None:
            return self.time or Fraction(0)
        tick = Fraction(frame.time_base or time_base)
        said = frame.pts * tick
        if self.time is not None and abs(said - self.time) <= tick:
            return self.time
        whole = round(said / length) * length if length else said
        return whole if abs(said - whole) <= tick / 2 else said
