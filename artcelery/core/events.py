"""What the engine reports while it works, to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Event", "Listener", "PassFinished", "PassProgress", "PassStarted", "RunFinished", "RunStarted", "ignore"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; `passes` are to be rendered, `known` of `nodes` nodes are known."""

    run_id: str
    passes: int
    nodes: int
    known: int


@dataclass(frozen=True, slots=True)
class PassStarted:
    """A pass began; `frames` is how many frames are expected (0 when nobody can tell)."""

    run_id: str
    node_id: str
    frames: int


@dataclass(frozen=True, slots=True)
class PassProgress:
    """`done` of `frames` frames are encoded, `elapsed_s` seconds after the pass began."""

    run_id: str
    node_id: str
    done: int
    frames: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class PassFinished:
    """A pass ended; its result is `content_hash` (made in `seconds`, or taken from the cache when `reused`)."""

    run_id: str
    node_id: str
    content_hash: str
    seconds: float
    reused: bool = False


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run ended with `status`."""

    run_id: str
    status: str
    error: str | None = None


Event = RunStarted | PassStarted | PassProgress | PassFinished | RunFinished
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A listener that hears nothing."""
