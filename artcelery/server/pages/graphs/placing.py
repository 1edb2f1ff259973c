"""Where places stand within their layers: near their neighbours, in their order, apart from each other.

Each layer is placed in turn where the squares of the distances to its neighbours are least (isotonic regression by
pooling adjacent violators, Ayer et al. 1955). Edges that are long weigh more, which keeps them straight (as in
Gansner et al. 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from artcelery.server.pages.graphs.layering import Neighbours
from artcelery.server.pages.graphs.ordering import Layers

__all__ = ["placed"]

_TURNS = 6
_LONG = 8.0
_LIGHT = 0.5


def placed(layers: Layers, before: Neighbours, after: Neighbours, heights: Sequence[float], real: int) -> list[float]:
    """The middle of each place, from 0 on; those from number `real` on are where long edges pass.

    `heights` are the heights of the places with the room that they keep around them.
    """
    middles = [0.0] * len(heights)
    offsets = [_offsets(layer, heights) for layer in layers]
    for layer, offset in zip(layers, offsets, strict=True):
        _put(layer, offset, middles)
    for turn in range(_TURNS):
        for number in _turn(len(layers), turn):
            _settle(layers[number], offsets[number], before if turn % 2 == 0 else after, middles, real)
    top = min((middles[place] - heights[place] / 2 for layer in layers for place in layer), default=0.0)
    return [middle - top for middle in middles]


def _turn(count: int, turn: int) -> Sequence[int]:
    return range(1, count) if turn % 2 == 0 else range(count - 2, -1, -1)


def _offsets(layer: Sequence[int], heights: Sequence[float]) -> list[float]:
    """How far each place is below the first when all stand close."""
    return list(accumulate(((heights[a] + heights[b]) / 2 for a, b in pairwise(layer)), initial=0.0))


def _put(layer: Sequence[int], offsets: Sequence[float], middles: list[float]) -> None:
    """Begin with all places close around one line."""
    half = offsets[-1] / 2
    for place, offset in zip(layer, offsets, strict=True):
        middles[place] = offset - half


def _settle(layer: Sequence[int], offsets: Sequence[float], near: Neighbours, middles: list[float], real: int) -> None:
    """Move the places of a layer to where their neighbours on one side pull them."""
    pulls = [_pull(place, near[place], middles, real) for place in layer]
    wished = [middle - offset for (middle, _), offset in zip(pulls, offsets, strict=True)]
    for place, offset, value in zip(layer, offsets, _rising(wished, [weight for _, weight in pulls]), strict=True):
        middles[place] = value + offset


def _pull(place: int, beside: Sequence[int], middles: Sequence[float], real: int) -> tuple[float, float]:
    """Where a place wants to be, and how much: where an edge goes on passing, it is to be straight."""
    if not beside:
        return middles[place], _LIGHT
    if place >= real and beside[-1] >= real:
        return middles[beside[-1]], _LONG
    return sum(map(middles.__getitem__, beside)) / len(beside), len(beside)


def _rising(wished: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The values nearest to the wished ones that never fall."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wished, weights, strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            pool = _pooled(pools.pop(), pool)
        pools.append(pool)
    return [value for value, _, count in pools for _ in range(count)]


def _pooled(one: tuple[float, float, int], other: tuple[float, float, int]) -> tuple[float, float, int]:
    weight = one[1] + other[1]
    return (one[0] * one[1] + other[0] * other[1]) / weight, weight, one[2] + other[2]
