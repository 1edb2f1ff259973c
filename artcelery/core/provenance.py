"""The record of a run: what made its output, from what, on what."""

from __future__ import annotations

import os
import platform
import re
import socket
from functools import cache
from pathlib import Path
from typing import Any

import artcelery
from artcelery.core.hashing import canonical, hash_bytes, hash_value
from artcelery.core.plan import Plan
from artcelery.core.runs import now
from artcelery.core.state.records import NodeRecord, Result, RunRecord

__all__ = ["provenance_bytes", "provenance_of"]


def provenance_of(run: RunRecord, plan: Plan, output_hash: str, made: dict[str, Result], actor: str) -> dict[str, Any]:
    """The record of a run whose output is `output_hash`, as plain values."""
    graph = plan.graph
    return {
        "task_id": run.id,
        "rendered_at": now(),
        "rendered_by": actor,
        "output": {"name": run.output_name, "content_hash": output_hash},
        "inputs": [
            {"name": source.name or name, "content_hash": source.content_hash} for name, source in graph.sources.items()
        ],
        "effects": _effects(plan),
        "infrastructure": {"software": _software(), "hardware": _hardware()},
        "config": {"name": graph.config.name, "content_hash": graph.config.id, "params": run.params},
        "nodes": [_node(node) for node in run.nodes],
        "encoding": run.encoding or None,
        "notes": list(plan.notes),
        "passes": [
            {"node": name, "content_hash": result.content_hash, "seconds": result.seconds}
            for name, result in made.items()
        ],
        "versions": versions(),
    }


def provenance_bytes(record: dict[str, Any]) -> bytes:
    """The record as it is stored and hashed: canonical JSON."""
    return canonical(record)


def versions() -> dict[str, str]:
    """The versions that decide what a render looks like."""
    found = {"artcelery": artcelery.__version__, "pyav": _version("av"), "pillow": _version("pillow")}
    return {**found, "numpy": _version("numpy"), "python": platform.python_version(), "ffmpeg": _ffmpeg()}


@cache
def _version(package: str) -> str:
    """The version of an installed package, from the one line that says it (parsing all of them takes 10 ms)."""
    from importlib.metadata import distribution

    found = re.search(r"^Version: (.+)$", distribution(package).read_text("METADATA") or "", re.MULTILINE)
    return found[1].strip() if found else "unknown"


@cache
def _ffmpeg() -> str:
    from artcelery.core.media.versions import ffmpeg_version

    return ffmpeg_version()


def _effects(plan: Plan) -> list[dict[str, str]]:
    effects = {node.effect.content_hash: node.effect for node in plan.graph.nodes.values() if node.effect}
    return [
        {"name": effect.name, "version": effect.version, "content_hash": effect.content_hash}
        for effect in effects.values()
    ]


def _node(node: NodeRecord) -> dict[str, Any]:
    status = "reused" if node.status in ("known", "unused") else "rendered"
    return {"id": node.id, "type": node.type, "key": node.key, "status": status}


@cache
def _software() -> dict[str, str]:
    """artcelery itself, by the hash of its source files."""
    folder = Path(artcelery.__file__).parent
    sources = {
        Path(top, name).relative_to(folder).as_posix(): hash_bytes(Path(top, name).read_bytes())
        for top, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py")
    }
    return {"name": "infra:artcelery", "content_hash": hash_value(sources)}


def _hardware() -> dict[str, str]:
    facts = {"machine": platform.machine(), "system": platform.system(), "cores": os.cpu_count() or 1}
    return {
        "name": f"infra:{socket.gethostname()}",
        "content_hash": hash_value({**facts, "host": socket.gethostname()}),
    }
