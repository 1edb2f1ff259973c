"""Runs as who operates a farm looks at them: what waits and why, and what failed lately and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from artcelery.core.engine.people import Member
from artcelery.core.errors import NotFoundError
from artcelery.core.runs import recorded_time
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import RunRecord, RunStatus
from artcelery.server.pages.capacity import Capacity, waits_s
from artcelery.server.pages.run_rows import Row, seconds_between

__all__ = ["Delay", "Wait", "delay_of", "failures_of", "names_of", "waits_of"]

_MOST_FAILURES = 5
_LATELY = 20
_NAMED_AT_ONCE = 200
_UNFINISHED: Sequence[RunStatus] = ("running", "pending")


@dataclass(frozen=True, slots=True)
class Wait:
    """A pass that could be begun: of which run, for how long already, and why it is not."""

    run_id: str
    name: str
    queue: str
    waits_s: float
    why: str


@dataclass(frozen=True, slots=True)
class Delay:
    """How long the last runs waited until they began: half of them no longer than `median_s`."""

    runs: int
    median_s: float
    longest_s: float


def waits_of(capacity: Capacity) -> Sequence[Wait]:
    """What has been ready for longest."""
    return [Wait(item.run_id, item.name, item.queue, waits_s(item), capacity.why(item)) for item in capacity.oldest]


def failures_of(operator: Member) -> Sequence[Row]:
    """The last runs that failed within a day."""
    since = recorded_time(datetime.now(UTC) - timedelta(days=1))
    return [Row.of(run) for run in _page(operator, RunFilter(status="failed", since=since), _MOST_FAILURES)]


def delay_of(operator: Member) -> Delay | None:
    """How long runs waited lately until workers began them; None when they began none."""
    runs = _page(operator, RunFilter(status="completed"), _LATELY)
    waited = [seconds for run in runs if (seconds := seconds_between(run.created_at, run.started_at))]
    return Delay(len(waited), median(waited), max(waited)) if waited else None


def names_of(operator: Member, run_ids: Iterable[str]) -> Mapping[str, str]:
    """What runs are called, by id; those that have gone are not there."""
    wanted, found = set(run_ids), dict[str, str]()
    for status in _UNFINISHED:
        if wanted - found.keys():
            found |= {run.id: run.config_name for run in _page(operator, RunFilter(status=status), _NAMED_AT_ONCE)}
    for run_id in wanted - found.keys():
        with suppress(NotFoundError):
            found[run_id] = operator.runs.get(run_id).config_name
    return found


def _page(operator: Member, only: RunFilter, limit: int) -> Sequence[RunRecord]:
    """Runs without their nodes, which may be many."""
    return operator.runs.page(limit=limit, only=only).runs
