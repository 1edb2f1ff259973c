"""What a run of a user of L2 uses and makes is theirs: they may read it, and it counts as theirs."""

from __future__ import annotations

from artcelery.core.engine.context import Context
from artcelery.core.engine.papers import origin_of
from artcelery.core.plan import Plan
from artcelery.core.runs import now
from artcelery.core.state.protocol import Files
from artcelery.core.state.records import Holding, RunRecord

__all__ = ["hold_made", "hold_used"]


def hold_used(context: Context, run: RunRecord, plan: Plan) -> None:
    """Make the inputs and the config of a run its user's, before the run is recorded."""
    if not (user := run.member):
        return
    files = context.state.belongings(user).files
    for source in plan.graph.sources.values():
        _hold(context, files, source.content_hash, source.clip.kind, source.name, "input")
    config = plan.graph.config
    _hold(context, files, config.id, "", config.name, origin_of(config))


def hold_made(context: Context, run: RunRecord) -> None:
    """Make what a completed run made its user's, before its end is recorded: nodes that were kept, output, record."""
    if not (user := run.member):
        return
    files = context.state.belongings(user).files
    for node in run.nodes:
        if node.content_hash and node.content_hash != run.output_hash:
            _hold(context, files, node.content_hash, "", f"{node.id} of {run.config_name}", "render")
    _hold(context, files, run.output_hash or "", "", run.output_name, "render")
    _hold(context, files, run.provenance_hash or "", "data", run.output_name, "record")


def _hold(context: Context, files: Files, content_hash: str, kind: str, name: str, origin: str) -> None:
    """Record a file as theirs unless it is. What others call it is not for them to know."""
    if files.get(content_hash) is not None:
        return
    fact = context.state.media.get(content_hash)
    size_bytes = fact.size_bytes if fact else 0
    if not size_bytes and (path := context.store.find(content_hash)):
        size_bytes = path.stat().st_size
    clip = (fact.clip if fact else None) or {}
    kind = kind or str(clip.get("kind", ""))
    files.put(Holding(content_hash, size_bytes, kind, name, origin, now()))
