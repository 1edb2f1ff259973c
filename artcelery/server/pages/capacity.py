"""Whether the workers suffice for what there is to render, in numbers and in one sentence."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from artcelery.core.engine.workers import Overview
from artcelery.core.state.protocol import State
from artcelery.core.state.records import PassRecord, WorkerRecord
from artcelery.server.pages.wording import duration

__all__ = ["Capacity", "Sign", "waits_s"]

_SHOWN = 8

Sign = Literal["lapsed", "running", "waiting", "idle"]


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many passes workers render at once (`places`), how many they do (`busy`), and how many more could be begun.

    `free` counts the places of those alone that take what is `ready`, and `unread` are the queues nobody takes it from.
    `waiting` passes wait for files that others make. `oldest` are those that have been ready for longest.
    """

    workers: int
    places: int
    busy: int
    free: int
    ready: int
    waiting: int
    oldest: Sequence[PassRecord]
    oldest_s: float
    unread: Sequence[str]

    @classmethod
    def of(cls, seen: Overview, state: State) -> Self:
        """What there is now."""
        alive = [worker for worker in seen.workers if not worker.stopping]
        wanted = {name for name, queue in seen.queues.items() if queue.ready}
        oldest = state.passes.ready(_SHOWN) if wanted else ()
        return cls(
            workers=len(alive),
            places=sum(worker.concurrency for worker in alive),
            busy=len(seen.running),
            free=_free(alive, seen.running, wanted) if wanted else _free(alive, seen.running),
            ready=sum(queue.ready for queue in seen.queues.values()),
            waiting=sum(queue.waiting for queue in seen.queues.values()),
            oldest=oldest,
            oldest_s=max((waits_s(item) for item in oldest), default=0.0),
            unread=sorted(wanted - {name for worker in alive for name in worker.queues}),
        )

    @property
    def sign(self) -> Sign:
        """What kind of sentence it is, by the name of its icon; "lapsed" where somebody has to do something."""
        if not self.workers or self.unread or self._is_hindered:
            return "lapsed"
        if self.ready and not self.free:
            return "waiting"
        return "running" if self.busy or self.ready else "idle"

    @property
    def words(self) -> str:
        """Whether the workers suffice."""
        if not self.workers:
            return "No worker is alive: what is ordered waits."
        if self.unread:
            return f"No worker takes the queue {', '.join(self.unread)}: what is in it waits."
        if self._is_hindered:
            return "Something waits that no worker can begin: it says why."
        if self.ready and not self.free:
            return f"All places are taken: the oldest pass waits for {duration(self.oldest_s)}."
        return "There is room: what comes begins at once."

    def why(self, item: PassRecord) -> str:
        """Why a pass that could be begun is not: what was noted, or else what can be seen."""
        if item.reason:
            return item.reason
        if not self.workers:
            return "no worker is alive; `artcelery worker` starts one"
        if item.queue in self.unread:
            return f"no worker takes the queue {item.queue}"
        return "it is about to begin" if self.free else "all places are taken"

    @property
    def _is_hindered(self) -> bool:
        """Whether somebody noted why something is not begun; what was begun and put off is tried again by itself."""
        return any(item.reason and not item.attempts for item in self.oldest)


def waits_s(item: PassRecord) -> float:
    """For how long a pass that could be begun has waited; none yet where it was put off to later."""
    return max(0.0, time.time() - item.since)


def _free(alive: Iterable[WorkerRecord], running: Sequence[PassRecord], wanted: Iterable[str] | None = None) -> int:
    """How many more passes can be begun at once; with `wanted`, by those who take one of these queues."""
    takers = [worker for worker in alive if wanted is None or set(wanted) & set(worker.queues)]
    busy = [item.worker for item in running]
    return sum(max(0, worker.concurrency - busy.count(worker.name)) for worker in takers)
