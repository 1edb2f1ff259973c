"""Run: status, life cycle and deletion rules. A run ends once, and its record says how."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from artcelery.core.errors import ArtceleryError, CancelledError, NotAllowedError, UsageError
from artcelery.core.plan import Plan
from artcelery.core.state.holder import holder_id, holder_is_dead
from artcelery.core.state.protocol import RunFilter, Runs
from artcelery.core.state.records import NodeRecord, Result, RunRecord, RunStatus

__all__ = [
    "ID_ALPHABET",
    "ID_LENGTH",
    "completed",
    "failed",
    "new_run",
    "new_run_id",
    "now",
    "recorded_time",
    "refuse_if_needed",
    "sweep_dead",
]

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 26


def now() -> str:
    """The time as ISO 8601, UTC, to the millisecond."""
    return recorded_time(datetime.now(UTC))


def recorded_time(time: datetime) -> str:
    """A time as records have it; without a zone it is UTC. UsageError when it is before all times."""
    try:
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        raise UsageError(f"{time} is no time that a run can have begun at") from None


def new_run_id() -> str:
    """A new id of 26 characters that sorts by time: 48 bits of milliseconds, 80 random bits, Crockford base 32."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    return "".join(ID_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def new_run(
    plan: Plan, *, user: str, output_name: str, params: dict[str, Any], asked: dict[str, Any], submitted: bool = False
) -> RunRecord:
    """The record of a run that begins now, here; or, `submitted`, when some worker takes it up."""
    graph = plan.graph
    began = now()
    return RunRecord(
        id=new_run_id(),
        status="pending" if submitted else "running",
        config_id=graph.config.id,
        config_name=graph.config.name,
        created_at=began,
        started_at=None if submitted else began,
        inputs={name: source.content_hash for name, source in graph.sources.items()},
        params=params,
        encoding=plan.encoding.to_json() if plan.encoding else {},
        asked=asked,
        user=user,
        output_name=output_name,
        output_key="" if plan.waiting else graph.target.key,
        nodes=_node_records(plan),
        holder="" if submitted else holder_id(),
        hashes=tuple(sorted({node.effect.content_hash for node in graph.nodes.values() if node.effect})),
    )


def _node_records(plan: Plan) -> tuple[NodeRecord, ...]:
    def record(node_id: str) -> NodeRecord:
        node, planned = plan.graph.nodes[node_id], plan.nodes[node_id]
        effect = {"name": node.effect.name, "content_hash": node.effect.content_hash} if node.effect else None
        return NodeRecord(
            id=node.id,
            type=node.type,
            key=node.key,
            config=node.op.key_config() if node.type != "SOURCE" else {},
            inputs=node.inputs,
            effect=effect,
            status="pending" if planned.status == "render" else planned.status,
            reason=planned.reason,
            content_hash=node.key if node.type == "SOURCE" else None,
        )

    return tuple(record(node_id) for node_id in plan.graph.nodes)


def completed(
    run: RunRecord, output_hash: str, made: dict[str, Result], provenance_hash: str, costs: Mapping[str, float]
) -> RunRecord:
    """The run, ended well; `made` are the results of its passes by the pass's name, `costs` what nodes in them took."""
    nodes = tuple(_ended(node, made, costs) for node in run.nodes)
    return replace(
        run,
        status="completed",
        output_hash=output_hash,
        nodes=nodes,
        finished_at=now(),
        provenance_hash=provenance_hash,
        holder="",
    )


def _ended(node: NodeRecord, made: dict[str, Result], costs: Mapping[str, float]) -> NodeRecord:
    result, cost = made.get(node.id), costs.get(node.id)
    if result is not None:
        return replace(node, status="rendered", content_hash=result.content_hash, seconds=result.seconds, cost_s=cost)
    return replace(node, status="rendered", cost_s=cost) if node.status == "pending" else node


def failed(run: RunRecord, error: BaseException) -> RunRecord:
    """The run, ended badly or cancelled, with the reason."""
    stopped = isinstance(error, CancelledError) or not isinstance(error, Exception)
    code = error.code if isinstance(error, ArtceleryError) else ("cancelled" if stopped else "internal")
    message = str(error) or ("interrupted" if stopped else type(error).__name__)
    nodes = tuple(replace(node, status="failed") if node.status == "pending" else node for node in run.nodes)
    status: RunStatus = "cancelled" if stopped else "failed"
    return replace(
        run, status=status, error={"code": code, "message": message}, nodes=nodes, finished_at=now(), holder=""
    )


def sweep_dead(runs: Runs) -> int:
    """Mark runs whose process is gone as failed; how many there were."""
    swept = 0
    for stub in runs.page(limit=1000, only=RunFilter(status="running")).runs:
        if stub.holder and holder_is_dead(stub.holder):
            run = runs.get(stub.id) or stub
            error = {"code": "interrupted", "message": "the process that rendered it is gone; run it again"}
            swept += runs.finish(replace(run, status="failed", error=error, finished_at=now(), holder=""))
    return swept


def refuse_if_needed(content_hash: str, runs: Runs) -> None:
    """NotAllowedError, naming the runs, when a run needs this file."""
    using = runs.using(content_hash)
    if using:
        raise NotAllowedError(
            f"{content_hash[:12]} is needed by {_named(using)}; remove the run first (`artcelery runs rm {using[0]}`)"
        )


def _named(runs: Sequence[str]) -> str:
    shown = ", ".join(runs[:3])
    more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
    return f"run{'s' if len(runs) > 1 else ''} {shown}{more}"
