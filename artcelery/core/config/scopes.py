"""What names mean where nodes are bound: values of parameters, of analyses and of the item of a MAP; ids of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from artcelery.core.config.levels import Level, split_item
from artcelery.core.config.references import Reference, walk

__all__ = ["Scope", "Unknown", "Values"]

Items = Sequence[tuple[str, ...]]


class Unknown(Exception):
    """A value that is not there yet: it waits for an analysis, by the id of its bound node, or for a parameter."""

    def __init__(self, analysis: str | None = None, stand_in: Any = 1) -> None:
        super().__init__(analysis)
        self.analysis, self.stand_in = analysis, stand_in


@dataclass(frozen=True)
class Values:
    """What is known everywhere: parameters (those in `unknown` have stand-ins), and documents of analyses."""

    params: Mapping[str, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    analyses: Mapping[str, Any] = field(default_factory=dict)


class Scope:
    """A level while its nodes are bound; for a MAP, that of one item.

    `item` has the values of the item; with None they are not known, so that what holds for all items can be checked.
    `prefix` comes before the ids of bound nodes, and `order` before their places in the file. `yields` grows: the
    ids of the bound nodes that each node stands for, one tuple for each item, and None as long as they are not known.
    """

    def __init__(
        self,
        level: Level,
        values: Values,
        around: Scope | None = None,
        item: Mapping[str, Any] | None = None,
        prefix: str = "",
        order: tuple[int, ...] = (),
    ) -> None:
        self.level, self.around, self.item = level, around, item
        self.prefix, self.order = prefix, order
        self.yields: dict[str, Items | None] = {}
        self.values = values

    def value(self, reference: Reference) -> Any:
        """The value that is referred to; Unknown, or ValueError when there is no such part of it."""
        name = reference.name
        for scope in self._chain():
            if name in scope.level.values:
                if scope.item is None:
                    raise Unknown
                return walk(scope.item[name], reference)
        values = self.values
        if reference.steps:
            id = self.bound_id(name)
            if id not in values.analyses:
                raise Unknown(id)
            return walk(values.analyses[id], reference)
        if name in values.unknown or name not in values.params:
            raise Unknown(stand_in=values.params.get(name, 1))
        return values.params[name]

    def bound_id(self, id: str) -> str:
        """The id of the bound node that a node has here."""
        owner = next((scope for scope in self._chain() if id in scope.level.by_id), self)
        return owner.prefix + id

    def nodes(self, name: str) -> tuple[str, ...] | None:
        """The ids of the bound nodes that an input stands for; None when they are not known yet.

        IndexError when the MAP has no such item: it holds how many there are.
        """
        for scope in self._chain():
            items, number = scope.yields.get(name), None
            if name not in scope.yields:
                item = split_item(name)
                if item is None or item[0] not in scope.yields:
                    continue
                items, number = scope.yields[item[0]], item[1]
            if items is None:
                return None
            if number is None:
                return tuple(id for ids in items for id in ids)
            if not -len(items) <= number < len(items):
                raise IndexError(len(items))
            return items[number]
        raise KeyError(name)

    def map_items(self, id: str) -> Items | None:
        """What a MAP yields; None when `id` is that of another node, or when it is not known yet."""
        owner = next((scope for scope in self._chain() if scope.level.map_of(id)), None)
        return owner.yields.get(id) if owner else None

    def _chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.around
