"""What is drawn: the nodes of a graph with how each stands, and which leads to which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Drawn", "DrawnNode", "NodeState"]

NodeState = Literal["known", "rendering", "done", "failed", "waiting", "unused"]


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node as it is shown; `per_cent` says how far it is while it is rendered, `href` leads to more about it.

    What is of one `type` may be drawn as one, so it names the effect as well: `EFFECT dog`. `why` is said in the table.
    """

    id: str
    label: str
    type: str
    state: NodeState
    per_cent: int | None = None
    href: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A graph without cycles; an edge is the ids of its two ends. ValueError when one of them is no node."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        known = {node.id for node in self.nodes}
        if strange := {end for edge in self.edges for end in edge} - known:
            raise ValueError(f"edges lead to what is no node: {', '.join(sorted(strange))}")
