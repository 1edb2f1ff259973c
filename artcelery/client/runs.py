"""The runs of a server, as the engine has its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from artcelery.client.http import Http, path_of
from artcelery.client.records import record_of
from artcelery.core.state.protocol.facts import ANY, Page, RunFilter
from artcelery.core.state.records import Entry, PassRecord, RunRecord

__all__ = ["RemoteRuns", "run_path"]


class RemoteRuns:
    """The runs that a server shows to who asks."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def page(self, *, limit: int = 50, cursor: str | None = None, only: RunFilter = ANY) -> Page:
        """Runs, newest first."""
        which = {"status": only.status, "user": only.user, "recipe": only.config, "since": only.since}
        asked = {"limit": limit, "cursor": cursor, **which}
        given = {name: value for name, value in asked.items() if value is not None}
        return record_of(Page, self._http.json("GET", "/runs", params=given))

    def get(self, run_id: str) -> RunRecord:
        """A run by its id, a unique prefix of it, or "last"; NotFoundError when there is none."""
        return record_of(RunRecord, self._http.json("GET", run_path(run_id)))

    def passes(self, run_id: str) -> Sequence[PassRecord]:
        """What a run still has to do, and how far that is."""
        said = self._http.json("GET", run_path(run_id))
        return [record_of(PassRecord, item) for item in said["passes"]]

    def provenance(self, run_id: str) -> dict[str, Any]:
        """The provenance record of a completed run."""
        return self._http.json("GET", run_path(run_id, "provenance"))

    def journal(self, run_id: str) -> Sequence[Entry]:
        """What happened to a run, oldest first."""
        return [record_of(Entry, said) for said in self._http.pages(run_path(run_id, "journal"), "entries")]

    def cancel(self, run_id: str) -> RunRecord:
        """Stop a run; NotAllowedError when it is over."""
        return record_of(RunRecord, self._http.json("POST", run_path(run_id, "cancel")))

    def remove(self, run_id: str) -> RunRecord:
        """Forget a run; one that waits or runs is refused."""
        return record_of(RunRecord, self._http.json("DELETE", run_path(run_id)))


def run_path(run_id: str, *more: str) -> str:
    """Where a run is on a server."""
    return path_of("runs", run_id, *more)
