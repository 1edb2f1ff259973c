"""Following a submitted run: its journal, read again and again, becomes the events of a run rendered here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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

__all__ = ["Following", "Told", "follow"]

_OVER = frozenset({"completed", "failed", "cancelled"})
_POLL_S = 0.1
_ENTRIES = 1000
_SPARED = 9


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and the number of the journal's entry that tells of it (0: the beginning).

    Of what is only where things stand now, the number is None.
    """

    event: Event
    number: int | None = None


def follow(state: State, run_id: str, listener: Listener, cancelled: Callable[[], bool]) -> RunRecord:
    """Report what happens until the run ends, or until `cancelled`; its record."""
    following = Following(state, run_id)
    while True:
        for told in following.news():
            listener(told.event)
        if following.over or cancelled():
            return _run(state, run_id)
        time.sleep(_POLL_S)


class Following:
    """What happens to a run, from its beginning; it is `over` when its end was told."""

    def __init__(self, state: State, run_id: str) -> None:
        self._state, self._run_id = state, run_id
        self._begun = False
        self._read = 0
        self._frames: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._running: set[str] = set()
        self._due_at = 0.0
        self.over = False

    def news(self) -> Sequence[Told]:
        """What happened since the last time, and how far it is now; NotFoundError when the run was removed."""
        told = [] if self._begun else [self._beginning()]
        status = self._state.runs.status(self._run_id)
        entries = self._entries()
        passes = self._passes() if self._is_worth_looking(entries) else []
        told += (said for entry in entries for said in self._told(entry))
        told += self._progress(passes)
        if status in (*_OVER, None) and not _began_again(entries):
            told.append(self._end())
        self._begun = True
        return told

    def _beginning(self) -> Told:
        run, passes = _run(self._state, self._run_id), self._passes()
        known = sum(node.status in ("known", "unused") for node in run.nodes)
        return Told(RunStarted(self._run_id, len(passes), len(run.nodes), known), 0)

    def _end(self) -> Told:
        run = _run(self._state, self._run_id)
        self.over = True
        message = run.error["message"] if run.error else None
        return Told(RunFinished(self._run_id, run.status, message), max(self._read, 1))

    def _entries(self) -> list[Entry]:
        """All entries that were not read yet."""
        found: list[Entry] = []
        while entries := self._state.journal.since(self._run_id, self._read, _ENTRIES):
            found += entries
            self._read = entries[-1].number
            if len(entries) < _ENTRIES:
                break
        return found

    def _told(self, entry: Entry) -> Iterator[Told]:
        name = str(entry.data.get("pass", ""))
        self._note(entry.kind, name)
        if entry.kind == "started" and name:
            yield Told(PassStarted(self._run_id, name, self._frames.get(name, 0)), entry.number)
        elif entry.kind == "finished" and name:
            seconds = float(entry.data.get("seconds", 0.0))
            content_hash = str(entry.data.get("content_hash", ""))
            yield Told(PassFinished(self._run_id, name, content_hash, seconds), entry.number)
        elif entry.kind == "planned":
            run = _run(self._state, self._run_id)
            yield Told(RunPlanned(self._run_id, int(entry.data.get("passes", 0)), len(run.nodes), 0), entry.number)

    def _note(self, kind: str, name: str) -> None:
        """Which passes are worked on: only while some are, is it asked how far they are."""
        if kind == "started" and name:
            self._running.add(name)
            self._done.pop(name, None)
        elif kind in ("finished", "waiting", "lost"):
            self._running.discard(name)
        elif kind in ("planned", "retried", *_OVER):
            self._running.clear()

    def _is_worth_looking(self, entries: Sequence[Entry]) -> bool:
        """Whether to ask how far passes are: some are new, or worked on; of very many it is asked less often."""
        started = {str(entry.data["pass"]) for entry in entries if entry.kind == "started"} - {""}
        return not started <= self._frames.keys() or (
            bool(self._running | started) and time.monotonic() >= self._due_at
        )

    def _progress(self, passes: Sequence[PassRecord]) -> Iterator[Told]:
        for item in passes:
            if item.status == "running" and item.done and item.done != self._done.get(item.name):
                self._done[item.name] = item.done
                elapsed_s = max(0.0, time.time() - item.since)
                yield Told(PassProgress(self._run_id, item.name, item.done, item.frames, elapsed_s))

    def _passes(self) -> list[PassRecord]:
        began = time.monotonic()
        passes = [item for item in self._state.passes.of_run(self._run_id) if item.name]
        self._due_at = time.monotonic() + _SPARED * (time.monotonic() - began)
        self._frames |= {item.name: item.frames for item in passes}
        return passes


def _began_again(entries: Sequence[Entry]) -> bool:
    """Whether the run has begun again since it was asked whether it is over."""
    turns = [entry.kind for entry in entries if entry.kind in ("retried", *_OVER)]
    return turns[-1:] == ["retried"]


def _run(state: State, run_id: str) -> RunRecord:
    run = state.runs.get(run_id)
    if run is None:
        raise NotFoundError(f"run {run_id} was removed")
    return run
