"""Runs as replies show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.state.protocol import Page
from artcelery.core.state.records import Entry, PassRecord, RunRecord, RunStatus
from artcelery.server.models.paging import NextPage

__all__ = [
    "EntriesReply",
    "PassReply",
    "ProgressReply",
    "RunReply",
    "RunsReply",
    "StartedReply",
    "WholeRunReply",
]

_HASH = "33268b6e167deaf018cc538de12dbacf612612cc9d9a9e6b6ae6bdd7b8d0bb1f"
_RUN_EXAMPLE: dict[str, Any] = {
    "id": "01k8m3v0rs8c5e3w9q6y4t2n1a",
    "status": "completed",
    "config_id": _HASH,
    "config_name": "dog",
    "created_at": "2026-11-25T16:20:00.123Z",
    "started_at": "2026-11-25T16:20:00.300Z",
    "finished_at": "2026-11-25T16:20:01.000Z",
    "inputs": {"input": _HASH},
    "user": "@ada@l2.example",
    "output_name": "my-output.png",
    "output_key": _HASH,
    "output_hash": _HASH,
    "provenance_hash": _HASH,
}


class NodeReply(BaseModel):
    """One node of a run: what it was, and what happened to it and why."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    type: str
    key: str
    config: dict[str, Any]
    inputs: list[str]
    effect: dict[str, str] | None
    status: str = Field(description="`pending`, `known`, `unused`, `rendered` or `failed`.")
    reason: str
    content_hash: str | None
    seconds: float | None
    cost_s: float | None


class RunReply(BaseModel):
    """A run; in a list without its nodes and hashes."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": _RUN_EXAMPLE})

    id: str
    status: RunStatus
    config_id: str
    config_name: str
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    inputs: dict[str, str] = Field({}, description="Content hashes by the ids of the SOURCE nodes.")
    params: dict[str, Any] = {}
    encoding: dict[str, Any] = {}
    asked: dict[str, Any] = Field({}, description="What else makes the same order again.")
    user: str = ""
    output_name: str = ""
    output_key: str = ""
    output_hash: str | None = None
    error: dict[str, str] | None = None
    provenance_hash: str | None = None
    nodes: list[NodeReply] = []
    holder: str = Field("", description="The process that renders it, where it is rendered outside of workers.")
    hashes: list[str] = Field([], description="Content hashes of the sources of its effects.")

    @classmethod
    def of(cls, run: RunRecord) -> Self:
        """A recorded run."""
        return cls.model_validate(run)


class StartedReply(RunReply):
    """A run that was started, and why it will wait."""

    trouble: str | None = Field(None, description="Why it will wait; null when a worker is alive, or nothing is to do.")

    @classmethod
    def started(cls, run: RunRecord, trouble: str | None) -> Self:
        """A run that was started."""
        return cls.model_validate(run).model_copy(update={"trouble": trouble})


class PassReply(BaseModel):
    """One pass that a submitted run still has to do; `since` and `due_at` are seconds since 1970."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    name: str
    key: str
    encoding: str
    queue: str
    waits_for: list[tuple[str, str]]
    requires: list[str]
    frames: int
    seconds: float | None
    status: Literal["waiting", "ready", "running", "done"]
    attempts: int
    reason: str
    worker: str
    holder: str = Field(description="The process of the worker; shown to who operates the server.")
    done: int
    since: float
    due_at: float


class ProgressReply(BaseModel):
    """How far a run is."""

    passes: int = 0
    passes_done: int = 0
    frames: int = 0
    frames_done: int = 0

    @classmethod
    def of(cls, passes: Sequence[PassRecord]) -> Self:
        """How far these passes are."""
        over = [item for item in passes if item.status == "done"]
        done = sum(item.frames if item.status == "done" else min(item.done, item.frames) for item in passes)
        frames = sum(item.frames for item in passes)
        return cls(passes=len(passes), passes_done=len(over), frames=frames, frames_done=done)


class WholeRunReply(RunReply):
    """A run with the passes that it still has to do."""

    progress: ProgressReply = ProgressReply()
    passes: list[PassReply] = []

    @classmethod
    def whole(cls, run: RunRecord, passes: Sequence[PassRecord], *, with_holders: bool) -> Self:
        """A recorded run with its passes."""
        shown = [PassReply.model_validate(item) for item in passes]
        if not with_holders:
            shown = [item.model_copy(update={"holder": ""}) for item in shown]
        return cls.model_validate(run).model_copy(update={"progress": ProgressReply.of(passes), "passes": shown})


class RunsReply(BaseModel):
    """Some runs, newest first."""

    runs: list[RunReply]
    cursor: NextPage

    @classmethod
    def of(cls, page: Page) -> Self:
        """A page of runs."""
        return cls(runs=[RunReply.of(run) for run in page.runs], cursor=page.cursor)


class EntryReply(BaseModel):
    """One thing that happened to a run; `at` is seconds since 1970."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: float
    kind: str
    data: dict[str, Any]


class EntriesReply(BaseModel):
    """Some of what happened to a run, oldest first."""

    entries: list[EntryReply]
    cursor: NextPage

    @classmethod
    def of(cls, entries: Sequence[Entry], limit: int) -> Self:
        """The first `limit` of these entries."""
        shown = [EntryReply.model_validate(entry) for entry in entries[:limit]]
        return cls(entries=shown, cursor=str(shown[-1].number) if len(entries) > limit else None)
