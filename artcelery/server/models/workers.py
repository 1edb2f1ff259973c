"""What a server says of its workers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.engine.workers import Overview
from artcelery.core.state.protocol import Waiting
from artcelery.core.state.records import PassRecord

__all__ = ["WorkerReply", "WorkersReply"]


class WorkerReply(BaseModel):
    """A worker that is alive."""

    name: str = Field(description="What it is called: NAME@HOST.")
    holder: str = Field(description="The process that it is.")
    version: str = Field(description="Its version of artcelery.")
    format: int = Field(description="Which descriptions of passes it understands.")
    concurrency: int = Field(description="How many passes it renders at a time.")
    queues: list[str] = Field(description="The queues that it takes passes of.")
    abilities: list[str] = Field(description="What it can do.")
    memory_bytes: int = Field(description="The memory that it may use.")
    started_at: str = Field(description="Since when it is alive (ISO 8601, UTC).")
    beat_at: float = Field(description="When it last said so, in seconds since 1970.")
    stopping: bool = Field(description="Whether it begins no more passes.")
    busy: int = Field(description="How many passes it renders now.")


class WorkersReply(BaseModel):
    """The workers that are alive, what they render, and what waits by queue."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "workers": [],
                "running": [],
                "queues": {"render": {"waiting": 2, "ready": 1, "running": 0, "oldest_ready": 1795623600.5}},
            }
        }
    )

    workers: list[WorkerReply] = Field(description="The workers, by name.")
    running: list[PassRecord] = Field(description="The passes that are worked on.")
    queues: dict[str, Waiting] = Field(description="How many passes wait, are ready and are worked on, by queue.")

    @classmethod
    def of(cls, overview: Overview) -> Self:
        """The reply for what workers do now."""
        workers = [WorkerReply(**asdict(worker), busy=busy) for worker, busy in overview.busy()]
        return cls(workers=workers, running=list(overview.running), queues=dict(overview.queues))
