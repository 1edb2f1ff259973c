"""Where everything stands in a drawing: boxes in layers from left to right, and where long edges pass them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from artcelery.server.pages.graphs.curving import corners, curve
from artcelery.server.pages.graphs.layering import Neighbours, layers_of, neighbours
from artcelery.server.pages.graphs.ordering import Layers, ordered
from artcelery.server.pages.graphs.placing import placed
from artcelery.server.pages.graphs.routing import Routed, routed

__all__ = ["HEIGHT", "WIDTH", "Layout", "laid_out"]

WIDTH, HEIGHT = 196, 52
_BETWEEN_LAYERS = 48
_BETWEEN_BOXES = 16
_BEND_HEIGHT = 12
_MARGIN = 8
_MANY = 8
_ASIDE, _APART, _TRUNKS = 12, 4, 4  # trunks of several places beside one another do not become one


@dataclass(frozen=True, slots=True)
class Layout:
    """The left edge and the middle of each place: first the `boxes` boxes, by their numbers, then where edges pass."""

    boxes: int
    before: Neighbours
    way: Routed
    layers: Layers
    lefts: Sequence[int]
    middles: Sequence[float]
    width: int
    height: int

    @property
    def in_order(self) -> Iterator[int]:
        """The boxes as they are read: from left to right, and from above to below."""
        return (place for layer in self.layers for place in layer if place < self.boxes)

    @property
    def lines(self) -> Iterator[str]:
        """One line between any two places; where an edge passes a layer, it is straight there."""
        for start, found in enumerate(self.way.after):
            yield from (self._line(start, end, self._trunk(start, end)) for end in found)
        yield from (self._line(start, end, None) for start, end in self.way.straight)

    def _line(self, start: int, end: int, trunk: int | None) -> str:
        left, right = self.lefts[start] + WIDTH, self.lefts[end]
        upper, lower = round(self.middles[start]), round(self.middles[end])
        passing = f"h{WIDTH}" if end >= self.boxes else ""
        shaped = curve if trunk is None else partial(corners, trunk)
        return shaped(left, upper, right, lower) + passing

    def _trunk(self, start: int, end: int) -> int | None:
        """Where the line goes down that many edges share: those that leave one place, or come to one."""
        if len(self.way.after[start]) >= _MANY:
            return self.lefts[start] + WIDTH + _ASIDE + start % _TRUNKS * _APART
        if len(self.way.before[end]) >= _MANY:
            return self.lefts[end] - _ASIDE - end % _TRUNKS * _APART
        return None


def laid_out(boxes: int, edges: Iterable[tuple[int, int]]) -> Layout:
    """Lay out so many boxes; ValueError when their edges lead in a circle."""
    before, after = neighbours(boxes, edges)
    way = routed(layers_of(before, after), after)
    heights = [HEIGHT + _BETWEEN_BOXES if place < boxes else _BEND_HEIGHT for place, _ in enumerate(way.before)]
    layers = ordered(way.layers, way.before, way.after)
    middles = [_MARGIN + middle for middle in placed(layers, way.before, way.after, heights, boxes)]
    lowest = max((middle + size / 2 for middle, size in zip(middles, heights, strict=True)), default=0.0)
    return Layout(
        boxes=boxes,
        before=before,
        way=way,
        layers=layers,
        lefts=_lefts(layers, len(middles)),
        middles=middles,
        width=2 * _MARGIN + max(0, len(layers) * (WIDTH + _BETWEEN_LAYERS) - _BETWEEN_LAYERS),
        height=round(lowest) + _MARGIN,
    )


def _lefts(layers: Layers, count: int) -> list[int]:
    lefts = [0] * count
    for column, layer in enumerate(layers):
        for place in layer:
            lefts[place] = _MARGIN + column * (WIDTH + _BETWEEN_LAYERS)
    return lefts
