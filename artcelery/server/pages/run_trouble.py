"""What went wrong with a run, and what happened to it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artcelery.core.engine.people.run_plans import RunPlan
from artcelery.core.state.records import Entry
from artcelery.server.pages.run_states import node_of_pass

__all__ = ["Happening", "Log", "failing_node", "read_log"]

_SHOWN, _AT_A_GLANCE = 100, 10
_WORDS = {
    "started": "{pass} began",
    "finished": "{pass} is done",
    "waiting": "{pass} waits: {reason}",
    "lost": "{pass} was lost with its worker",
    "planned": "the rest was planned",
    "retried": "the run began again",
    "failed": "the run failed",
    "cancelled": "the run was cancelled",
    "completed": "the run is completed",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a run: when, what, and what else is known of it."""

    at: float
    words: str
    more: str


@dataclass(frozen=True, slots=True)
class Log:
    """What happened to a run, oldest first; `earlier` is how much is not shown. `failed_in` is the pass that failed."""

    happenings: Sequence[Happening]
    earlier: int
    failed_in: str

    @property
    def is_long(self) -> bool:
        """Whether it is more than is taken in at a glance."""
        return len(self.happenings) > _AT_A_GLANCE


def read_log(plan: RunPlan) -> Log:
    """What happened to a run."""
    entries = [entry for entry in plan.entries if entry.kind in _WORDS and not _is_inner(entry)]
    ended = next((entry for entry in reversed(entries) if entry.kind == "failed"), None)
    failed_in = str(ended.data.get("pass", "")) if ended and plan.run.status == "failed" else ""
    return Log([_happening(entry) for entry in entries[-_SHOWN:]], max(0, len(entries) - _SHOWN), failed_in)


def failing_node(log: Log) -> str:
    """The node in whose pass a run failed, empty where that is not known."""
    return node_of_pass(log.failed_in)


def _is_inner(entry: Entry) -> bool:
    """Whether an entry tells of the step without a name that only ends a run."""
    return entry.kind in ("started", "finished", "waiting", "lost") and not entry.data.get("pass")


def _happening(entry: Entry) -> Happening:
    said = {"pass": "", "reason": "", **{name: str(value) for name, value in entry.data.items()}}
    return Happening(entry.at, _WORDS[entry.kind].format_map(said), _more(said))


def _more(said: dict[str, str]) -> str:
    """Worker, attempt and time taken, as far as an entry names them."""
    attempt = f"attempt {said['attempt']}" if said.get("attempt", "1") != "1" else ""
    seconds = f"in {float(said['seconds']):.1f} s" if "seconds" in said else ""
    by = f"by {said['worker']}" if said.get("worker") else ""
    return ", ".join(part for part in (by, attempt, seconds) if part)
