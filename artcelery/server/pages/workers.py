"""The page of workers: whether they suffice, what each renders, what waits and why, what lapsed, and what failed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from fastapi import Request
from fastapi.responses import HTMLResponse

from artcelery.core.engine.workers import Overview
from artcelery.core.state.protocol import Waiting
from artcelery.core.state.records import PassRecord, WorkerRecord
from artcelery.server.given import Operator, ServicesGiven
from artcelery.server.pages.capacity import Capacity
from artcelery.server.pages.farm_runs import delay_of, failures_of, names_of, waits_of
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages

__all__ = ["router"]

router = Pages()

_OWN = "worker."
"""How the names of queues begin that one worker alone takes messages of."""

_KINDS = {"op": "Node types", "encoder": "Encoders", "python": "Python packages"}
"""What the abilities of workers are, by how their names begin."""


@dataclass(frozen=True, slots=True)
class Work:
    """A pass that somebody works on: of which run, how far, since when, and whether nobody has heard of it for long."""

    run_id: str
    name: str
    worker: str
    done: int
    frames: int
    attempts: int
    began_at: float
    has_lapsed: bool

    @classmethod
    def of(cls, record: PassRecord, now: float) -> Self:
        """The work that a record tells of."""
        return cls(
            record.run_id,
            record.name,
            record.worker,
            record.done,
            record.frames,
            record.attempts,
            record.since,
            0 < record.due_at < now,
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """A worker that is alive, and what it renders."""

    name: str
    host: str
    status: str
    busy: int
    concurrency: int
    works: Sequence[Work]
    queues: str
    abilities: Sequence[tuple[str, str]]
    memory_bytes: int
    started_at: str
    version: str

    @classmethod
    def of(cls, worker: WorkerRecord, works: Sequence[Work]) -> Self:
        """The machine that a record tells of."""
        name, _, host = worker.name.partition("@")
        status = "stopping" if worker.stopping else "running" if works else "idle"
        return cls(
            name,
            host,
            status,
            len(works),
            worker.concurrency,
            works,
            ", ".join(name for name in worker.queues if not name.startswith(_OWN)),
            [(words, ", ".join(_named(worker, kind))) for kind, words in _KINDS.items()],
            worker.memory_bytes,
            worker.started_at,
            worker.version,
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: how many passes wait for others, can be begun and are worked on, and how many workers take it.

    Of those that can be begun, the oldest waits for `oldest_s`.
    """

    name: str
    waiting: int
    ready: int
    running: int
    workers: int
    oldest_s: float | None

    @classmethod
    def of(cls, name: str, waiting: Waiting, seen: Overview, now: float) -> Self:
        """The queue that a count tells of."""
        takers = sum(name in worker.queues and not worker.stopping for worker in seen.workers)
        oldest_s = None if waiting.oldest_ready is None else max(0.0, now - waiting.oldest_ready)
        return cls(name, waiting.waiting, waiting.ready, waiting.running, takers, oldest_s)


@router.page("/workers", json="/workers")
def workers(request: Request, operator: Operator, services: ServicesGiven) -> HTMLResponse:
    """Which workers are alive, what they render, whether they suffice, what waits, and what failed."""
    seen, now = services.engine.workers(), time.time()
    capacity, works = Capacity.of(seen, services.engine.state), [Work.of(record, now) for record in seen.running]
    waits = waits_of(capacity)
    return page(
        request,
        "workers.html",
        section="workers",
        capacity=capacity,
        delay=delay_of(operator),
        counts=services.engine.state.runs.counts(),
        machines=_machines(seen, works),
        orphans=_orphans(seen, works),
        waits=waits,
        queues=[Queue.of(name, waiting, seen, now) for name, waiting in sorted(seen.queues.items())],
        failures=failures_of(operator),
        names=names_of(operator, [*(work.run_id for work in works), *(wait.run_id for wait in waits)]),
    )


def _named(worker: WorkerRecord, kind: str) -> Sequence[str]:
    """What of one kind a worker is able to do; of node types without the version."""
    found = (ability.split(":") for ability in worker.abilities)
    return sorted({words[1] for words in found if words[0] == kind})


def _machines(seen: Overview, works: Iterable[Work]) -> Sequence[Machine]:
    """The workers, with what each renders; those that render most first, and then those that stop."""
    held = list(works)
    found = [Machine.of(worker, [work for work in held if work.worker == worker.name]) for worker in seen.workers]
    return sorted(found, key=lambda machine: (-machine.busy, machine.status != "stopping"))


def _orphans(seen: Overview, works: Iterable[Work]) -> Sequence[Work]:
    """What was begun by workers that are not alive any more: it is begun again when its lease lapses."""
    alive = {worker.name for worker in seen.workers}
    return [work for work in works if work.worker not in alive or work.has_lapsed]
