"""Following a submitted run: its journal, read again and again, becomes the events of a run rendered here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from artcelery.core.errors import NotFoundError
from artcelery.core.events import (
    Event,
    Listener,
    PassFinished,
    PassProgress,
    PassStarted,
    RunFinished,
    RunPlanned,
    RunStarted,
)
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Entry, PassRecord, RunRecord

__all__ = ["follow"]

_OVER = frozenset({"completed", "failed", "cancelled"})
_POLL_S = 0.1


def follow(state: State, run_id: str, listener: Listener, cancelled: Callable[[], bool]) -> RunRecord:
    """Report what happens until the run ends, or until `cancelled`; its record."""
    following = _Following(state, run_id)
    listener(following.begin())
    while True:
        over = state.runs.status(run_id) in (*_OVER, None)
        for event in following.news():
            listener(event)
        if over or cancelled():
            run = _run(state, run_id)
            if over:
                listener(RunFinished(run_id, run.status, run.error["message"] if run.error else None))
            return run
        time.sleep(_POLL_S)


def _run(state: State, run_id: str) -> RunRecord:
    run = state.runs.get(run_id)
    if run is None:
        raise NotFoundError(f"run {run_id} was removed")
    return run


class _Following:
    def __init__(self, state: State, run_id: str) -> None:
        self._state, self._run_id = state, run_id
        self._read = 0
        self._frames: dict[str, int] = {}

    def begin(self) -> RunStarted:
        run, passes = _run(self._state, self._run_id), self._passes()
        known = sum(node.status in ("known", "unused") for node in run.nodes)
        return RunStarted(self._run_id, len(passes), len(run.nodes), known)

    def news(self) -> Iterator[Event]:
        """What happened since the last time, and how far it is now."""
        passes = {item.name: item for item in self._passes()}
        self._frames |= {name: item.frames for name, item in passes.items()}
        entries = self._state.journal.since(self._run_id, self._read)
        for entry in entries:
            self._read = entry.number
            yield from self._told(entry)
        for item in passes.values():
            if item.status == "running" and item.done:
                yield PassProgress(self._run_id, item.name, item.done, item.frames, time.time() - item.since)

    def _told(self, entry: Entry) -> Iterator[Event]:
        name = str(entry.data.get("pass", ""))
        if entry.kind == "started" and name:
            yield PassStarted(self._run_id, name, self._frames.get(name, 0))
        elif entry.kind == "finished" and name:
            seconds = float(entry.data.get("seconds", 0.0))
            yield PassFinished(self._run_id, name, str(entry.data.get("content_hash", "")), seconds)
        elif entry.kind == "planned":
            run = _run(self._state, self._run_id)
            yield RunPlanned(self._run_id, int(entry.data.get("passes", 0)), len(run.nodes), 0)

    def _passes(self) -> list[PassRecord]:
        return [item for item in self._state.passes.of_run(self._run_id) if item.name]
