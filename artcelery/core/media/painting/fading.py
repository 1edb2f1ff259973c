"""How a picture comes and goes: its opacity in the middle of each frame. Imports no codec library."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

__all__ = ["Fades"]


@dataclass(frozen=True, slots=True)
class Fades:
    """How many frames a picture takes to come and to go, of how many in all; its opacity rises and falls evenly."""

    begin: Fraction
    end: Fraction
    frames: int

    def opacity(self, index: int) -> Fraction:
        """The opacity in the middle of a frame, 0 to 1."""
        middle = index + Fraction(1, 2)
        came = middle / self.begin if self.begin else Fraction(1)
        left = (self.frames - middle) / self.end if self.end else Fraction(1)
        return min(Fraction(1), came, left)

    @property
    def steady(self) -> tuple[int, int]:
        """The first frame with all of the picture, and the first after those."""
        first = ceil(self.begin - Fraction(1, 2))
        return max(0, first), max(0, first, floor(self.frames - self.end + Fraction(1, 2)))
