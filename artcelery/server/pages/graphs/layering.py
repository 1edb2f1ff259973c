"""The layers of a graph: each node stands one layer after the last of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["Neighbours", "layers_of", "neighbours"]

Neighbours = Sequence[Sequence[int]]
"""The neighbours of each node on one side."""


def neighbours(count: int, edges: Iterable[tuple[int, int]]) -> tuple[list[list[int]], list[list[int]]]:
    """What is before and what is after each of `count` nodes, each neighbour once."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for start, end in dict.fromkeys(edges):
        before[end].append(start)
        after[start].append(end)
    return before, after


def layers_of(before: Neighbours, after: Neighbours) -> list[int]:
    """The layer of each node: how many steps the longest way to it has. ValueError when there is a cycle."""
    layers, missing = [0] * len(before), [len(found) for found in before]
    ready = [node for node, count in enumerate(missing) if not count]
    for node in ready:
        for follower in after[node]:
            layers[follower] = max(layers[follower], layers[node] + 1)
            missing[follower] -= 1
            if not missing[follower]:
                ready.append(follower)
    if len(ready) < len(before):
        raise ValueError("the graph has a cycle")
    return layers
