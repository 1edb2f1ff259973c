"""Runs as they are read afterwards: lists, one run, its provenance, its removal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from artcelery.core.engine.context import Context
from artcelery.core.errors import CancelledError, NotAllowedError, NotFoundError
from artcelery.core.runs import failed
from artcelery.core.state.protocol.facts import ANY, Page, RunFilter
from artcelery.core.state.records import Entry, PassRecord, RunRecord

__all__ = ["Records"]


class Records:
    """The runs that this engine knows."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def page(self, *, limit: int = 50, cursor: str | None = None, only: RunFilter = ANY) -> Page:
        """Runs, newest first."""
        self._sweep()
        return self._context.state.runs.page(limit=limit, cursor=cursor, only=only)

    def get(self, run_id: str) -> RunRecord:
        """A run by its id, a unique prefix of it, or "last"; NotFoundError when there is none."""
        self._sweep()
        if run_id == "last":
            newest = self._context.state.runs.page(limit=1).runs
            run_id = newest[0].id if newest else run_id
        run = self._context.state.runs.get(run_id)
        if run is None:
            raise NotFoundError(f"there is no run {run_id!r}; `artcelery runs list` shows them")
        return run

    def provenance(self, run_id: str) -> dict[str, Any]:
        """The provenance record of a completed run."""
        run = self.get(run_id)
        if run.provenance_hash is None:
            raise NotFoundError(f"run {run.id} has no provenance record: it is {run.status}")
        path = self._context.store.find(run.provenance_hash)
        if path is None:
            raise NotFoundError(f"the provenance record {run.provenance_hash} has gone from the cache")
        record: dict[str, Any] = json.loads(path.read_bytes())
        return record

    def remove(self, run_id: str) -> RunRecord:
        """Forget a run; its files stay until they are removed or pruned. A running one is refused."""
        run = self.get(run_id)
        if run.status in ("pending", "running"):
            raise NotAllowedError(f"run {run.id} is {run.status}; stop it first")
        self._context.state.runs.remove(run.id)
        return run

    def cancel(self, run_id: str) -> RunRecord:
        """Stop a run; who renders for it hears of it within a second. NotAllowedError when it is over."""
        run = self.get(run_id)
        ended = failed(run, CancelledError("it was cancelled"))
        if not self._context.state.runs.finish(ended, {}):
            raise NotAllowedError(f"run {run.id} is {self.get(run.id).status} already")
        return ended

    def passes(self, run_id: str) -> Sequence[PassRecord]:
        """What a submitted run still has to do, and how far that is."""
        return [item for item in self._context.state.passes.of_run(self.get(run_id).id) if item.name]

    def journal(self, run_id: str, after: int = 0) -> Sequence[Entry]:
        """What happened to a submitted run after entry number `after`, oldest first."""
        return self._context.state.journal.since(self.get(run_id).id, after)

    def _sweep(self) -> None:
        if not self._context.read_only:
            self._context.sweep()
