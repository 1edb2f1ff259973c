"""The order within layers, so that few edges cross: barycentre sweeps (Sugiyama, Tagawa, Toda 1981)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from artcelery.server.pages.graphs.layering import Neighbours

__all__ = ["Layers", "crossings", "ordered"]

Layers = list[list[int]]
"""The places of each layer, from above to below; edges lead from each layer to the next."""

_SWEEPS = 16
_PATIENCE = 3
_MOST_WORK = 20_000  # places and edges looked at: larger graphs are swept less often


def ordered(layers: Layers, before: Neighbours, after: Neighbours) -> Layers:
    """The layers in an order in which few edges cross."""
    best, fewest, since = layers, crossings(layers, after), 0
    for sweep in range(_sweeps(before)):
        if not fewest or since >= _PATIENCE:
            break
        layers = _swept(layers, before, after, onward=sweep % 2 == 0)
        count = crossings(layers, after)
        since = 0 if count < fewest else since + 1
        if count < fewest:
            best, fewest = layers, count
    return best


def crossings(layers: Layers, after: Neighbours) -> int:
    """How many pairs of edges cross."""
    return sum(_between(upper, lower, after) for upper, lower in pairwise(layers))


def _sweeps(before: Neighbours) -> int:
    return max(4, min(_SWEEPS, _MOST_WORK // (len(before) + sum(map(len, before)) + 1)))


def _between(layer: Sequence[int], following: Sequence[int], after: Neighbours) -> int:
    """The crossings between two layers: the inversions of the ends of edges that are sorted by their beginnings."""
    position = {place: number for number, place in enumerate(following)}
    seen: list[int] = []
    count = 0
    for place in layer:
        ends = [position[end] for end in after[place]]
        count += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return count


def _swept(layers: Layers, before: Neighbours, after: Neighbours, *, onward: bool) -> Layers:
    """The layers, each sorted by where its neighbours are in the one that was sorted before it."""
    found = [list(layer) for layer in layers]
    numbers = range(1, len(found)) if onward else range(len(found) - 2, -1, -1)
    for number in numbers:
        beside, near = (found[number - 1], before) if onward else (found[number + 1], after)
        position = {place: at for at, place in enumerate(beside)}
        found[number] = _sorted(found[number], position, near)
    return found


def _sorted(layer: Sequence[int], position: dict[int, int], near: Neighbours) -> list[int]:
    """A layer by the means of its neighbours' positions; what has none stays where it is."""
    means = {place: sum(position[item] for item in near[place]) / len(near[place]) for place in layer if near[place]}
    moving = iter(sorted(means, key=means.__getitem__))
    return [next(moving) if place in means else place for place in layer]
