"""Graph + known results -> Plan: which nodes are known, which passes run, and the reason for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from artcelery.core.graph import Graph, Node
from artcelery.core.media.conversion import written
from artcelery.core.media.profiles import FORMATS, Encoding
from artcelery.core.state.records import NodeRecord, Result, RunRecord

__all__ = ["AS_IS", "Known", "NodePlan", "Pass", "Plan", "make_plan"]

AS_IS = "file"
"""The encoding id of a file that nobody encoded: it is what an operation on whole files wrote."""

_LOSSLESS = {"film": "mkv", "still": "png", "sound": "flac"}

Known = Callable[[Iterable[tuple[str, str]]], Mapping[tuple[str, str], Result]]
"""Looks up results by (key, encoding id); gives only those whose file is present."""


@dataclass(frozen=True, slots=True)
class Pass:
    """The nodes that one decode-filter-encode renders; `node` is the last of them.

    `encoding` is None for an operation on whole files. `needs` are the files it reads: node id -> (key, encoding id).
    """

    node: str
    nodes: tuple[str, ...]
    key: str
    encoding: Encoding | None
    frames: int
    needs: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def encoding_id(self) -> str:
        """What names the result beside the key."""
        return self.encoding.id if self.encoding else AS_IS


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What happens to one node, and why."""

    id: str
    status: Literal["known", "render", "unused"]
    reason: str


@dataclass(frozen=True)
class Plan:
    """What a run will do. `result` is there when the output is known; `notes` are conversions on the way."""

    graph: Graph
    encoding: Encoding | None
    passes: tuple[Pass, ...]
    nodes: Mapping[str, NodePlan]
    notes: tuple[str, ...]
    result: Result | None = None

    @property
    def known(self) -> int:
        """How many nodes need no rendering."""
        return sum(node.status == "known" for node in self.nodes.values())

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "config": self.graph.config.name,
            "output": {
                "node": self.graph.output,
                "key": self.graph.target.key,
                "clip": self.graph.target.clip.describe(),
            },
            "encoding": self.encoding.to_json() if self.encoding else None,
            "known": self.result.content_hash if self.result else None,
            "passes": [{"node": item.node, "nodes": list(item.nodes), "frames": item.frames} for item in self.passes],
            "nodes": [
                {"id": item.id, "type": self.graph.nodes[item.id].type, "status": item.status, "reason": item.reason}
                for item in self.nodes.values()
            ],
            "notes": list(self.notes),
        }


def make_plan(graph: Graph, encoding: Encoding | None, known: Known, last: RunRecord | None = None) -> Plan:
    """The plan that renders the graph's output in `encoding` (None: as its file is, when it is one).

    `last` is the last run of this config: reasons tell what changed since.
    """
    results = known(_asked(graph, encoding))
    planner = _Planner(graph, results)
    result = planner.result(graph.target, encoding)
    if result is None:
        planner.render(graph.target, encoding)
    why = _Reasons(graph, encoding, last)
    nodes = {node.id: _node_plan(node, planner, result is not None, why) for node in graph.nodes.values()}
    notes = graph.target.clip.notes
    if encoding and not (result and result.encoding == AS_IS):
        notes += written(graph.target.clip, encoding).notes
    return Plan(graph, encoding, tuple(planner.passes), nodes, notes, result)


def _asked(graph: Graph, encoding: Encoding | None) -> list[tuple[str, str]]:
    pairs = [(graph.target.key, encoding.id if encoding else AS_IS)]
    for node in graph.nodes.values():
        if node.op.on_whole_files:
            pairs.append((node.key, AS_IS))
            pairs += [
                (graph.nodes[name].key, FORMATS[_LOSSLESS[graph.nodes[name].clip.kind]].id) for name in node.inputs
            ]
    return pairs


