"""A config with MAPs and analyses as plain nodes: as many as the lists have items, as far as the analyses are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from artcelery.core.config.binding import Binder
from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.levels import INDEX, Level, split_item
from artcelery.core.config.model import Bound, BoundNode, NodeSpec
from artcelery.core.config.nodes import MAX_NODES
from artcelery.core.config.scopes import Scope, Values
from artcelery.core.config.suggest import shown
from artcelery.core.config.weighing import MAX_INPUTS
from artcelery.core.config.wiring import arity_problem
from artcelery.core.ops import Op

__all__ = ["Collected", "Unfolding"]

Lists = Mapping[str, Mapping[str, list[Any]]]


class Collected:
    """Problems of bound nodes: of those at one place, the first is reported, and the others are counted.

    What is wrong at one of the places `told` has been reported already.
    """

    def __init__(self, findings: Findings, told: Iterable[Path] = ()) -> None:
        self._findings, self._told = findings, set(told)
        self._first: dict[Path, str] = {}
        self._more: dict[Path, int] = {}

    def problem(self, path: Path, message: str) -> None:
        """Something at `path` is wrong."""
        if path in self._first:
            self._more[path] = self._more.get(path, 0) + 1
        elif path not in self._told:
            self._first[path] = message

    def report(self) -> None:
        """Hand on what was collected."""
        for path, message in self._first.items():
            more = self._more.get(path)
            self._findings.problem(path, f"{message} (and {more:,} more like it)" if more else message)


@dataclass(frozen=True, slots=True)
class _Unfolded:
    """What became of a node, or of a MAP that cannot be unfolded yet; `bound` is None when it is not ready.

    `needs` are ids of bound nodes and MAPs that it works on, `waits` those of analyses that are not there yet.
    """

    order: tuple[int, ...]
    needs: Sequence[str]
    waits: frozenset[str]
    bound: BoundNode | None = None


class Unfolding:
    """Binds the nodes of all levels; `ops` are those that are known already, by the path of their node."""

    def __init__(self, binder: Binder, ops: Mapping[Path, Op[Any]]) -> None:
        self._binder, self._ops = binder, dict(ops)
        self._found: dict[str, _Unfolded] = {}
        self._nodes = 0
        self._inputs_left = MAX_INPUTS

    def bind(self, level: Level, values: Values, output: str) -> Bound:
        """All nodes that are ready, and the analyses that the output waits for."""
        root = Scope(level, values)
        self._nodes = len(level.nodes)
        self._level(root)
        outputs = self._nodes_of(output, root, ("dag", "output"), "the output")
        if outputs is not None and len(outputs) != 1:
            said = f"{output!r} is a MAP of {_counted(len(outputs))}, and the output is one node"
            self._problem(("dag", "output"), f"{said}; name one item ({output}[0]), or join them")
        ready = sorted((item.order, item.bound) for item in self._found.values() if item.bound is not None)
        result = outputs[0] if outputs else output
        return Bound(tuple(node for _, node in ready), result, self._waiting(result))

    def _level(self, scope: Scope) -> None:
        for node in scope.level.ordered:
            inner = scope.level.inner.get(node.path)
            if inner is None:
                self._node(node, scope)
            else:
                self._map(node, inner, scope)

    def _node(self, node: NodeSpec, scope: Scope) -> None:
        id = scope.prefix + node.id
        scope.yields[node.id] = [(id,)]
        inputs = self._inputs(node, scope)
        if inputs is not None and (wrong := arity_problem(node.type, len(inputs))):
            self._problem(node.at("inputs"), f"node {id!r}: {wrong}{_maps_among(node, scope)}")
        op, waits = self._op(node, scope, id, None if inputs is None else len(inputs))
        bound = None
        if op is not None and inputs is not None and all(self._is_ready(name) for name in inputs):
            bound = BoundNode(id, node.type, op, inputs, node.path, node.cache)
        needs = self._needs(node, scope) if inputs is None else inputs
        self._found[id] = _Unfolded(_order(scope, node), needs, waits, bound)

    def _op(self, node: NodeSpec, scope: Scope, id: str, inputs: int | None) -> tuple[Op[Any] | None, frozenset[str]]:
        known = self._ops.get(node.path)
        if known is not None:
            return known, frozenset()
        op, waits = self._binder.made(node, scope, id, inputs)
        if op is not None and node.path not in scope.level.mentions:
            self._ops[node.path] = op
        return op, waits

    def _map(self, node: NodeSpec, inner: Level, scope: Scope) -> None:
        lists, waits = self._lists(node, inner, scope)
        inputs = self._inputs(node, scope)
        steps = None
        if lists is not None and inputs is not None:
            steps = self._steps(node, inner, lists, inputs)
        if lists is None or inputs is None or steps is None:
            scope.yields[node.id] = None
            needs, waits = self._needs(node, scope), waits | _waits_within(inner, scope)
        else:
            items = list(self._items(node, self._scopes(node, inner, scope, lists, inputs, steps)))
            known = [ids for _, ids in items if ids is not None]
            scope.yields[node.id] = known if len(known) == len(items) else None
            needs = [name for name, ids in items if ids is None]
        self._found[scope.prefix + node.id] = _Unfolded(_order(scope, node), needs, waits)

    def _lists(self, node: NodeSpec, inner: Level, scope: Scope) -> tuple[Lists | None, frozenset[str]]:
        """What a MAP goes over, or None with the analyses that it waits for."""
        mentions = scope.level.mentions.get(node.path)
        if mentions is None:
            return inner.lists, frozenset()
        found = self._binder.replacer.replaced(inner.lists, mentions, scope)
        wrong = found.wrong or ([] if found.stand_ins else list(_no_lists(inner, found.config)))
        for path, message in wrong:
            self._problem(node.at("config", *path), f"node {scope.prefix + node.id!r} (MAP): {message}")
        return (None if wrong or found.stand_ins else found.config), found.waits

    def _steps(self, node: NodeSpec, inner: Level, lists: Lists, inputs: Sequence[str]) -> int | None:
        """How many steps the lists that are walked together have, when the MAP can be unfolded."""
        lengths = {name: len(values) for name, values in lists["over"].items()}
        if inner.each is not None:
            lengths = {inner.each: len(inputs), **lengths}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            self._problem(node.at("config", "over"), f"{node} (MAP): these lists are walked together; {said}")
            return None
        steps = next(iter(lengths.values()), 1)
        count = steps * prod(len(values) for values in lists["matrix"].values())
        self._nodes += count * len(inner.nodes)
        if self._nodes > MAX_NODES:
            said = f"{_counted(count)} of {len(inner.nodes):,} nodes are too many"
            self._problem(node.path, f"{node} (MAP): {said}; a config has at most {MAX_NODES:,} nodes, MAPs unfolded")
            return None
        return steps

    def _scopes(
        self, node: NodeSpec, inner: Level, scope: Scope, lists: Lists, inputs: Sequence[str], steps: int
    ) -> Iterator[Scope]:
        """A scope for each item."""
        over, matrix = lists["over"], lists["matrix"]
        for number, (step, *chosen) in enumerate(product(range(steps), *matrix.values())):
            item = {name: values[step] for name, values in over.items()} | dict(zip(matrix, chosen, strict=True))
            item[INDEX] = number
            prefix = f"{scope.prefix}{node.id}[{number}]."
            made = Scope(inner, scope.values, scope, item, prefix, (*_order(scope, node), number))
            if inner.each is not None:
                made.yields[inner.each] = [(inputs[step],)]
            yield made

    def _items(self, node: NodeSpec, scopes: Iterable[Scope]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
        """The id of each item's output, and those of the nodes that it stands for, None when they are not known."""
        for scope in scopes:
            self._level(scope)
            output = scope.level.output
            yielded = self._nodes_of(output, scope, node.at("config", "output"), f"the output of {node}")
            yield scope.bound_id(_stem(output)), yielded

    def _inputs(self, node: NodeSpec, scope: Scope) -> tuple[str, ...] | None:
        """The ids of the bound nodes that are its inputs; None when they are not known yet."""
        keys: Iterable[str | int] = node.roles or range(len(node.inputs))
        named = zip(keys, node.inputs, strict=True)
        found = [self._nodes_of(name, scope, node.at("inputs", key), str(node)) for key, name in named]
        self._count_inputs(sum(len(ids) for ids in found if ids), node)
        known = [ids for ids in found if ids is not None] if self._inputs_left >= 0 else []
        return tuple(id for ids in known for id in ids) if len(known) == len(found) else None

    def _nodes_of(self, name: str, scope: Scope, path: Path, who: str) -> tuple[str, ...] | None:
        try:
            return scope.nodes(name)
        except IndexError as error:
            id, number = split_item(name) or ("", 0)
            self._problem(path, f"{who}: the MAP {id!r} has {_counted(error.args[0])}; there is no [{number}]")
            return None

    def _needs(self, node: NodeSpec, scope: Scope) -> list[str]:
        """What a node that is not ready works on: ids of bound nodes, and of MAPs that are not unfolded."""
        found: list[str] = []
        names = scope.level.names(node)
        self._count_inputs(len(names), node)
        for name in names if self._inputs_left >= 0 else ():
            ids = None
            with suppress(IndexError):  # reported already
                ids = scope.nodes(name)
            found += [scope.bound_id(_stem(name))] if ids is None else ids
        return found

    def _count_inputs(self, count: int, node: NodeSpec) -> None:
        before = self._inputs_left
        self._inputs_left -= count
        if self._inputs_left < 0 <= before:
            self._problem(node.at("inputs"), f"{node}: the nodes have more than {MAX_INPUTS:,} inputs, MAPs unfolded")

    def _is_ready(self, id: str) -> bool:
        return self._found[id].bound is not None

    def _waiting(self, output: str) -> tuple[str, ...]:
        """The analyses, ready to be made, that the output waits for."""
        found: set[str] = set()
        seen: set[str] = set()
        left = [output]
        while left:
            id = left.pop()
            item = self._found.get(id)
            if item is None or item.bound is not None or id in seen:
                continue
            seen.add(id)
            found.update(name for name in item.waits if self._is_ready(name))
            left += [*item.needs, *item.waits]
        return tuple(sorted(found, key=lambda id: self._found[id].order))

    def _problem(self, path: Path, message: str) -> None:
        self._binder.problems.problem(path, message)


def _stem(name: str) -> str:
    """The id of the MAP that an input names an item of."""
    item = split_item(name)
    return item[0] if item else name


def _order(scope: Scope, node: NodeSpec) -> tuple[int, ...]:
    """Where a node stands among all that are bound."""
    return (*scope.order, int(node.path[-1]))


def _no_lists(inner: Level, lists: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Path, str]]:
    """References to lists that turned out to be none."""
    for key, values in lists.items():
        for name, value in values.items():
            if not isinstance(value, list):
                yield (key, name), f"'{key}.{name}' must be a list; {inner.lists[key][name]} is {shown(value)}"


def _waits_within(inner: Level, scope: Scope) -> frozenset[str]:
    """The analyses around a MAP that its nodes wait for."""
    ids = map(scope.bound_id, inner.analyses_outside)
    return frozenset(id for id in ids if id not in scope.values.analyses)


def _maps_among(node: NodeSpec, scope: Scope) -> str:
    maps = [(name, len(items)) for name in dict.fromkeys(node.inputs) if (items := scope.map_items(name)) is not None]
    return "".join(f"; {name!r} is a MAP of {_counted(count)}" for name, count in maps)


def _counted(items: int) -> str:
    return f"{items:,} item{'' if items == 1 else 's'}"
