"""The facts that the state keeps, as frozen records of plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Asset", "ConfigRecord", "FileFact", "MediaFact", "NodeRecord", "Result", "RunRecord", "RunStatus"]

RunStatus = Literal["pending", "running", "completed", "failed", "cancelled"]


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
    """What is known of a stored file: its clip (as JSON), its name when it came in, and how it came in."""

    content_hash: str
    size_bytes: int
    clip: dict[str, Any] | None = None
    name: str = ""
    origin: str = ""
    created_at: str = ""


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
    """One rendering of one config with given inputs. Times are ISO 8601, UTC. `holder` names the living process."""

    id: str
    status: RunStatus
    config_id: str
    config_name: str
    created_at: str
    inputs: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    encoding: dict[str, Any] = field(default_factory=dict)
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
