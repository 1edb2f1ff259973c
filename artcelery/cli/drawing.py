"""A config's graph as text, Graphviz dot, Mermaid or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artcelery.core.config import Config, NodeSpec

__all__ = ["draw"]


def draw(config: Config, format: str) -> str:
    """The graph in that format."""
    return {"text": _text, "dot": _dot, "mermaid": _mermaid, "json": _json}[format](config)


def _label(node: NodeSpec) -> str:
    """What a node does, in a few words: `EFFECT dog`, `RESIZE width=320`."""
    if node.type == "EFFECT":
        return f"EFFECT {node.config.get('effect', '')}"
    if node.type == "SOURCE":
        origin = node.config.get("asset") or node.config.get("name") or str(node.config.get("hash") or "")[:12]
        return f"SOURCE {origin or node.id}"
    if node.type == "MAP":
        return _map_label(node)
    values = (f"{key}={value}" for key, value in node.config.items() if not isinstance(value, dict))
    return " ".join([node.type, *list(values)[:3]])


def _map_label(node: NodeSpec) -> str:
    """What a MAP goes over, and how many nodes each item has: `MAP clip, width (2 nodes each)`."""
    names = [node.config["each"]] if "each" in node.config else []
    names += [name for key in ("over", "matrix") for name in node.config.get(key) or ()]
    count = len(node.config["nodes"])
    return f"MAP {', '.join(names)} ({count} node{'' if count == 1 else 's'} each)"


def _text(config: Config) -> str:
    """A tree from the output to its sources; a node that is used again is named, not drawn again."""
    nodes = {node.id: node for node in config.nodes}
    lines: list[str] = []
    drawn: set[str] = set()
    output = config.output if config.output in nodes else config.output.rpartition("[")[0]
    waiting: list[tuple[str, str, str]] = [(output, "", "")]
    while waiting:
        name, lead, below = waiting.pop()
        node = nodes[name]
        needs = config.needs[name]
        again = " (above)" if name in drawn and needs else ""
        lines.append(f"{lead}{name}  {_label(node)}{again}")
        if name in drawn:
            continue
        drawn.add(name)
        last = len(needs) - 1
        children = [
            (child, below + ("└─ " if at == last else "├─ "), below + ("   " if at == last else "│  "))
            for at, child in enumerate(needs)
        ]
        waiting += reversed(children)
    unused = [node.id for node in config.nodes if node.id not in drawn]
    return "\n".join([*lines, *(["unused: " + ", ".join(unused)] if unused else [])])


def _dot(config: Config) -> str:
    labels = {node.id: json.dumps(f"{node.id}\n{_label(node)}") for node in config.nodes}
    boxes = [f"  {json.dumps(name)} [label={label}];" for name, label in labels.items()]
    arrows = [
        f"  {json.dumps(name)} -> {json.dumps(node.id)};" for node in config.nodes for name in config.needs[node.id]
    ]
    return "\n".join(["digraph {", "  rankdir=LR; node [shape=box];", *boxes, *arrows, "}"])


def _mermaid(config: Config) -> str:
    number = {node.id: f"n{at}" for at, node in enumerate(config.nodes)}
    boxes = [f'  {number[node.id]}["{_escaped(node.id)}<br>{_escaped(_label(node))}"]' for node in config.nodes]
    arrows = [f"  {number[name]} --> {number[node.id]}" for node in config.nodes for name in config.needs[node.id]]
    return "\n".join(["flowchart LR", *boxes, *arrows])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _json(config: Config) -> str:
    nodes = [
        {"id": node.id, "type": node.type, "config": node.config, "inputs": list(node.inputs)} for node in config.nodes
    ]
    return json.dumps({"name": config.name, "nodes": nodes, "output": config.output}, indent=2)