class _Planner:
    """Walks from the output towards the sources and stops at what is a file already."""

    def __init__(self, graph: Graph, results: Mapping[tuple[str, str], Result]) -> None:
        self.graph, self.results = graph, results
        self.passes: list[Pass] = []
        self.rendered: set[str] = set()
        self.taken: set[str] = set()
        self.planned: set[tuple[str, str]] = set()

    def result(self, node: Node, encoding: Encoding | None) -> Result | None:
        if encoding is None and (source := self.graph.source_of(node)):
            self.taken.add(source.id)
            return Result(source.key, AS_IS, source.key, 0, 0.0, "")
        found = self.results.get((node.key, encoding.id if encoding else AS_IS))
        if found:
            self.taken.add(node.id)
        return found

    def render(self, node: Node, encoding: Encoding | None) -> None:
        """Plan the pass that makes this node, after the passes that make the files it needs."""
        if (node.key, encoding.id if encoding else AS_IS) in self.planned:
            return
        self.planned.add((node.key, encoding.id if encoding else AS_IS))
        nodes, needs = ([node.id], self._files(node)) if encoding is None else self._stream(node)
        self.rendered.update(nodes)
        self.passes.append(Pass(node.id, tuple(nodes), node.key, encoding, node.clip.frames, needs))

    def _stream(self, node: Node) -> tuple[list[str], dict[str, tuple[str, str]]]:
        """The nodes that flow into one encode, inputs first, and the files where they begin."""
        needs: dict[str, tuple[str, str]] = {}
        seen: set[str] = set()
        waiting = [node]
        while waiting:
            item = waiting.pop()
            if item.id in seen:
                continue
            if item.type == "SOURCE" or item.op.on_whole_files:
                needs[item.id] = self._file(item, None)
                continue
            seen.add(item.id)
            waiting += [self.graph.nodes[name] for name in item.inputs]
        return [name for name in self.graph.nodes if name in seen], needs

    def _files(self, node: Node) -> dict[str, tuple[str, str]]:
        inputs = (self.graph.nodes[name] for name in node.inputs)
        return {item.id: self._file(item, FORMATS[_LOSSLESS[item.clip.kind]]) for item in inputs}

    def _file(self, node: Node, encoding: Encoding | None) -> tuple[str, str]:
        """The file that holds a node's value, planned when it is not known yet."""
        if node.op.on_whole_files or self.graph.source_of(node):
            encoding = None
        found = self.result(node, encoding)
        if found is None:
            self.render(node, encoding)
        elif found.encoding == AS_IS and self.graph.source_of(node):
            return found.key, AS_IS
        return node.key, encoding.id if encoding else AS_IS


def _node_plan(node: Node, planner: _Planner, all_known: bool, why: _Reasons) -> NodePlan:
    if node.id in planner.rendered:
        return NodePlan(node.id, "render", why.of(node))
    if node.id in planner.taken or node.type == "SOURCE":
        return NodePlan(node.id, "known", "a file" if node.type == "SOURCE" else "rendered before")
    if all_known:
        return NodePlan(node.id, "known", "not needed: the output is known")
    return NodePlan(node.id, "unused", "leads to nothing that is rendered")


_LOST = "result lost from the cache"


class _Reasons:
    """Why a node is rendered, in words, against the last run of the same config."""

    def __init__(self, graph: Graph, encoding: Encoding | None, last: RunRecord | None) -> None:
        self.graph, self.encoding, self.last = graph, encoding, last
        self.before: dict[str, NodeRecord] = {node.id: node for node in last.nodes} if last else {}

    def of(self, node: Node) -> str:
        before = self.before.get(node.id)
        if before is None:
            return "never rendered"
        if before.key == node.key:
            if node.id == self.graph.output:
                return self._encoding_changes() or _LOST
            return _LOST if before.content_hash else "unchanged; kept only in memory, and needed again"
        return "; ".join(_changes(node, before) or self._inputs(node, before)) or "the operation itself changed"

    def _encoding_changes(self) -> str:
        before, now = self.last.encoding if self.last else {}, self.encoding.to_json() if self.encoding else {}
        formats = [encoding.get("format", "as it is") for encoding in (before, now)]
        if formats[0] != formats[1]:
            return f"format {formats[0]} -> {formats[1]}"
        return "; ".join(
            change
            for part in ("video", "audio", "still")
            for change in _differences(formats[1], before.get(part, {}), now.get(part, {}))
        )

    def _inputs(self, node: Node, before: NodeRecord) -> list[str]:
        if tuple(before.inputs) != node.inputs:
            return [f"inputs {', '.join(before.inputs)} -> {', '.join(node.inputs)}"]
        changed = [name for name in node.inputs if self._key_before(name) != self.graph.nodes[name].key]
        return [f"input changed ({', '.join(changed)})"] if changed else []

    def _key_before(self, name: str) -> str | None:
        before = self.before.get(name)
        return before.key if before else None


def _changes(node: Node, before: NodeRecord) -> list[str]:
    if before.type != node.type:
        return [f"{before.type} -> {node.type}"]
    label = node.effect.name if node.effect else node.type
    said = list(_differences(label, before.config, node.op.key_config()))
    effect = (before.effect or {}).get("content_hash")
    if node.effect and effect != node.effect.content_hash and not said:
        said.append(
            f"the effect {node.effect.name} changed ({(effect or 'none')[:12]} -> {node.effect.content_hash[:12]})"
        )
    return said


def _differences(label: str, before: Any, now: Any) -> Iterable[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in [*now, *(key for key in before if key not in now)]:
            inner = label if key in ("params", "effects") else f"{label}.{key}"
            yield from _differences(inner, before.get(key), now.get(key))
    elif before != now:
        yield f"{label} {_say(before)} -> {_say(now)}"


def _say(value: Any) -> str:
    if value is None:
        return "nothing"
    return f"{value:g}" if isinstance(value, float) else str(value)
