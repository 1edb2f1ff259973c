"""Advice on keeping: which node, were it kept, would save most of what is rendered again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artcelery.core.graph import Graph, Node
from artcelery.core.plan.model import Pass
from artcelery.core.state.records import RunRecord

__all__ = ["advice_for"]

_PIXELS_A_SECOND = 40e6
"""How fast a picture is written without loss and read again on one processor (FFV1, 1080p, measured)."""

_WORTH_S = 2.0
_MUCH_MORE = 3.0


def advice_for(graph: Graph, passes: Sequence[Pass], last: RunRecord | None) -> tuple[str, ...]:
    """The nodes that are rendered again though nothing changed, and whose work, as the last run measured it, is much
    more than keeping them would be."""
    again = {name for item in passes for name in item.nodes}
    return tuple(
        f"{name!r} takes {cost:.1f} s each time though it has not changed; `cache: true` would keep it"
        f" (about {keeping:.1f} s, once)"
        for name, cost, keeping in _measured(graph, last)
        if name in again and cost >= max(_WORTH_S, _MUCH_MORE * keeping)
    )


def _measured(graph: Graph, last: RunRecord | None) -> Iterator[tuple[str, float, float]]:
    """Node, its processor seconds in the last run, and about how many it takes to keep it: of unchanged nodes."""
    for before in last.nodes if last else ():
        node = graph.nodes.get(before.id)
        unchanged = node is not None and node.key == before.key and node.id != graph.output and not node.cache
        if unchanged and before.cost_s and node is not None:
            yield node.id, before.cost_s, _keeping_s(node)


def _keeping_s(node: Node) -> float:
    picture = node.clip.picture
    return picture.width * picture.height * max(1, node.clip.frames) / _PIXELS_A_SECOND if picture else 0.0
