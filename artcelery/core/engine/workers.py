"""What workers do right now, for whoever looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from artcelery.core.state.protocol import State, Waiting
from artcelery.core.state.records import PassRecord, WorkerRecord

__all__ = ["Overview", "overview"]


@dataclass(frozen=True, slots=True)
class Overview:
    """The workers that are alive, the passes that are worked on, and what waits by queue."""

    workers: Sequence[WorkerRecord]
    running: Sequence[PassRecord]
    queues: Mapping[str, Waiting]

    def busy(self) -> Iterator[tuple[WorkerRecord, int]]:
        """Each worker, and how many passes it works on."""
        counts = Counter(item.worker for item in self.running)
        return ((worker, counts[worker.name]) for worker in self.workers)

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "workers": [{**asdict(worker), "busy": busy} for worker, busy in self.busy()],
            "running": [asdict(item) for item in self.running],
            "queues": {name: asdict(item) for name, item in self.queues.items()},
        }


def overview(state: State) -> Overview:
    """What workers do right now."""
    running = [item for item in state.passes.running() if item.name]
    return Overview(state.workers.all(), running, state.passes.waiting())
