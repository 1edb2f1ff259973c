"""Advice on keeping: which node, were it kept, would save the most of what is rendered again."""

from __future__ import annotations

from collections.abc import Sequence

from artcelery.core.graph import Graph
from artcelery.core.plan.model import Pass
from artcelery.core.state.records import RunRecord

__all__ = ["advice_for"]


def advice_for(graph: Graph, passes: Sequence[Pass], last: RunRecord | None) -> tuple[str, ...]:
    """What keeping a node would have saved, where the last run measured it."""
    return ()
