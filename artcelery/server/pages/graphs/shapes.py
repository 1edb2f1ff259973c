"""A drawn graph as a template writes it: boxes, the curves between them, and the same as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass

from artcelery.server.pages.graphs.drawn import DrawnNode, NodeState

__all__ = ["Box", "Drawing", "Row"]


@dataclass(frozen=True, slots=True)
class Box:
    """One node, or `count` that are alike, as it is drawn: `label` and `line` are what fits, `spoken` is all of it.

    `sign` is the data of a path, in a square of 16 units, that shows the state; `number` is the place of the first node
    among all.
    """

    id: str
    number: int
    x: int
    y: int
    label: str
    line: str
    spoken: str
    state: NodeState
    sign: str
    count: int
    per_cent: int | None
    href: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One node as the table beside the drawing says it."""

    node: DrawnNode
    number: int
    inputs: tuple[str, ...]
    word: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph, drawn from left to right; `curves` are the data of a path, boxes are `box_width` by `box_height`.

    `nodes` is how many nodes it has: boxes are fewer where alike ones are folded, and none where they would be too
    many; rows are the first of many.
    """

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]
    rows: tuple[Row, ...]
    nodes: int

    @property
    def is_folded(self) -> bool:
        """Whether nodes that are alike are drawn as one."""
        return any(box.count > 1 for box in self.boxes)
