"""Folding what is alike: nodes of one type with the same place in a graph are drawn as one, `48 x SEGMENT`.

Which nodes are alike is found by refining a partition (as in Paige and Tarjan 1987, but round by round): it begins with
type and layer, and parts whose nodes have unlike neighbours on either side are split until there are none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence

from artcelery.server.pages.graphs.drawn import Drawn, DrawnNode, NodeState
from artcelery.server.pages.graphs.layering import Neighbours, layers_of, neighbours

__all__ = ["Group", "counts_of", "folded", "state_of"]

_FEW = 4
_ROUNDS = 16  # a partition that is not refined to the end is a good one too: it only looks less far

_URGENCY: Sequence[NodeState] = ("failed", "rendering", "waiting", "done", "known", "unused")

Group = tuple[DrawnNode, ...]
"""Nodes that are drawn as one; most groups are of one node."""


def folded(drawn: Drawn, opened: Collection[str] = ()) -> tuple[list[Group], list[tuple[int, int]]]:
    """The groups of a graph, and the edges between them by their numbers.

    Four nodes or more that are alike are a group, unless the first of them is among the `opened`.
    """
    numbers = {node.id: number for number, node in enumerate(drawn.nodes)}
    edges = [(numbers[start], numbers[end]) for start, end in drawn.edges]
    before, after = neighbours(len(drawn.nodes), edges)
    parts = _parts([node.type for node in drawn.nodes], before, after)
    place, groups = _groups(drawn, parts, opened)
    return groups, list(dict.fromkeys((place[start], place[end]) for start, end in edges))


def state_of(group: Group) -> NodeState:
    """How a group stands: as the one of its nodes that is looked at first."""
    found = {node.state for node in group}
    return next(state for state in _URGENCY if state in found)


def counts_of(group: Group) -> list[tuple[NodeState, int]]:
    """How many nodes of a group stand how, in the order in which they are looked at."""
    counted = Counter(node.state for node in group)
    return [(state, counted[state]) for state in _URGENCY if counted[state]]


def _parts(types: Sequence[str], before: Neighbours, after: Neighbours) -> list[int]:
    """The part of each node, refined; small parts fall apart, and so may what is beside them."""
    parts = _numbered(list(zip(types, layers_of(before, after), strict=True)))
    for _ in range(_ROUNDS):
        refined = _without_small(_refined(parts, before, after))
        if max(refined, default=0) == max(parts, default=0):
            break
        parts = refined
    return parts


def _refined(parts: Sequence[int], before: Neighbours, after: Neighbours) -> list[int]:
    return _numbered(
        [
            (part, frozenset(map(parts.__getitem__, before[node])), frozenset(map(parts.__getitem__, after[node])))
            for node, part in enumerate(parts)
        ]
    )


def _without_small(parts: Sequence[int]) -> list[int]:
    sizes = Counter(parts)
    return _numbered([(part, -1 if sizes[part] >= _FEW else node) for node, part in enumerate(parts)])


def _numbered(signs: Sequence[Hashable]) -> list[int]:
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(sign, len(numbers)) for sign in signs]


def _groups(drawn: Drawn, parts: Sequence[int], opened: Collection[str]) -> tuple[list[int], list[Group]]:
    """The group of each node, and the groups, in the order of their first nodes."""
    members: dict[int, list[DrawnNode]] = {}
    for node, part in zip(drawn.nodes, parts, strict=True):
        members.setdefault(part, []).append(node)
    is_open = {part: found[0].id in opened for part, found in members.items()}
    places: dict[Hashable, int] = {}
    place = [
        places.setdefault(("node", number) if is_open[part] else ("part", part), len(places))
        for number, part in enumerate(parts)
    ]
    groups: list[list[DrawnNode]] = [[] for _ in places]
    for node, number in zip(drawn.nodes, place, strict=True):
        groups[number].append(node)
    return place, [tuple(group) for group in groups]
