"""The facts that the state keeps, as frozen records of plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "PAPERS",
    "Asset",
    "Begun",
    "Claim",
    "ConfigRecord",
    "Ended",
    "Entry",
    "FileFact",
    "Holding",
    "MediaFact",
    "NodeRecord",
    "PassRecord",
    "PassStatus",
    "Reply",
    "Result",
    "RunRecord",
    "RunStatus",
    "Session",
    "WorkerRecord",
]

PAPERS = frozenset({"config", "effect", "graph", "record"})
"""How files came that a run needs or says beside its media.

They are configs, sources of effects, graphs (configs that artcelery wrote for runs of one effect), and records of runs.
"""

RunStatus = Literal["pending", "running", "completed", "failed", "cancelled"]
PassStatus = Literal["waiting", "ready", "running", "done"]


@dataclass(frozen=True, slots=True)
class Result:
    """The fact *key + encoding -> content hash*, with what it cost to make."""

    key: str
    encoding: str
    content_hash: str
    size_bytes: int
    seconds: float
    created_at: str
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A content hash with a name."""

    name: str
    content_hash: str
    created_at: str


@dataclass(frozen=True, slots=True)
class ConfigRecord:
    """A stored config: its id is the content hash of its text; `file_name` is where it came from."""

    id: str
    name: str
    created_at: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class MediaFact:
    """What is known of a stored file: its clip (as JSON), its name when it came in, and how it came in.

    `format` is the one of ours that it is in, "-" when it is none of them, and empty when nobody looked.
    """

    content_hash: str
    size_bytes: int
    clip: dict[str, Any] | None = None
    name: str = ""
    origin: str = ""
    created_at: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file on disk as it was when it was hashed; equal numbers mean an unchanged file."""

    path: str
    device: int
    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """One node of a run: what it was, its key, and what happened to it and why.

    `seconds` is how long the pass took that ended with it, `cost_s` the processor time of the node itself, where that
    was measured.
    """

    id: str
    type: str
    key: str
    config: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    effect: dict[str, str] | None = None
    status: str = "pending"
    reason: str = ""
    content_hash: str | None = None
    seconds: float | None = None
    cost_s: float | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One rendering of one config with given inputs. Times are ISO 8601, UTC. `holder` names the living process.

    `asked` is what else makes its order again: format and quality, and each effect's content hash by its name. A run of
    a list has no nodes, but their `tally`.
    """

    id: str
    status: RunStatus
    config_id: str
    config_name: str
    created_at: str
    inputs: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    encoding: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    user: str = ""
    output_name: str = ""
    output_key: str = ""
    output_hash: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    error: dict[str, str] | None = None
    provenance_hash: str | None = None
    nodes: tuple[NodeRecord, ...] = ()
    holder: str = ""
    hashes: tuple[str, ...] = ()
    tally: tuple[int, int] | None = None

    @property
    def reused(self) -> tuple[int, int] | None:
        """How many nodes were known, of how many that count: sources and what was not needed do not."""
        counted = [node for node in self.nodes if node.type != "SOURCE" and node.status != "unused"]
        return (sum(node.status == "known" for node in counted), len(counted)) if self.nodes else self.tally

    @property
    def member(self) -> str:
        """The user of L2 whose run it is; "" of a run of who operates the server, or of the command line.

        `user` says who asked for it, and may be the same name where nobody of L2 is meant.
        """
        return str(self.asked.get("member", ""))


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that comes perhaps again: whose it is, its key, what tells it from others, how long that is kept."""

    user: str
    key: str
    fingerprint: str
    kept_s: float = 86400.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request was answered with: a run."""

    fingerprint: str
    run_id: str


@dataclass(frozen=True, slots=True)
class PassRecord:
    """One pass of a submitted run: what it makes (`key`, `encoding`), what it waits for, and how far it is.

    `waits_for` are the files that other passes of the run make; it is there when a pass is planned, not when it is
    read. `requires` is what a worker must be able to do. The last pass of a run has no name: it makes no file, but ends
    the run, or plans its next stage. `since` is when its status began, or may be begun; `due_at`, when it is to be
    looked at again (a lease lapses then). Both are seconds since 1970.
    """

    run_id: str
    name: str
    key: str
    encoding: str
    queue: str = "render"
    waits_for: tuple[tuple[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    frames: int = 0
    seconds: float | None = None
    status: PassStatus = "ready"
    attempts: int = 0
    reason: str = ""
    worker: str = ""
    holder: str = ""
    done: int = 0
    since: float = 0.0
    due_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of beginning a pass: a token and the pass, or why not ("gone": nobody wants it; "held"; "early")."""

    token: str = ""
    record: PassRecord | None = None
    refused: Literal["", "gone", "held", "early"] = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of ending a pass: the result that stands, and the passes (of any run) that became ready."""

    result: Result | None
    ready: tuple[PassRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a run; numbers count from 1 without a gap. `at` is seconds since 1970."""

    number: int
    at: float
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker that is alive: where it runs, what it can do, and which descriptions of passes it understands."""

    name: str
    holder: str
    version: str
    format: int
    concurrency: int
    queues: tuple[str, ...] = ()
    abilities: tuple[str, ...] = ()
    memory_bytes: int = 0
    started_at: str = ""
    beat_at: float = 0.0
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """A file that is somebody's: what it is called there, how it came, and when (ISO 8601, UTC)."""

    content_hash: str
    size_bytes: int
    kind: str = ""
    name: str = ""
    origin: str = ""
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A user who is signed in. `id_hash` is the SHA3-256 of what the cookie holds, or of the token itself.

    `sealed` is the token, sealed under the cookie, which is kept nowhere: it can be verified again when its user comes.
    Times are seconds since 1970.
    """

    id_hash: str
    user: str
    token_hash: str
    l2_origin: str
    epoch: int
    created_at: float
    verified_at: float
    expires_at: float
    sealed: str = ""
