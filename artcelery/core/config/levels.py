"""Which nodes see each other: those of `dag`, and those of each MAP, which also see the nodes around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from artcelery.core.config.findings import Path
from artcelery.core.config.loops import in_order
from artcelery.core.config.model import NodeSpec
from artcelery.core.config.references import Mention

__all__ = ["INDEX", "Level", "split_item"]

INDEX = "index"
"""What the number of the item is called in a MAP."""

_ITEM = re.compile(r"(?P<id>.+)\[(?P<number>-?[0-9]{1,9})\]", re.DOTALL)


def split_item(name: str) -> tuple[str, int] | None:
    """`tiles[2]` as `("tiles", 2)`; None when the name is not of that form."""
    found = _ITEM.fullmatch(name) if name.endswith("]") else None
    return (found["id"], int(found["number"])) if found else None


class Level:
    """The nodes of `dag`, or those of the MAP `node` in the level `around`.

    `inner` has the levels of the MAPs among them, and `mentions` (the same in all levels) what each node refers to,
    both by path. A node that refers to nothing is not in it; one that only has an escaped `$${` is, with none.
    """

    def __init__(self, nodes: Sequence[NodeSpec], node: NodeSpec | None = None, around: Level | None = None) -> None:
        self.nodes, self.node, self.around = tuple(nodes), node, around
        self.by_id: dict[str, NodeSpec] = {item.id: item for item in self.nodes if item.id}
        self.inner: dict[Path, Level] = {}
        self._names: dict[Path, tuple[str, ...]] = {}
        self.mentions: dict[Path, tuple[Mention, ...]] = around.mentions if around else {}

    @cached_property
    def each(self) -> str | None:
        """What the current input is called in a MAP."""
        said = self._said("each")
        return said if isinstance(said, str) else None

    @cached_property
    def lists(self) -> dict[str, dict[str, Any]]:
        """What a MAP goes over: `over` and `matrix`, each a list (or a reference to one) by name."""
        found = {key: self._said(key) for key in ("over", "matrix")}
        return {key: said if isinstance(said, dict) else {} for key, said in found.items()}

    @cached_property
    def values(self) -> frozenset[str]:
        """The names that stand for values of the current item in a MAP."""
        return frozenset([INDEX, *self.lists["over"], *self.lists["matrix"]] if self.node else ())

    @property
    def output(self) -> str:
        """The id of what a MAP yields for each item."""
        return str(self._said("output"))

    def _said(self, key: str) -> Any:
        return self.node.config.get(key) if self.node else None

    def walk(self) -> Iterator[Level]:
        """This level, and all within it."""
        yield self
        for inner in self.inner.values():
            yield from inner.walk()

    def chain(self) -> Iterator[Level]:
        """This level, and those around it, the nearest first."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.around

    def target(self, name: str) -> str | None:
        """The id in this level of the node that an input names: `tiles[2]` names the MAP `tiles`."""
        if name in self.by_id:
            return name
        item = split_item(name) if self.inner else None
        return item[0] if item and self.map_of(item[0]) else None

    def map_of(self, id: str) -> Level | None:
        """The level of the MAP with that id in this level, when it is one."""
        node = self.by_id.get(id)
        return self.inner.get(node.path) if node else None

    def knows(self, name: str) -> bool:
        """Whether an input may have that name here."""
        return any(name == level.each or level.target(name) is not None for level in self.chain())

    def is_value(self, name: str) -> bool:
        """Whether the name stands for a value of the current item, of this MAP or of one around it."""
        return any(name in level.values for level in self.chain())

    def find(self, id: str) -> NodeSpec | None:
        """The node of an id, in this level or around it."""
        return next((level.by_id[id] for level in self.chain() if id in level.by_id), None)

    @cached_property
    def edges(self) -> Mapping[str, Sequence[str]]:
        """What each node needs of the others in this level, by id: its inputs, and the analyses that it refers to."""
        if self.is_plain:
            return {id: [name for name in node.inputs if name in self.by_id] for id, node in self.by_id.items()}
        return {id: self._needs(node) for id, node in self.by_id.items()}

    @cached_property
    def is_plain(self) -> bool:
        """Whether the nodes are bound as they stand: there is no MAP, and no reference to an analysis."""
        refers = any(mention.reference.steps for mentions in self.mentions.values() for mention in mentions)
        return not (self.inner or self.around or refers)

    @cached_property
    def ordered(self) -> Sequence[NodeSpec]:
        """The nodes, each after what it needs."""
        return [self.by_id[id] for id in in_order(self.edges)]

    def _needs(self, node: NodeSpec) -> list[str]:
        found = (self.target(name) for name in self.names(node))
        return list(dict.fromkeys(id for id in found if id is not None))

    def names(self, node: NodeSpec) -> tuple[str, ...]:
        """The names by which a node, with all that is in it, refers to nodes of this level or around it."""
        if node.path not in self._names:
            self._names[node.path] = tuple(dict.fromkeys(self._each_name(node)))
        return self._names[node.path]

    def _each_name(self, node: NodeSpec) -> Iterator[str]:
        yield from node.inputs
        for mention in self.mentions.get(node.path, ()):
            name = mention.reference.name
            if mention.reference.steps and not self.is_value(name):
                yield name
        inner = self.inner.get(node.path)
        if inner is not None:
            yield from inner.outside

    @cached_property
    def outside(self) -> Sequence[str]:
        """The names by which the nodes of a MAP refer to nodes around it."""
        names = dict.fromkeys(name for node in self.nodes for name in self.names(node))
        return [name for name in names if name != self.each and self.target(name) is None]

    @cached_property
    def analyses_outside(self) -> Sequence[str]:
        """The ids of the analyses around a MAP that its nodes work on, or refer to."""
        found = ((name, self.around.find(name)) for name in self.outside if self.around)
        return [name for name, node in found if node and node.type == "ANALYZE"]
