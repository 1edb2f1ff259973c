"""What a recorded run does or did: node by node with the reason, pass by pass with how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artcelery.core.state.protocol import State
from artcelery.core.state.records import Entry, PassRecord, RunRecord

__all__ = ["PassSaid", "RunPlan", "plan_of"]

_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class PassSaid:
    """One pass of a run; `seconds` is what it took, or about what it will take."""

    name: str
    status: str
    frames: int = 0
    done: int = 0
    seconds: float | None = None
    worker: str = ""
    reason: str = ""
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run with its passes, and the journal that tells of them.

    It is `whole` unless analyses have to end before the rest can be planned.
    """

    run: RunRecord
    passes: Sequence[PassSaid]
    entries: Sequence[Entry] = ()

    @property
    def whole(self) -> bool:
        """Whether all of it is planned."""
        return bool(self.run.output_key)


def plan_of(state: State, run: RunRecord) -> RunPlan:
    """What a run does or did."""
    entries = _entries(state, run.id)
    finished = _finished(entries)
    planned = [item for item in state.passes.of_run(run.id) if item.name]
    earlier = [_over(name, said) for name, said in finished.items() if name not in {item.name for item in planned}]
    return RunPlan(run, (*earlier, *(_planned(item, finished.get(item.name)) for item in planned)), entries)


def _planned(item: PassRecord, finished: Mapping[str, Any] | None) -> PassSaid:
    if finished is not None and item.status == "done":
        return _over(item.name, finished, item.frames)
    return PassSaid(item.name, item.status, item.frames, item.done, item.seconds, item.worker, item.reason)


def _over(name: str, said: Mapping[str, Any], frames: int = 0) -> PassSaid:
    return PassSaid(name, "done", frames, frames, said.get("seconds"), content_hash=said.get("content_hash"))


def _finished(entries: Sequence[Entry]) -> dict[str, Mapping[str, Any]]:
    """What the journal says of passes that are done, in their order; of a run that began again, since then."""
    finished: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        if entry.kind == "retried":
            finished.clear()
        elif entry.kind == "finished":
            finished[str(entry.data["pass"])] = entry.data
    return finished


def _entries(state: State, run_id: str) -> list[Entry]:
    found: list[Entry] = []
    while entries := state.journal.since(run_id, found[-1].number if found else 0, _ENTRIES):
        found += entries
    return found
