"""Loops in a directed graph, in time linear in its size and without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

__all__ = ["find_loops", "in_order"]

Edges = Mapping[str, Sequence[str]]


def find_loops(edges: Edges) -> Iterator[list[str]]:
    """One loop of each knot of nodes that reach each other, the shortest through its first node, in the order of flow.

    `edges` maps each node to its inputs.
    """
    left = set(edges).difference(in_order(edges))
    if not left:
        return
    within = {node: [name for name in edges[node] if name in left] for node in edges if node in left}
    order = {node: place for place, node in enumerate(within)}
    knots = [min(knot, key=order.__getitem__) for knot in _knots(within) if len(knot) > 1 or knot[0] in within[knot[0]]]
    for first in sorted(knots, key=order.__getitem__):
        yield _shortest(within, first)


def in_order(edges: Edges) -> list[str]:
    """The nodes that no loop keeps from coming after all their inputs, in such an order."""
    waiting = {node: len(inputs) for node, inputs in edges.items()}
    followers: dict[str, list[str]] = {}
    for node, inputs in edges.items():
        for name in inputs:
            followers.setdefault(name, []).append(node)
    ready = [node for node, count in waiting.items() if count == 0]
    for done in ready:
        for node in followers.get(done, ()):
            waiting[node] -= 1
            if waiting[node] == 0:
                ready.append(node)
    return ready


def _knots(edges: Edges) -> Iterator[list[str]]:
    """The strongly connected components (Tarjan 1972, with a stack of its own in place of recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for root in edges:
        walk = [] if root in number else [(root, iter(edges[root]))]
        while walk:
            node, inputs = walk[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                path.append(node)
                on_path.add(node)
            following = next((name for name in inputs if name not in number or name in on_path), None)
            if following is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == number[node]:
                    yield _cut(path, on_path, node)
            elif following in number:
                low[node] = min(low[node], number[following])
            else:
                walk.append((following, iter(edges[following])))


def _cut(path: list[str], on_path: set[str], node: str) -> list[str]:
    """Take the component that begins at `node` off the path."""
    knot: list[str] = []
    while not knot or knot[-1] != node:
        knot.append(path.pop())
        on_path.discard(knot[-1])
    return knot


def _shortest(edges: Edges, first: str) -> list[str]:
    """The shortest loop through a node that is in one, from that node on, in the order of flow."""
    came_from: dict[str, str] = {}
    reached = [first]
    for node in reached:
        for name in edges[node]:
            if name not in came_from:
                came_from[name] = node
                reached.append(name)
        if first in came_from:
            break
    loop = [first]
    while came_from[loop[-1]] != first:
        loop.append(came_from[loop[-1]])
    return loop
