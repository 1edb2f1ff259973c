"""Which runs changed: those of everybody, read by index, by one reader for all who look at lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from artcelery.core.state.protocol import RunFilter, State
from artcelery.core.state.records import PassRecord, RunRecord, RunStatus

__all__ = ["Changed", "RunsReading", "per_cent_of"]

_NEWEST = 100
_MOST = 500
_MEASURED = 20
_UNFINISHED: Sequence[RunStatus] = ("pending", "running")


@dataclass(frozen=True, slots=True)
class Changed:
    """A run as it is now, or was before it was removed, without its nodes; and how far it is, where that is known."""

    run: RunRecord
    per_cent: int | None = None
    is_removed: bool = False


class RunsReading:
    """Runs that are not over, and the newest ones; what becomes of them is noticed by comparing them with before."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._known: dict[str, Changed] = {}

    def news(self) -> Sequence[Changed]:
        """The runs that changed since the last time; the first time, all that are looked at."""
        newest = self._state.runs.page(limit=_NEWEST)
        found = {run.id: run for run in (*newest.runs, *self._unfinished())}
        oldest = newest.runs[-1].created_at if newest.cursor else ""
        lost = [item.run for item in self._known.values() if item.run.id not in found and _is_missed(item.run, oldest)]
        known, self._known = self._known, {item.run.id: item for item in self._measured(found.values())}
        changed = (item for run_id, item in self._known.items() if known.get(run_id) != item)
        return [*filter(None, map(self._again, lost)), *changed]

    def _unfinished(self) -> Iterator[RunRecord]:
        for status in _UNFINISHED:
            yield from self._state.runs.page(limit=_MOST, only=RunFilter(status=status)).runs

    def _again(self, before: RunRecord) -> Changed | None:
        """What became of a run that is among those that are looked at no more; None where nothing did."""
        run = self._state.runs.get(before.id)
        if run is None:
            return Changed(before, is_removed=True)
        return Changed(run) if _sign(run) != _sign(before) else None

    def _measured(self, runs: Iterable[RunRecord]) -> Iterator[Changed]:
        left = _MEASURED
        for run in runs:
            is_measured = run.status == "running" and not run.holder and left > 0
            left -= is_measured
            yield Changed(run, per_cent_of(self._state.passes.of_run(run.id)) if is_measured else None)


def per_cent_of(passes: Sequence[PassRecord]) -> int | None:
    """How far a run with these passes is; None when nobody can tell."""
    frames = sum(item.frames for item in passes if item.name)
    done = sum(item.frames if item.status == "done" else min(item.done, item.frames) for item in passes if item.name)
    return min(99, 100 * done // frames) if frames else None


def _is_missed(run: RunRecord, oldest: str) -> bool:
    """Whether a run should have been found: it was not over, or is newer than the oldest of the newest."""
    return run.status in _UNFINISHED or run.created_at > oldest


def _sign(run: RunRecord) -> tuple[str, str | None, str | None]:
    return run.status, run.started_at, run.finished_at
