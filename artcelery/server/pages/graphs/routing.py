"""Ways of edges: one that passes layers has a place in each, which it shares with others that leave the same node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artcelery.server.pages.graphs.layering import Neighbours
from artcelery.server.pages.graphs.ordering import Layers

__all__ = ["Routed", "routed"]

_MOST_PLACES = 6_000


@dataclass(frozen=True, slots=True)
class Routed:
    """Layers of places that lead from each to the next: first all nodes, by their numbers, then where edges pass.

    `straight` are edges that have no places: in a graph with very many long ones.
    """

    layers: Layers
    before: Neighbours
    after: Neighbours
    straight: Sequence[tuple[int, int]]


def routed(layer_of: Sequence[int], after: Neighbours) -> Routed:
    """The places of a graph whose nodes have these layers and followers."""
    if _passed(layer_of, after) > _MOST_PLACES:
        return _without_places(layer_of, after)
    places = _Places(layer_of)
    for node, followers in enumerate(after):
        places.lead(node, followers)
    return Routed(places.layers, places.before, places.after, ())


class _Places:
    def __init__(self, layer_of: Sequence[int]) -> None:
        self._layer_of = layer_of
        self.layers: Layers = [[] for _ in range(max(layer_of, default=-1) + 1)]
        self.before: list[list[int]] = [[] for _ in layer_of]
        self.after: list[list[int]] = [[] for _ in layer_of]
        for node, layer in enumerate(layer_of):
            self.layers[layer].append(node)

    def lead(self, node: int, followers: Sequence[int]) -> None:
        """Lead from a node to all its followers, by one way that they leave where they stand."""
        at, layer = node, self._layer_of[node]
        for follower in sorted(followers, key=self._layer_of.__getitem__):
            while layer < self._layer_of[follower] - 1:
                layer += 1
                at = self._pass(at, layer)
            self._join(at, follower)

    def _pass(self, at: int, layer: int) -> int:
        place = len(self.before)
        self.before.append([])
        self.after.append([])
        self.layers[layer].append(place)
        self._join(at, place)
        return place

    def _join(self, start: int, end: int) -> None:
        self.after[start].append(end)
        self.before[end].append(start)


def _passed(layer_of: Sequence[int], after: Neighbours) -> int:
    """How many places there would be."""
    furthest = (max((layer_of[item] for item in found), default=0) - layer_of[node] for node, found in enumerate(after))
    return sum(max(0, far - 1) for far in furthest)


def _without_places(layer_of: Sequence[int], after: Neighbours) -> Routed:
    near = [[item for item in found if layer_of[item] == layer_of[node] + 1] for node, found in enumerate(after)]
    places = _Places(layer_of)
    for node, followers in enumerate(near):
        places.lead(node, followers)
    far = [(node, item) for node, found in enumerate(after) for item in found if layer_of[item] > layer_of[node] + 1]
    return Routed(places.layers, places.before, places.after, far)
