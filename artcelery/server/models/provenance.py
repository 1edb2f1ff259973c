"""Provenance records as replies show them: as they are kept."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ProvenanceReply"]


class Named(BaseModel):
    """Something with a name, by its content hash."""

    model_config = ConfigDict(extra="allow")

    name: str
    content_hash: str


class Infrastructure(BaseModel):
    """On what it was made."""

    software: Named
    hardware: Named


class RecordedNode(BaseModel):
    """One node, and whether its result was there already."""

    id: str
    type: str
    key: str
    status: Literal["reused", "rendered"]


class RecordedPass(BaseModel):
    """One pass that was rendered: what it made, and in how many seconds."""

    node: str
    content_hash: str
    seconds: float


class ProvenanceReply(BaseModel):
    """The record of a run: what made its output, from what, on what."""

    model_config = ConfigDict(extra="allow")

    task_id: str = Field(description="The id of the run.")
    rendered_at: str
    rendered_by: str
    output: Named
    inputs: list[Named]
    effects: list[Named]
    infrastructure: Infrastructure
    config: Named
    nodes: list[RecordedNode]
    encoding: dict[str, Any] | None
    notes: list[str]
    passes: list[RecordedPass]
    versions: dict[str, str]
