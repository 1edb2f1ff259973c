"""Records as they are kept. Runs: a short JSON that lists are made of, and the long details, compressed."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, fields
from typing import Any

from artcelery.core.state.records import NodeRecord, RunRecord, WorkerRecord

__all__ = ["needs_of", "pack_detail", "pack_run", "pack_worker", "unpack_run", "unpack_worker"]

_NODE_FIELDS = tuple(field.name for field in fields(NodeRecord))
_APART = ("nodes", "hashes", "tally")
_RUN_FIELDS = tuple(field.name for field in fields(RunRecord) if field.name not in _APART)
_FAST = 1  # most of it are hashes, which no effort makes smaller than half


def pack_run(run: RunRecord) -> str:
    """The run without its nodes and hashes."""
    return _json({**{name: getattr(run, name) for name in _RUN_FIELDS}, "tally": run.reused})


def pack_detail(run: RunRecord) -> bytes:
    """The nodes and hashes of the run."""
    nodes = [{name: getattr(node, name) for name in _NODE_FIELDS} for node in run.nodes]
    return zlib.compress(_json({"nodes": nodes, "hashes": run.hashes}).encode("ascii"), _FAST)


def unpack_run(record: str | bytes, detail: bytes | None = None) -> RunRecord:
    """The run, with its nodes and hashes when they are given."""
    values = json.loads(record)
    tally = values.pop("tally", None)
    if detail is None:
        values["tally"] = tally and tuple(tally)
    else:
        details = json.loads(zlib.decompress(detail))
        values["nodes"] = tuple(_node(node) for node in details["nodes"])
        values["hashes"] = tuple(details["hashes"])
    return RunRecord(**values)


def needs_of(run: RunRecord) -> set[str]:
    """The files that the run needs: inputs, config, output, provenance record, and others that it names."""
    hashes = {*run.hashes, *run.inputs.values(), run.config_id, run.output_hash, run.provenance_hash}
    return {content_hash for content_hash in hashes if content_hash}


def pack_worker(worker: WorkerRecord) -> str:
    """The worker as JSON."""
    return _json(asdict(worker))


def unpack_worker(record: str | bytes) -> WorkerRecord:
    """The worker from such JSON."""
    values = json.loads(record)
    return WorkerRecord(**{**values, "queues": tuple(values["queues"]), "abilities": tuple(values["abilities"])})


def _node(values: dict[str, Any]) -> NodeRecord:
    return NodeRecord(**{**values, "inputs": tuple(values["inputs"])})


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
