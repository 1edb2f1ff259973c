"""What a task carries: a small description of one pass. The state is the truth; the message is only a bell."""

from __future__ import annotations

from typing import Any

import artcelery
from artcelery.core.state.records import PassRecord

__all__ = ["FORMAT", "TASK", "call_of", "not_understood"]

FORMAT = 1
"""Changes when a worker that does not know the new description must leave it alone."""

TASK = "artcelery.execute"


def call_of(record: PassRecord) -> dict[str, Any]:
    """The description of a pass, as plain values."""
    return {
        "format": FORMAT,
        "version": artcelery.__version__,
        "run": record.run_id,
        "pass": record.name,
        "key": record.key,
        "encoding": record.encoding,
        "frames": record.frames,
    }


def not_understood(call: dict[str, Any], worker: str) -> str | None:
    """Why this worker leaves a description alone, naming both sides; None when it understands it."""
    if call.get("format") == FORMAT:
        return None
    said = f"artcelery {call.get('version', 'of unknown version')} (format {call.get('format')})"
    mine = f"artcelery {artcelery.__version__}, which reads format {FORMAT}"
    return f"the worker {worker} is {mine}; this pass was described by {said}: start workers of that version"
