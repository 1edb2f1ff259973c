"""The graph of a recipe, drawn before anything of it is rendered: its nodes have no state, but lines in the YAML."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from artcelery.core.config import Config, NodeSpec
from artcelery.server.pages.graphs import Box, Drawing, Drawn, DrawnNode, draw
from artcelery.server.pages.graphs.wording import cut

__all__ = ["RecipeGraph", "RecipeNode", "graph_of"]

_LINE_ROOM = 30
_MANY_NAMED = 6


@dataclass(frozen=True, slots=True)
class RecipeNode:
    """A node as the table beside the drawing says it: what it does, to what, and in which line that stands."""

    id: str
    type: str
    inputs: Sequence[str]
    line: int
    is_output: bool


@dataclass(frozen=True, slots=True)
class RecipeGraph:
    """A graph as a drawing, and the same as rows."""

    drawing: Drawing
    nodes: Sequence[RecipeNode]


def graph_of(config: Config, opened: Collection[str] = ()) -> RecipeGraph:
    """The graph of a config; alike nodes are drawn as one unless the first of them is `opened`."""
    nodes = [_node(config, node) for node in config.nodes]
    drawing = draw(_drawn(config, nodes), opened, _opening)
    by_id = {node.id: node for node in nodes}
    return RecipeGraph(replace(drawing, boxes=tuple(_said(box, by_id[box.id]) for box in drawing.boxes)), nodes)


def _node(config: Config, node: NodeSpec) -> RecipeNode:
    line, _ = config.locate(node.path)
    return RecipeNode(
        node.id, _type_of(config, node), tuple(config.needs.get(node.id, ())), line, node.id == config.output
    )


def _type_of(config: Config, node: NodeSpec) -> str:
    """What a node is, with what tells it from others of its type: its effect, or how much is in it."""
    effect = node.config.get("effect")
    if node.type == "EFFECT" and isinstance(effect, str):
        return f"EFFECT {effect}"
    inner = config.level.map_of(node.id) if config.level else None
    if inner is None:
        return node.type
    count = len(inner.nodes)
    return f"{node.type} of {count} node{'s' if count != 1 else ''}"


def _drawn(config: Config, nodes: Sequence[RecipeNode]) -> Drawn:
    shown = tuple(DrawnNode(node.id, node.id, node.type, "waiting", href=f"#line-{node.line}") for node in nodes)
    edges = ((needed, id) for id, needs in config.needs.items() for needed in needs)
    return Drawn(shown, tuple(dict.fromkeys(edges)))


def _said(box: Box, node: RecipeNode) -> Box:
    """A box that says what a node does, not how it stands."""
    if box.count > 1:
        line = f"{node.id} and {box.count - 1} more"
        return replace(box, line=cut(line, _LINE_ROOM), spoken=f"{box.label}: {line}")
    end = ", the output" if node.is_output else ""
    line = f"{node.type} · output" if node.is_output else node.type
    return replace(box, line=cut(line, _LINE_ROOM), spoken=f"{node.id}, {node.type}{_from(node.inputs)}{end}")


def _from(inputs: Sequence[str]) -> str:
    named = ", ".join(inputs[:_MANY_NAMED])
    more = f" and {len(inputs) - _MANY_NAMED} more" if len(inputs) > _MANY_NAMED else ""
    return f", from {named}{more}" if inputs else ""


def _opening(first: str) -> str:
    return f"?{urlencode({'open': first})}#graph"
