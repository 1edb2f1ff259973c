"""Nodes made in Python: those of a graph, and those of the MAPs in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar, overload

from artcelery.core.config.composing import MAX_DEPTH
from artcelery.core.config.levels import INDEX
from artcelery.core.config.scalars import MAX_INTEGER
from artcelery.core.config.suggest import shown
from artcelery.core.errors import UsageError

__all__ = ["MapBody", "NodeRef", "Nodes", "ParamRef", "plain"]


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node of a graph that is made, to be an input of others.

    `tiles[0]` is the first item of a MAP, as an input; `track["beats[::4]"]` is what an ANALYZE node finds out, as a
    value.
    """

    id: str

    __iter__: ClassVar[None] = None  # else it would be taken for an endless sequence

    @overload
    def __getitem__(self, what: int) -> NodeRef: ...
    @overload
    def __getitem__(self, what: str) -> str: ...
    def __getitem__(self, what: int | str) -> NodeRef | str:
        return NodeRef(f"{self.id}[{what}]") if isinstance(what, int) else f"${{{self.id}.{what}}}"


@dataclass(frozen=True, slots=True)
class ParamRef:
    """A parameter, or a value of the current item of a MAP, to be a value in the config of nodes."""

    name: str

    def __str__(self) -> str:
        return f"${{{self.name}}}"


class Nodes:
    """Nodes that are made one by one; `taken` are the ids that no other may have."""

    def __init__(self, taken: set[str]) -> None:
        self._nodes: dict[str, dict[str, Any]] = {}
        self._taken = taken

    def source(self, asset: str | None = None, *, hash: str | None = None, id: str | None = None) -> NodeRef:
        """A fixed input: an asset by name, or a stored file by its content hash."""
        given = {"asset": asset, "hash": hash}
        return self._add("SOURCE", (), {key: value for key, value in given.items() if value is not None}, id, "source")

    def node(self, type: str, *inputs: NodeRef, id: str | None = None, cache: bool = False, **config: Any) -> NodeRef:
        """A node of any type: its inputs in order, its config by keyword; with `cache` its result is kept."""
        return self._add(type, inputs, config, id, type.lower(), cache)

    def effect(self, name: str, *inputs: NodeRef, id: str | None = None, cache: bool = False, **params: Any) -> NodeRef:
        """An effect applied to its input, with the effect's parameters by keyword; with `cache` its result is kept."""
        config = {"effect": name, "params": params} if params else {"effect": name}
        return self._add("EFFECT", inputs, config, id, name, cache)

    def body(self) -> MapBody:
        """The empty sub-graph of a MAP; its nodes may work on the nodes made here."""
        return MapBody(self._taken)

    def map(self, body: MapBody, output: NodeRef, *, inputs: Iterable[NodeRef] = (), id: str | None = None) -> NodeRef:
        """The `output` of the sub-graph for each of the items that it goes over; `inputs` are for `MapBody.each`."""
        return self._add("MAP", tuple(inputs), {**body.config, "output": output.id}, id, "map")

    def _add(
        self,
        type: str,
        inputs: tuple[NodeRef, ...],
        config: Mapping[str, Any],
        id: str | None,
        stem: str,
        cache: bool = False,
    ) -> NodeRef:
        if id in self._taken:
            raise UsageError(f"the graph has a node {id!r} already")
        node_id = id or self._free_id(stem)
        node: dict[str, Any] = {"id": node_id, "type": type}
        if config:
            node["config"] = plain(config, node_id)
        if inputs:
            node["inputs"] = [_id_of(item, node_id) for item in inputs]
        if cache:
            node["cache"] = True
        self._nodes[node_id] = node
        self._taken.add(node_id)
        return NodeRef(node_id)

    def _free_id(self, stem: str) -> str:
        if stem not in self._taken:
            return stem
        numbered = (f"{stem}_{number}" for number in count(len(self._taken) + 1))
        return next(name for name in numbered if name not in self._taken)


class MapBody(Nodes):
    """The sub-graph of a MAP.

    >>> tile = graph.body()
    >>> small = tile.node("RESIZE", tile.each("picture"), width=tile.over("width", [320, 640]))
    >>> tiles = graph.map(tile, small, inputs=[cat, dog])
    """

    index = ParamRef(INDEX)
    """The number of the current item, from 0."""

    def __init__(self, taken: set[str]) -> None:
        super().__init__(taken)
        self._each: str | None = None
        self._lists: dict[str, dict[str, Any]] = {"over": {}, "matrix": {}}

    def each(self, name: str) -> NodeRef:
        """The current one of the MAP's inputs, called so."""
        self._each = name
        self._taken.add(name)
        return NodeRef(name)

    def over(self, name: str, values: Iterable[Any] | str) -> ParamRef:
        """The current one of these values, walked together with the others and with the inputs."""
        return self._goes_over("over", name, values)

    def matrix(self, name: str, values: Iterable[Any] | str) -> ParamRef:
        """The current one of these values, each in every combination with the others."""
        return self._goes_over("matrix", name, values)

    @property
    def config(self) -> dict[str, Any]:
        """What the MAP says, but for its output."""
        said = {"each": self._each, **self._lists, "nodes": list(self._nodes.values())}
        return {key: value for key, value in said.items() if value}

    def _goes_over(self, key: str, name: str, values: Iterable[Any] | str) -> ParamRef:
        self._lists[key][name] = values if isinstance(values, str) else list(values)
        return ParamRef(name)


def plain(value: Any, where: str, depth: int = MAX_DEPTH) -> Any:
    """A value as YAML can say it, down to `depth` levels."""
    if isinstance(value, ParamRef):
        return str(value)
    if isinstance(value, Mapping) and depth:
        return {str(key): plain(item, where, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and depth:
        return [plain(item, where, depth - 1) for item in value]
    if value is None or isinstance(value, bool) or (isinstance(value, str) and _is_unicode(value)):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise UsageError(f"{where}: {shown(value)} cannot stand in a config; give text, numbers, lists or mappings")


def _id_of(item: object, where: str) -> str:
    """The id of an input; UsageError where it is no node."""
    if isinstance(item, NodeRef):
        return item.id
    several = "; write * before a list of them" if isinstance(item, (list, tuple)) else ""
    raise UsageError(f"{where}: {shown(item)} is no node; inputs are what `input`, `node` and `effect` give{several}")


def _is_unicode(text: str) -> bool:
    """Whether UTF-8 can hold it: half a surrogate pair is no character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
