"""Runs as requests ask for them and replies show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from artcelery.core.engine.people.run_orders import RunRequest
from artcelery.core.errors import UsageError
from artcelery.core.state.protocol import Page
from artcelery.core.state.records import Entry, PassRecord, RunRecord, RunStatus

__all__ = [
    "ConfigRunOrder",
    "EntriesReply",
    "PassReply",
    "ProgressReply",
    "RunOrder",
    "RunReply",
    "RunsReply",
    "StartedReply",
    "WholeRunReply",
    "recorded_time",
]

_HASH = "33268b6e167deaf018cc538de12dbacf612612cc9d9a9e6b6ae6bdd7b8d0bb1f"
_DEEPEST = 20
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


def recorded_time(time: datetime) -> str:
    """A time as records have it; without a zone it is UTC. UsageError when it is before all times."""
    try:
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        raise UsageError(f"{time} is no time that a run can have begun at") from None


def _sendable(value: Any, depth: int = 0) -> Any:
    """What can be said again: texts that have a UTF-8 form, in no deep nest."""
    if depth > _DEEPEST:
        raise ValueError(f"values lie at most {_DEEPEST} levels deep")
    if isinstance(value, str):
        value.encode()  # a UnicodeEncodeError is a ValueError
    elif isinstance(value, (dict, list)):
        for item in (*value, *(value.values() if isinstance(value, dict) else ())):
            _sendable(item, depth + 1)
    return value


Said = Annotated[str, Field(min_length=1, max_length=200)]
Params = Annotated[dict[str, Any], AfterValidator(_sendable)]


class ConfigRunOrder(BaseModel):
    """What a config is rendered with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"inputs": ["cat"], "params": {}}})

    inputs: list[Said] | dict[str, Said] = Field(
        [], description="Content hashes, names of yours, built-in assets: in the config's order, or by name."
    )
    params: Params = Field({}, description="Parameters of the effect or the config, as values or as texts.")
    output_name: Said | None = Field(None, description="What the output is called; a known ending chooses the format.")
    format: str | None = Field(None, pattern="^[a-z0-9]{1,16}$", description="How it is written, such as `png`.")
    quality: int | None = Field(None, ge=0, le=100_000, description="In the scale of the format.")

    def request(self, recipe: str, text: str = "") -> RunRequest:
        """What it asks for."""
        return RunRequest(recipe, text, self.inputs, self.params, self.output_name, self.format, self.quality)


class RunOrder(ConfigRunOrder):
    """A run that is asked for: exactly one of `recipe` and `config`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"recipe": "dog", "inputs": ["cat"], "params": {"acuity": 0.5}, "output_name": "my-output"}
        },
    )

    recipe: Said | None = Field(None, description="An effect, or the name or id of a stored config.")
    config: Annotated[str, Field(min_length=1, max_length=1_000_000)] | None = Field(
        None, description="The text of a config (YAML), in place of a recipe."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.recipe is None) == (self.config is None):
            raise ValueError("give exactly one of `recipe` and `config`")
        return self

    def asked(self) -> RunRequest:
        """What it asks for."""
        return self.request(self.recipe or "", self.config or "")


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
    cursor: str | None = Field(description="Where the next page begins; null at the end.")

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
    cursor: str | None = Field(description="Where the next page begins; null at the end.")

    @classmethod
    def of(cls, entries: Sequence[Entry], limit: int) -> Self:
        """The first `limit` of these entries."""
        shown = [EntryReply.model_validate(entry) for entry in entries[:limit]]
        return cls(entries=shown, cursor=str(shown[-1].number) if len(entries) > limit else None)
