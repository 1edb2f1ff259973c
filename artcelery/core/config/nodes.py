"""`dag`: the nodes and the output, as the file says them."""

from __future__ import annotations

from typing import Any

from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.model import NodeSpec
from artcelery.core.config.section import Section, mapping_at
from artcelery.core.config.suggest import Suggester, choices, quote_hint, shown
from artcelery.core.config.types import find_type, type_names

__all__ = ["MAX_NODES", "NODE_KEYS", "read_nodes"]

MAX_NODES = 50_000

NODE_KEYS = ("id", "type", "config", "inputs", "cache")


def read_nodes(findings: Findings, dag: Section) -> tuple[NodeSpec, ...]:
    """The nodes that can be made out; everything wrong with them is reported."""
    nodes = dag.value.get("nodes")
    if "nodes" not in dag.value:
        dag.missing("nodes", ": the list of nodes")
        return ()
    if not isinstance(nodes, list) or not nodes:
        dag.problem("nodes", f"'nodes' must be a list of at least one node; it is {shown(nodes)}")
        return ()
    if len(nodes) > MAX_NODES:
        dag.problem("nodes", f"there are {len(nodes):,} nodes; a config has at most {MAX_NODES:,}")
        return ()
    reader = _Reader(findings, (*dag.path, "nodes"))
    return tuple(node for index, value in enumerate(nodes) if (node := reader.read(index, value)) is not None)


class _Reader:
    def __init__(self, findings: Findings, path: Path) -> None:
        self._findings, self._path = findings, path
        self._first: dict[str, int] = {}
        self._types = Suggester(type_names())

    def read(self, index: int, value: Any) -> NodeSpec | None:
        section = mapping_at(self._findings, (*self._path, index), value, "a node")
        if section is None:
            return None
        section.refuse_unknown(NODE_KEYS)
        node_id, type = self._id(index, section) or "", self._type(section) or ""
        config = section.mapping("config", "'config' of a node")
        if config is None and "config" in section.value:
            type = ""  # nothing that the op says of a config would be true of this one
        inputs, roles = self._inputs(section, type)
        cache = "cache" in section.value and section.flag("cache")
        return NodeSpec(node_id, type, config.value if config else {}, inputs, roles, section.path, cache)

    def _id(self, index: int, section: Section) -> str | None:
        if "id" not in section.value:
            section.missing("id")
            return None
        node_id = section.name("id")
        if node_id is None:
            return None
        first = self._first.setdefault(node_id, index)
        if first != index:
            line, _ = self._findings.place((*self._path, first, "id"))
            section.problem("id", f"two nodes have the id {node_id!r}; the first is in line {line}")
            return None
        return node_id

    def _type(self, section: Section) -> str | None:
        if "type" not in section.value:
            section.missing("type", f"; there are {choices(type_names())}")
            return None
        said = section.text("type")
        if said is None or find_type(said) is not None:
            return said
        hint = self._types.hint(said) or f"; there are {choices(type_names())}"
        section.problem("type", f"unknown node type {shown(said)}{hint}")
        return None

    def _inputs(self, section: Section, type: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        said = section.value.get("inputs")
        if said is None:
            return (), None
        if isinstance(said, str):
            return (said,), None
        if not isinstance(said, (list, dict)):
            wanted = "'inputs' must be a list of node ids, one id, or a mapping of roles to ids"
            section.problem("inputs", f"{wanted}; it is {shown(said)}")
            known = find_type(type)
            return ("",) * (known.inputs[0] if known else 0), None
        items = list(said.items() if isinstance(said, dict) else enumerate(said))
        for key, item in items:
            if not isinstance(item, str):
                path = (*section.path, "inputs", key)
                wanted = "an input must be the id of a node"
                self._findings.problem(path, f"{wanted}; it is {shown(item)}{quote_hint(item)}")
        # What is wrong keeps its place, so that the number of inputs is not reported as well.
        inputs = tuple(item if isinstance(item, str) else "" for _, item in items)
        return inputs, tuple(said) if isinstance(said, dict) else None
