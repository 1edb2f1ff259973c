"""Drawing a graph: what is alike is folded, layers are ordered and placed, boxes and curves come out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from urllib.parse import urlencode

from artcelery.server.pages.graphs.drawn import Drawn
from artcelery.server.pages.graphs.folding import Group, folded, state_of
from artcelery.server.pages.graphs.layering import layers_of, neighbours
from artcelery.server.pages.graphs.ordering import Layers, ordered
from artcelery.server.pages.graphs.placing import placed
from artcelery.server.pages.graphs.routing import Routed, routed
from artcelery.server.pages.graphs.shapes import Box, Drawing, Row
from artcelery.server.pages.graphs.wording import cut, label_of, line_of, per_cent_of, spoken, word_of
from artcelery.server.pages.icons import shape

__all__ = ["draw"]

_WIDTH, _HEIGHT = 196, 52
_BETWEEN_LAYERS = 48
_BETWEEN_BOXES = 16
_BEND_HEIGHT = 12
_MARGIN = 8
_LABEL_ROOM, _LINE_ROOM = 18, 23


def draw(drawn: Drawn, opened: Collection[str] = (), opening: Callable[[str], str] | None = None) -> Drawing:
    """Lay out a graph; alike nodes are one box unless the first of them is `opened`, and lead to `opening` of it."""
    groups, edges = folded(drawn, opened)
    before, after = neighbours(len(groups), edges)
    way = routed(layers_of(before, after), after)
    heights = [_HEIGHT + _BETWEEN_BOXES if place < len(groups) else _BEND_HEIGHT for place, _ in enumerate(way.before)]
    layers = ordered(way.layers, way.before, way.after)
    middles = [_MARGIN + middle for middle in placed(layers, way.before, way.after, heights, len(groups))]
    lefts = _lefts(layers, len(middles))
    labels = [label_of(group) for group in groups]
    numbers = {node.id: number for number, node in enumerate(drawn.nodes)}
    return Drawing(
        width=2 * _MARGIN + max(0, len(layers) * (_WIDTH + _BETWEEN_LAYERS) - _BETWEEN_LAYERS),
        height=round(max((middle + size / 2 for middle, size in zip(middles, heights, strict=True)), default=0))
        + _MARGIN,
        box_width=_WIDTH,
        box_height=_HEIGHT,
        boxes=tuple(
            _box(
                groups[place],
                numbers[groups[place][0].id],
                (lefts[place], middles[place]),
                [labels[item] for item in before[place]],
                opening,
            )
            for place in _in_order(layers, len(groups))
        ),
        curves=tuple(_curves(way, lefts, middles, len(groups))),
        rows=_rows(drawn),
    )


def _lefts(layers: Layers, count: int) -> list[int]:
    lefts = [0] * count
    for column, layer in enumerate(layers):
        for place in layer:
            lefts[place] = _MARGIN + column * (_WIDTH + _BETWEEN_LAYERS)
    return lefts


def _in_order(layers: Layers, real: int) -> Iterator[int]:
    """The boxes as they are read: from left to right, and from above to below."""
    return (place for layer in layers for place in layer if place < real)


def _box(
    group: Group, number: int, at: tuple[int, float], inputs: Sequence[str], opening: Callable[[str], str] | None
) -> Box:
    first = group[0]
    return Box(
        id=first.id,
        number=number,
        x=at[0],
        y=round(at[1] - _HEIGHT / 2),
        label=cut(label_of(group), _LABEL_ROOM),
        line=line_of(group, _LINE_ROOM),
        spoken=spoken(group, inputs),
        state=state_of(group),
        sign=shape(state_of(group)),
        count=len(group),
        per_cent=per_cent_of(group),
        href=first.href if len(group) == 1 else (opening or _opening)(first.id),
    )


def _opening(first: str) -> str:
    return f"?{urlencode({'open': first})}"


def _curves(way: Routed, lefts: Sequence[int], middles: Sequence[float], real: int) -> Iterator[str]:
    """One curve between any two places; where an edge passes a layer, it is straight there."""
    edges = [(start, end) for start, found in enumerate(way.after) for end in found]
    for start, end in [*edges, *way.straight]:
        passing = f" h{_WIDTH}" if end >= real else ""
        yield _curve(lefts[start] + _WIDTH, middles[start], lefts[end], middles[end]) + passing


def _curve(left: int, upper: float, right: int, lower: float) -> str:
    bend, begin, end = (left + right) // 2, round(upper), round(lower)
    return f"M{left} {begin}C{bend} {begin} {bend} {end} {right} {end}" if begin != end else f"M{left} {begin}H{right}"


def _rows(drawn: Drawn) -> tuple[Row, ...]:
    labels = {node.id: node.label for node in drawn.nodes}
    inputs: dict[str, list[str]] = {node.id: [] for node in drawn.nodes}
    for start, end in drawn.edges:
        inputs[end].append(labels[start])
    return tuple(Row(node, number, tuple(inputs[node.id]), word_of((node,))) for number, node in enumerate(drawn.nodes))
