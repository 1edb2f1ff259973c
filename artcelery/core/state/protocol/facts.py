"""The facts of renders: results, runs, names, configs, media, and who works on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from artcelery.core.state.records import (
    Asset,
    Claim,
    ConfigRecord,
    FileFact,
    MediaFact,
    PassRecord,
    Result,
    RunRecord,
    RunStatus,
)

__all__ = ["Assets", "ConfigPage", "Configs", "Leases", "Media", "Page", "Results", "RunFilter", "Runs"]


@dataclass(frozen=True, slots=True)
class Page:
    """Some runs, newest first, and the cursor that the next page begins at (None at the end)."""

    runs: tuple[RunRecord, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ConfigPage:
    """Some configs, by name, and the cursor that the next page begins at (None at the end)."""

    configs: tuple[ConfigRecord, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs of a list are meant: all that match everything that is given. `config` is a config's name or id.

    `user` is who asked for it, as its record says; `member`, the user of L2 whose run it is, and nobody of that name.
    """

    status: RunStatus | None = None
    user: str | None = None
    config: str | None = None
    since: str | None = None
    member: str | None = None


ANY = RunFilter()


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

    def open(
        self,
        run: RunRecord,
        passes: Sequence[PassRecord],
        due_at: float,
        *,
        most: int | None = None,
        claim: Claim | None = None,
    ) -> bool:
        """Record a new run with its passes, as the answer to the request of a `claim`; whether it is that.

        It is not, and nothing is recorded, when another run answered that request before. All of it is one transaction,
        and a run that stands already is left as it is: a call of which the answer was lost may be made again.
        QuotaError when the run's member has `most` runs that are not over.
        """
        ...

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

    def reopen(
        self, run: RunRecord, passes: Sequence[PassRecord] = (), due_at: float = 0.0, *, most: int | None = None
    ) -> bool:
        """Record the new beginning of a run that failed or was cancelled; False when it is none such any more.

        In the same transaction its passes are planned, and the journal says "retried". QuotaError when its member has
        `most` runs that are not over.
        """
        ...

    def get(self, run_id: str) -> RunRecord | None:
        """The run, or None; a unique prefix of at least 6 characters serves as an id."""
        ...

    def status(self, run_id: str) -> RunStatus | None:
        """The status of the run of that whole id, or None; cheap, to be asked again and again."""
        ...

    def page(self, *, limit: int = 50, cursor: str | None = None, only: RunFilter = ANY) -> Page:
        """Runs, newest first, read by index.

        Their `nodes` and `hashes` are left empty. UsageError when the cursor is not one of ours.
        """
        ...

    def unfinished(self, member: str) -> int:
        """How many runs of a user of L2 are not over; cheap, however many are."""
        ...

    def counts(self) -> Mapping[RunStatus, int]:
        """How many runs have each status; by index, all of them are not read."""
        ...

    def last_of(self, config_name: str, *, with_status: RunStatus = "completed") -> RunRecord | None:
        """The newest run of a config of that name, with its nodes."""
        ...

    def using(self, content_hash: str, member: str | None = None) -> Sequence[str]:
        """Ids of the runs (of a user of L2) that need this file: as an input, output, config or provenance record."""
        ...

    def remove(self, run_id: str) -> bool:
        """Forget a run, its needs, passes and journal; whether there was one."""
        ...


class Assets(Protocol):
    """Names of content hashes."""

    def get(self, name: str) -> Asset | None: ...
    def put(self, asset: Asset) -> None: ...
    def all(self) -> Sequence[Asset]: ...
    def page(self, *, limit: int = 50, after: str = "") -> Sequence[Asset]:
        """Some names in their order, those after one; read by index."""
        ...

    def remove(self, name: str) -> bool: ...


class Configs(Protocol):
    """Stored configs by id and by name (the newest of a name stands for it)."""

    def get(self, name_or_id: str) -> ConfigRecord | None: ...
    def put(self, config: ConfigRecord) -> None: ...
    def all(self) -> Sequence[ConfigRecord]: ...
    def page(self, *, limit: int = 50, cursor: str | None = None, part: str = "") -> ConfigPage:
        """Configs by name, the newest of a name first, read by index; the cursor is the id of the last one before.

        Only those with that part in their names, whatever its case. NotFoundError when the one before has gone.
        """
        ...

    def remove(self, id: str) -> bool: ...


class Media(Protocol):
    """What is known of stored files, and of files on disk that were hashed before."""

    def get(self, content_hash: str) -> MediaFact | None: ...
    def get_many(self, content_hashes: Iterable[str]) -> Mapping[str, MediaFact]:
        """What is known of those of the files of which something is, by content hash."""
        ...

    def put(self, fact: MediaFact) -> None:
        """Record what is known; empty fields leave what was known before."""
        ...

    def learn(self, facts: Sequence[MediaFact]) -> None:
        """Record of each file what is not known of it yet; what is known stands."""
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
