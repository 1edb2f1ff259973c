"""About how long passes will take, from how long similar ones took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from artcelery.core.graph import Graph
from artcelery.core.plan.model import File, Pass
from artcelery.core.state.records import Result, RunRecord

__all__ = ["estimated"]


def estimated(
    passes: Sequence[Pass], results: Mapping[File, Result], last: RunRecord | None, graph: Graph
) -> tuple[Pass, ...]:
    """The passes with their seconds: a part takes as long as the known parts of its film did, by its frames; any other
    pass as long as it did in the last run of the config."""
    before = {node.id: node.seconds for node in last.nodes if node.seconds} if last else {}
    rate = _part_rate(passes, results)
    return tuple(replace(item, seconds=_seconds(item, rate, before)) for item in passes)


def _seconds(item: Pass, rate: float | None, before: Mapping[str, float]) -> float | None:
    if item.part is not None:
        return round(rate * item.frames, 3) if rate is not None else None
    return before.get(item.node)


def _part_rate(passes: Sequence[Pass], results: Mapping[File, Result]) -> float | None:
    """Seconds a frame of the parts that are known."""
    join = next((item.join for item in passes if item.join), None)
    timed = (
        [
            (results[file].seconds, frames)
            for file, frames in zip(join.files, join.frames, strict=True)
            if file in results and results[file].seconds
        ]
        if join
        else []
    )
    return sum(seconds for seconds, _ in timed) / sum(frames for _, frames in timed) if timed else None
