"""How long something may take in all, however many steps it has."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

__all__ = ["Deadline"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment by which an answer is there, or there is none."""

    at: float

    @classmethod
    def within(cls, seconds: float) -> Self:
        """The moment in so many seconds."""
        return cls(time.monotonic() + seconds)

    def share(self, of: int = 1) -> float:
        """How many seconds one of so many has, when each gets as much of what is left."""
        return max(0.0, self.at - time.monotonic()) / of
