"""How busy a server is, at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from artcelery.core.engine import Engine
from artcelery.core.engine.people import Who

__all__ = ["Glance"]


@dataclass(frozen=True, slots=True)
class Glance:
    """How many workers are alive, how much they render at once of what they could, and how much waits.

    Users of an L2 are told of the workers, and how many of their own runs are not over.
    """

    workers: int
    busy: int
    places: int
    waiting: int
    own: int
    is_operator: bool

    @classmethod
    def of(cls, engine: Engine, who: Who) -> Self:
        """What is to be seen now."""
        seen = engine.workers()
        alive = [worker for worker in seen.workers if not worker.stopping]
        return cls(
            workers=len(alive),
            busy=len(seen.running),
            places=sum(worker.concurrency for worker in alive),
            waiting=sum(queue.waiting + queue.ready for queue in seen.queues.values()),
            own=0 if who.is_operator else engine.state.runs.unfinished(who.user),
            is_operator=who.is_operator,
        )
