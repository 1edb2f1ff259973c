"""What a plan is: passes to run, nodes with their reasons, and what is known already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from artcelery.core.graph import Graph
from artcelery.core.media.profiles import Encoding
from artcelery.core.ops.parts import Part
from artcelery.core.state.records import Result

__all__ = ["AS_IS", "File", "Join", "Known", "NodePlan", "Pass", "Plan"]

AS_IS = "file"
"""The encoding id of a file that nobody encoded: it is what an operation on whole files wrote."""

File = tuple[str, str]
"""What names a file that a pass reads or makes: (key, encoding id)."""

Known = Callable[[Iterable[File]], Mapping[File, Result]]
"""Looks up results; gives only those whose file is present."""


@dataclass(frozen=True, slots=True)
class Join:
    """A film whose pictures are copied, not encoded: of `node`, from these files, so many pictures from each.

    The sound is that of the parts, or of the nodes that are `heard`.
    """

    node: str
    files: tuple[File, ...]
    frames: tuple[int, ...]
    encoding: Encoding | None
    """How the parts are written; None: the one file is that of a source, as it is."""
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """The nodes that one decode-filter-encode renders; `node` is the last of them.

    `encoding` is None for an operation on whole files. `needs` are the files it reads, by node id. A pass may render
    one `part` (number `number` of `parts`) of the film that `node` is, or `join` such parts.
    """

    node: str
    nodes: tuple[str, ...]
    key: str
    encoding: Encoding | None
    frames: int
    needs: Mapping[str, File] = field(default_factory=dict)
    part: Part | None = None
    number: int = 0
    parts: int = 0
    join: Join | None = None
    seconds: float | None = None
    """About how long it will take, where similar ones were timed."""

    @property
    def encoding_id(self) -> str:
        """What names the result beside the key."""
        return self.encoding.id if self.encoding else AS_IS

    @property
    def file(self) -> File:
        """The file that it makes."""
        return self.key, self.encoding_id

    @property
    def reads(self) -> tuple[File, ...]:
        """The files that must be there before it."""
        return (*self.needs.values(), *(self.join.files if self.join else ()))

    @property
    def name(self) -> str:
        """What reports call it: the node, and which part of it."""
        return f"{self.node} {self.number}/{self.parts}" if self.part else self.node

    @property
    def copies(self) -> bool:
        """Whether the pictures of one file are copied as they are."""
        return self.join is not None and self.join.encoding is None

    def to_json(self) -> dict[str, Any]:
        """The pass as plain values."""
        said: dict[str, Any] = {"node": self.node, "nodes": list(self.nodes), "frames": self.frames}
        if self.part:
            said |= {"part": self.number, "parts": self.parts}
        if self.join:
            said["joins"] = len(self.join.files)
        if self.seconds is not None:
            said["seconds"] = self.seconds
        return said | {"makes": self.encoding.kind if self.encoding else "files", "copies": self.copies}


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What happens to one node, and why."""

    id: str
    status: Literal["known", "render", "unused"]
    reason: str


@dataclass(frozen=True)
class Plan:
    """What a run will do. `result` is there when the output is known; `notes` are conversions on the way.

    `waiting` are analyses whose results decide what comes after them: the passes make those, and the plan of the rest
    can only be made then. `parts_known` of `parts` parts of a joined film are known.
    """

    graph: Graph
    encoding: Encoding | None
    passes: tuple[Pass, ...]
    nodes: Mapping[str, NodePlan]
    notes: tuple[str, ...]
    result: Result | None = None
    parts: int = 0
    parts_known: int = 0
    waiting: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        """How many nodes need no rendering."""
        return sum(node.status == "known" for node in self.nodes.values())

    @property
    def seconds(self) -> float | None:
        """About how long all passes take one after the other; None when similar ones were never timed."""
        said = [item.seconds for item in self.passes if item.seconds is not None]
        return sum(said) if said else None

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "config": self.graph.config.name,
            "output": None
            if self.waiting
            else {
                "node": self.graph.output,
                "key": self.graph.target.key,
                "clip": self.graph.target.clip.describe(),
            },
            "encoding": self.encoding.to_json() if self.encoding else None,
            "known": self.result.content_hash if self.result else None,
            "waiting": list(self.waiting),
            "parts": {"all": self.parts, "known": self.parts_known},
            "seconds": self.seconds,
            "passes": [item.to_json() for item in self.passes],
            "nodes": [
                {"id": item.id, "type": self.graph.nodes[item.id].type, "status": item.status, "reason": item.reason}
                for item in self.nodes.values()
            ],
            "notes": list(self.notes),
            "advice": list(self.advice),
        }
