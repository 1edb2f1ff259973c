"""How far a run is: what is rendered now and how fast, and about how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from artcelery.core.state.records import PassRecord
from artcelery.server.pages.live_reading import per_cent_of
from artcelery.server.pages.wording import duration

__all__ = ["Progress", "Work"]

_MOST_WORKS = 12
_SOONEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Work:
    """A pass that is rendered now: how far, how many frames a second, and by whom."""

    name: str
    done: int
    frames: int
    speed: float | None
    worker: str
    attempts: int

    @classmethod
    def of(cls, item: PassRecord, now: float) -> Work:
        """A pass, as it is."""
        elapsed = now - item.since
        speed = item.done / elapsed if item.done and elapsed >= _SOONEST_S else None
        return cls(item.name, item.done, item.frames, speed, item.worker, item.attempts)

    @property
    def left_s(self) -> float | None:
        """About how long the rest of it takes, None where that cannot be told."""
        return (self.frames - self.done) / self.speed if self.speed and self.frames > self.done else None

    @property
    def words(self) -> str:
        """How fast, how long yet, by whom: as far as that is known."""
        speed = f"{self.speed:.1f} pictures/s" if self.speed else ""
        left = f"{duration(self.left_s)} left" if self.left_s is not None else ""
        attempt = f"attempt {self.attempts}" if self.attempts > 1 else ""
        return " · ".join(part for part in (speed, left, self.worker, attempt) if part)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `waits_for` is why nothing of it is rendered now, where that is known."""

    passes: int
    passes_done: int
    per_cent: int | None
    works: Sequence[Work]
    more_works: int
    left_s: float | None
    waits_for: str

    @classmethod
    def of(cls, passes: Sequence[PassRecord], why: Callable[[PassRecord], str]) -> Progress:
        """How far a run with these passes is; `why` tells why one is not begun that could be."""
        now = time.time()
        works = [Work.of(item, now) for item in passes if item.status == "running"]
        done = sum(item.status == "done" for item in passes)
        per_cent = per_cent_of(passes)
        if per_cent is None and len(passes) > 1:
            per_cent = 100 * done // len(passes)
        ready = [item for item in passes if item.status == "ready"]
        waits_for = "" if works or not ready else why(next((item for item in ready if item.reason), ready[0]))
        left_s = _left_s(passes, works)
        shown = works[:_MOST_WORKS]
        return cls(len(passes), done, per_cent, shown, len(works) - len(shown), left_s, waits_for)


def _left_s(passes: Sequence[PassRecord], works: Sequence[Work]) -> float | None:
    """About how long all that is to do takes: as long as each is, shared among those who work."""
    waiting = [item.seconds for item in passes if item.status in ("waiting", "ready")]
    all_left = [*(item.left_s for item in works), *waiting]
    known = [seconds for seconds in all_left if seconds is not None]
    return sum(known) / len(works) if works and len(known) == len(all_left) else None
