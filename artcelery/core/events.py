"""What the engine reports while it works, to whoever listens."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_args

__all__ = [
    "Event",
    "Listener",
    "PassFinished",
    "PassProgress",
    "PassStarted",
    "RunFinished",
    "RunPlanned",
    "RunStarted",
    "event_data",
    "event_from",
    "event_name",
    "ignore",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; `passes` are to be rendered, `known` of `nodes` nodes are known."""

    run_id: str
    passes: int
    nodes: int
    known: int


@dataclass(frozen=True, slots=True)
class RunPlanned:
    """A run whose analyses had to come first knows now what follows: `passes` more, `known` of `nodes` nodes."""

    run_id: str
    passes: int
    nodes: int
    known: int


@dataclass(frozen=True, slots=True)
class PassStarted:
    """A pass began; `frames` is how many frames are expected (0 when nobody can tell).

    `node_id` names the node, and where it is one part of a film its number: `film 3/48`.
    """

    run_id: str
    node_id: str
    frames: int


@dataclass(frozen=True, slots=True)
class PassProgress:
    """`done` of `frames` frames are encoded, `elapsed_s` seconds after the pass began.

    `read` counts frames and blocks of sound that were read of files: it grows also while nothing is encoded, because
    something is analysed, or a sound is measured before it is heard.
    """

    run_id: str
    node_id: str
    done: int
    frames: int
    elapsed_s: float
    read: int = 0


@dataclass(frozen=True, slots=True)
class PassFinished:
    """A pass ended; its result is `content_hash` (made in `seconds`, or taken from the cache when `reused`).

    `costs` are the processor seconds that nodes within it took for themselves, as far as they were measured.
    """

    run_id: str
    node_id: str
    content_hash: str
    seconds: float
    reused: bool = False
    costs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run ended with `status`."""

    run_id: str
    status: str
    error: str | None = None


Event = RunStarted | RunPlanned | PassStarted | PassProgress | PassFinished | RunFinished
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A listener that hears nothing."""


def event_name(event: Event) -> str:
    """What an event is called where it is sent: `pass-started`."""
    return _name_of(type(event))


def event_data(event: Event) -> dict[str, Any]:
    """An event as plain values."""
    return asdict(event)


def event_from(name: str, data: Mapping[str, Any]) -> Event | None:
    """The event of that name with these values; None when this version knows none of that name."""
    kind = _KINDS.get(name)
    if kind is None:
        return None
    made: Event = kind(**{item.name: data[item.name] for item in fields(kind) if item.name in data})
    return made


def _name_of(kind: type[Any]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()


_KINDS: Mapping[str, type[Any]] = {_name_of(kind): kind for kind in get_args(Event)}
