"""Runs as they are read afterwards: lists, one run, its provenance, its removal."""

from __future__ import annotations

import json
from typing import Any

from artcelery.core.engine.context import Context
from artcelery.core.errors import NotAllowedError, NotFoundError
from artcelery.core.runs import sweep_dead
from artcelery.core.state.protocol import Page
from artcelery.core.state.records import RunRecord, RunStatus

__all__ = ["Records"]


class Records:
    """The runs that this engine knows."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def page(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        status: RunStatus | None = None,
        user: str | None = None,
        config: str | None = None,
        since: str | None = None,
    ) -> Page:
        """Runs, newest first."""
        self._sweep()
        return self._context.state.runs.page(
            limit=limit, cursor=cursor, status=status, user=user, config=config, since=since
        )

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

    def _sweep(self) -> None:
        if not self._context.read_only:
            sweep_dead(self._context.state.runs)
