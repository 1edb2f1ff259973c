"""Why a node is rendered, against the last run of the same config."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from artcelery.core.graph import Graph, Node
from artcelery.core.media.profiles import Encoding
from artcelery.core.state.records import NodeRecord, RunRecord

__all__ = ["Reasons"]

_LOST = "result lost from the cache"


class Reasons:
    """Why a node is rendered, in words, against the last run of the same config."""

    def __init__(self, graph: Graph, encoding: Encoding | None, last: RunRecord | None) -> None:
        self.graph, self.encoding, self.last = graph, encoding, last
        self.before: dict[str, NodeRecord] = {node.id: node for node in last.nodes} if last else {}

    def of(self, node: Node) -> str:
        """Why this node is rendered."""
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
