"""What a state does: one small protocol per concern, bundled in `State`; all implementations pass one contract test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from artcelery.core.state.records import (
    Asset,
    Begun,
    ConfigRecord,
    Ended,
    Entry,
    FileFact,
    MediaFact,
    PassRecord,
    Result,
    RunRecord,
    RunStatus,
    WorkerRecord,
)

__all__ = [
    "RUNG_AGAIN_S",
    "Assets",
    "Configs",
    "Journal",
    "Leases",
    "Media",
    "Page",
    "Passes",
    "Results",
    "Runs",
    "State",
    "Waiting",
    "Workers",
]


@dataclass(frozen=True, slots=True)
class Page:
    """Some runs, newest first, and the cursor that the next page begins at (None at the end)."""

    runs: tuple[RunRecord, ...]
    cursor: str | None


RUNG_AGAIN_S = 30.0
"""How long after it became ready a pass is due, should nobody have begun it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many passes of a queue wait for others, are ready and are worked on; and since when the oldest is ready."""

    waiting: int = 0
    ready: int = 0
    running: int = 0
    oldest_ready: float | None = None


class Results(Protocol):
    """Results by key and encoding."""

    def get(self, key: str, encoding: str) -> Result | None:
        """The result, or None."""
        ...

    def get_many(self, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
        """Those of the (key, encoding) pairs that have a result."""
        ...

    def put(self, result: Result) -> Result:
        """Record a result; the one that stands afterwards (the first to be recorded wins)."""
        ...

    def of_content(self, content_hash: str) -> Sequence[Result]:
        """Every result that is this file."""
        ...

    def forget(self, content_hash: str) -> int:
        """Forget every result that is this file; how many there were."""
        ...


class Runs(Protocol):
    """Runs by id and newest first; and what they need."""

    def put(self, run: RunRecord) -> None:
        """Record a run, or its new state, with the index of the hashes it uses, in one transaction.

        A final state is never replaced by one that is not final.
        """
        ...

    def finish(self, run: RunRecord, said: Mapping[str, Any] | None = None) -> bool:
        """Record the final state of a run unless it has one; whether this call did.

        In the same transaction its passes are forgotten, and the journal of a submitted one says how it ended (`said`).
        """
        ...

    def start(self, run: RunRecord) -> bool:
        """Record that a run that waited has begun; False when it does not wait (any more)."""
        ...

    def reopen(self, run: RunRecord, passes: Sequence[PassRecord] = (), due_at: float = 0.0) -> bool:
        """Record the new beginning of a run that failed or was cancelled; False when it is none such any more.

        In the same transaction its passes are planned.
        """
        ...

    def get(self, run_id: str) -> RunRecord | None:
        """The run, or None; a unique prefix of at least 6 characters serves as an id."""
        ...

    def status(self, run_id: str) -> RunStatus | None:
        """The status of the run of that whole id, or None; cheap, to be asked again and again."""
        ...

    def page(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        status: RunStatus | None = None,
        user: str | None = None,
        config: str | None = None,
        since: str | None = None,
    ) -> Page:
        """Runs, newest first, read by index; `config` is a config's name or id.

        Their `nodes` and `hashes` are left empty. UsageError when the cursor is not one of ours.
        """
        ...

    def last_of(self, config_name: str, *, with_status: RunStatus = "completed") -> RunRecord | None:
        """The newest run of a config of that name, with its nodes."""
        ...

    def using(self, content_hash: str) -> Sequence[str]:
        """Ids of the runs that need this file: as an input, output, config or provenance record."""
        ...

    def remove(self, run_id: str) -> bool:
        """Forget a run, its needs, passes and journal; whether there was one."""
        ...


class Assets(Protocol):
    """Names of content hashes."""

    def get(self, name: str) -> Asset | None: ...
    def put(self, asset: Asset) -> None: ...
    def all(self) -> Sequence[Asset]: ...
    def remove(self, name: str) -> bool: ...


class Configs(Protocol):
    """Stored configs by id and by name (the newest of a name stands for it)."""

    def get(self, name_or_id: str) -> ConfigRecord | None: ...
    def put(self, config: ConfigRecord) -> None: ...
    def all(self) -> Sequence[ConfigRecord]: ...
    def remove(self, id: str) -> bool: ...


class Media(Protocol):
    """What is known of stored files, and of files on disk that were hashed before."""

    def get(self, content_hash: str) -> MediaFact | None: ...
    def put(self, fact: MediaFact) -> None:
        """Record what is known; empty fields leave what was known before."""
        ...

    def all(self) -> Sequence[MediaFact]: ...
    def remove(self, content_hash: str) -> None: ...
    def hash_of_file(self, file: FileFact) -> str | None:
        """The content hash of an unchanged file: every number of `file` equals what was recorded."""
        ...

    def remember_file(self, file: FileFact) -> None: ...


class Leases(Protocol):
    """Who works on what. A lease is held until released, until `ttl_s` passes, or until its holder is known dead."""

    def acquire(self, key: str, holder: str, ttl_s: float) -> str | None:
        """A token when the key was free (or lapsed), else None."""
        ...

    def renew(self, key: str, token: str, ttl_s: float) -> bool:
        """Whether the lease is still ours; it then lasts `ttl_s` from now.

        One that lapsed (the machine slept) and that nobody took may still be ours.
        """
        ...

    def release(self, key: str, token: str) -> None: ...


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


class State(Protocol):
    """All facts: runs, results, names, configs, media, leases; passes, journals and workers of submitted runs."""

    @property
    def results(self) -> Results: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def assets(self) -> Assets: ...
    @property
    def configs(self) -> Configs: ...
    @property
    def media(self) -> Media: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def passes(self) -> Passes: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def workers(self) -> Workers: ...
    def warnings(self) -> Sequence[str]:
        """What is set so that facts may be lost, each with the way to mend it."""
        ...

    def close(self) -> None: ...
