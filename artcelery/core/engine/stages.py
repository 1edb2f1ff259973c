"""Runs in stages: what the record of a run says is what its plan says, as soon as more of that is known."""

from __future__ import annotations

from dataclasses import replace

from artcelery.core.engine.order import format_in
from artcelery.core.plan import Plan
from artcelery.core.runs import new_run
from artcelery.core.state.records import RunRecord

__all__ = ["as_planned"]


def as_planned(run: RunRecord, plan: Plan) -> RunRecord:
    """The record of a submitted run, of which more is known now."""
    asked = {**run.asked, "effects": {**run.asked.get("effects", {}), **_effects(plan)}}
    fresh = new_run(plan, user=run.user, output_name=_named(run, plan), params=run.params, asked=asked, submitted=True)
    inputs = {**run.inputs, **fresh.inputs}
    return replace(
        fresh, id=run.id, created_at=run.created_at, status=run.status, started_at=run.started_at, inputs=inputs
    )


def _named(run: RunRecord, plan: Plan) -> str:
    """What the output is called; a name that was made up, or said without an ending, gets it when it is known."""
    if run.encoding or plan.encoding is None:
        return run.output_name
    made_up = run.output_name.endswith(run.config_name)
    return run.output_name if format_in(run.output_name) and not made_up else run.output_name + plan.encoding.suffix


def _effects(plan: Plan) -> dict[str, str]:
    return {node.effect.name: node.effect.content_hash for node in plan.graph.nodes.values() if node.effect}
