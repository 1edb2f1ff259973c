"""Drawing a graph: what is alike is folded, the rest is laid out, boxes and curves come out, and a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from urllib.parse import urlencode

from artcelery.server.pages.graphs.drawn import Drawn
from artcelery.server.pages.graphs.folding import Group, folded, state_of
from artcelery.server.pages.graphs.layout import HEIGHT, WIDTH, Layout, laid_out
from artcelery.server.pages.graphs.shapes import Box, Drawing, Row
from artcelery.server.pages.graphs.wording import cut, label_of, line_of, per_cent_of, spoken, word_of
from artcelery.server.pages.icons import shape

__all__ = ["draw"]

Opening = Callable[[str], str]

_MOST, _MOST_LINES = 1_000, 10_000
_LABEL_ROOM, _LINE_ROOM = 18, 22


def draw(drawn: Drawn, opened: Collection[str] = (), opening: Opening | None = None) -> Drawing:
    """Lay out a graph; alike nodes are one box unless the first of them is `opened`, and lead to `opening` of it.

    Of more than a thousand boxes none is drawn, nor where ten thousand lines are between them: nobody could read them.
    """
    groups, edges = folded(drawn, opened)
    is_drawn = len(groups) <= _MOST and len(edges) <= _MOST_LINES
    layout = laid_out(len(groups), edges) if is_drawn else laid_out(0, ())
    return Drawing(
        width=layout.width,
        height=layout.height,
        box_width=WIDTH,
        box_height=HEIGHT,
        boxes=tuple(_boxes(drawn, groups, layout, opening or _opening)),
        curves=tuple(layout.lines),
        rows=tuple(_rows(drawn)),
        nodes=len(drawn.nodes),
    )


def _opening(first: str) -> str:
    return f"?{urlencode({'open': first})}"


def _boxes(drawn: Drawn, groups: Sequence[Group], layout: Layout, opening: Opening) -> Iterator[Box]:
    labels = [label_of(group) for group in groups]
    numbers = {node.id: number for number, node in enumerate(drawn.nodes)}
    for place in layout.in_order:
        group, first = groups[place], groups[place][0]
        yield Box(
            id=first.id,
            number=numbers[first.id],
            x=layout.lefts[place],
            y=round(layout.middles[place] - HEIGHT / 2),
            label=cut(labels[place], _LABEL_ROOM),
            line=line_of(group, _LINE_ROOM),
            spoken=spoken(group, [labels[item] for item in layout.before[place]]),
            state=state_of(group),
            sign=shape(state_of(group)),
            count=len(group),
            per_cent=per_cent_of(group),
            href=first.href if len(group) == 1 else opening(first.id),
        )


def _rows(drawn: Drawn) -> Iterator[Row]:
    """The first thousand nodes."""
    labels = {node.id: node.label for node in drawn.nodes}
    inputs: dict[str, list[str]] = {node.id: [] for node in drawn.nodes}
    for start, end in drawn.edges:
        inputs[end].append(labels[start])
    for number, node in enumerate(drawn.nodes[:_MOST]):
        yield Row(node, number, tuple(inputs[node.id]), word_of((node,)))
