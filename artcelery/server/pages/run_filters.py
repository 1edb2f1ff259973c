"""Which runs the page of runs is asked for: what stands in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import Query

from artcelery.core.engine.people import Who
from artcelery.core.errors import UsageError
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import RunRecord, RunStatus

__all__ = ["STATUSES", "Asked", "asked", "is_of"]

STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of a list of runs, as its form has them: what is empty is not asked for."""

    status: str = ""
    recipe: str = ""
    user: str = ""
    since: str = ""

    @property
    def only(self) -> RunFilter:
        """The same as the state is asked; UsageError when it is nothing that can be asked."""
        return RunFilter(_status(self.status), self.user or None, self.recipe or None, _time(self.since))

    @property
    def is_all(self) -> bool:
        """Whether no filter is set."""
        return self == Asked()

    def query(self, **more: str) -> str:
        """The query of an address with these filters."""
        said = {"status": self.status, "recipe": self.recipe, "user": self.user, "since": self.since, **more}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"?{query}" if query else ""


def asked(
    status: Annotated[str, Query(max_length=20)] = "",
    recipe: Annotated[str, Query(max_length=200)] = "",
    user: Annotated[str, Query(max_length=300)] = "",
    since: Annotated[str, Query(max_length=40)] = "",
) -> Asked:
    """The filters in the address of a request."""
    return Asked(status, recipe.strip(), user.strip(), since)


def is_of(run: RunRecord, who: Who, only: RunFilter) -> bool:
    """Whether a run is somebody's to see, and of the list, whatever its status."""
    return (
        (who.is_operator or run.member == who.user)
        and only.user in (None, run.user)
        and only.config in (None, run.config_name, run.config_id)
        and (only.since is None or run.created_at >= only.since)
    )


def _status(said: str) -> RunStatus | None:
    found = next((status for status in STATUSES if status == said), None)
    if said and found is None:
        raise UsageError(f"{said!r} is no status of a run; there are {', '.join(STATUSES)}")
    return found


def _time(said: str) -> str | None:
    """A day or a moment as records have it; without a zone it is UTC."""
    if not said:
        return None
    try:
        time = datetime.fromisoformat(said)
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        raise UsageError(f"{said!r} is no day; write it as 2026-11-25") from None
