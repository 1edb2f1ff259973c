"""What a farm shares: passes of submitted runs, what happened to them, and the workers that are alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from artcelery.core.state.records import Begun, Ended, Entry, PassRecord, Result, WorkerRecord

__all__ = ["RUNG_AGAIN_S", "Journal", "Passes", "Waiting", "Workers"]

RUNG_AGAIN_S = 30.0
"""How long after it became ready a pass is due, should nobody have begun it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many passes of a queue wait for others, are ready and are worked on; and since when the oldest is ready."""

    waiting: int = 0
    ready: int = 0
    running: int = 0
    oldest_ready: float | None = None


class Passes(Protocol):
    """The passes of submitted runs. Each call is one transaction, and writes what happened into the runs' journals.

    A pass is done when its file is, whoever made it; its run is over when its last pass, that without a name, is done.
    """

    def plan(self, run_id: str, passes: Sequence[PassRecord], due_at: float) -> Sequence[PassRecord]:
        """Record what a run has to do, in place of what was recorded of it before; those that are ready.

        A pass waits for those files in `waits_for` that passes of this call make. Ready ones are due at `due_at`. A run
        that is over has nothing to do any more.
        """
        ...

    def begin(self, run_id: str, name: str, worker: str, holder: str, ttl_s: float) -> Begun:
        """Begin a pass: it runs, one more attempt is counted, and the lease on its file is ours for `ttl_s`.

        Refused as "gone" when it is not there or done, "early" when it waits for files or is put off to later, and as
        "held" when another holds the lease: it is due again when that lapses. A lease whose holder is known dead is
        free. The journal says "started" {pass, worker, attempt}.
        """
        ...

    def renew(self, run_id: str, name: str, token: str, ttl_s: float, done: int) -> bool:
        """Whether the pass is still wanted and its lease ours, which lasts `ttl_s` more; `done` frames are made."""
        ...

    def end(self, run_id: str, name: str, token: str, result: Result | None) -> Ended:
        """The file of a pass is made (`result`, of which the first to be recorded stands); the lease is given back.

        Every pass of any run that makes this file is done, and what waited for it waits no more; those that became
        ready are given, due RUNG_AGAIN_S from now. The journal of each such run says "finished" {pass, seconds,
        content_hash}. Of the pass that ends a run, `result` is None. Nothing changes twice: an end that comes too late
        is welcome.
        """
        ...

    def put_off(self, run_id: str, name: str, token: str, reason: str, due_at: float, *, counted: bool) -> None:
        """Give a pass back unfinished: it is ready again, due at `due_at`, and the lease is free.

        Unless `counted`, the attempt does not count. Other passes that make the same file are due at once. The journal
        says "waiting" {pass, reason}. Of a pass that does not run (any more), only the lease is released.
        """
        ...

    def explain(self, run_id: str, name: str, reason: str, due_at: float) -> None:
        """Say why a ready pass is not begun; it is due again at `due_at`. The journal hears of a new reason."""
        ...

    def drop(self, run_id: str) -> int:
        """Forget the passes of a run that is over or gone; how many were not done. Who works on one is told by `renew`.

        Of a run that is not over (any more: it was begun again) nothing is forgotten.
        """
        ...

    def due(self, now: float, again_at: float, limit: int) -> Sequence[PassRecord]:
        """Passes whose time has come: ready ones, and running ones whose lease lapsed, which are ready again now.

        Each is given to one caller: it is due again at `again_at`. The most overdue come first.
        """
        ...

    def get(self, run_id: str, name: str) -> PassRecord | None:
        """The pass, or None."""
        ...

    def of_run(self, run_id: str) -> Sequence[PassRecord]:
        """The passes of a run, in the order in which they were planned."""
        ...

    def running(self) -> Sequence[PassRecord]:
        """All passes that are worked on, those of longest standing first."""
        ...

    def ready(self, limit: int) -> Sequence[PassRecord]:
        """Passes that could be begun, those that have been ready for longest first; without the last ones of runs."""
        ...

    def waiting(self) -> Mapping[str, Waiting]:
        """How many passes wait, by queue; without the last ones of runs."""
        ...


class Journal(Protocol):
    """What happened to each run, in order."""

    def append(self, run_id: str, kind: str, data: Mapping[str, Any]) -> int:
        """Add an entry of plain values; its number."""
        ...

    def since(self, run_id: str, number: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """The entries after that number, oldest first."""
        ...


class Workers(Protocol):
    """The workers that are alive."""

    def put(self, worker: WorkerRecord, ttl_s: float) -> None:
        """Record a worker; it is forgotten when it is not recorded again within `ttl_s`."""
        ...

    def all(self) -> Sequence[WorkerRecord]:
        """The workers that are alive, by name."""
        ...

    def remove(self, name: str) -> None:
        """Forget a worker that stops."""
        ...
