"""How busy a server is, at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from artcelery.core.engine import Engine
from artcelery.core.engine.people import Who
from artcelery.server.pages.capacity import Capacity

__all__ = ["Glance"]


@dataclass(frozen=True, slots=True)
class Glance:
    """What workers do and what waits for them; users of an L2 are told how many of their own runs are not over."""

    capacity: Capacity
    own: int
    is_operator: bool

    @classmethod
    def of(cls, engine: Engine, who: Who) -> Self:
        """What is to be seen now."""
        own = 0 if who.is_operator else engine.state.runs.unfinished(who.user)
        return cls(Capacity.of(engine.workers(), engine.state), own, who.is_operator)
