"""Finding a run among those of one user, as if there were no others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from artcelery.core.runs import ID_ALPHABET, ID_LENGTH
from artcelery.core.state.paging import PREFIX_LENGTH
from artcelery.core.state.protocol import RunFilter, Runs
from artcelery.core.state.records import RunRecord

__all__ = ["run_among"]

_TIME_LENGTH = 10
_SLACK = timedelta(seconds=10)  # between the time in an id and the time that is recorded
_AT_ONCE = 200


def run_among(runs: Runs, user: str, said: str) -> RunRecord | None:
    """The run of a user by its id, the beginning of one that is theirs alone, or "last"; None when there is none."""
    if said == "last":
        return next((runs.get(run.id) for run in runs.page(limit=1, only=RunFilter(member=user)).runs), None)
    if len(said) == ID_LENGTH:
        run = runs.get(said)
        return run if run is not None and run.member == user else None
    found = list(islice(_beginning_with(runs, user, said), 2))
    return runs.get(found[0]) if len(found) == 1 else None


def _beginning_with(runs: Runs, user: str, said: str) -> Iterator[str]:
    """Ids of runs that begin so, the newest first; an id begins with the time, so that only few are looked at."""
    between = _times(said)
    if between is None:
        return
    since, until = map(_iso, between)
    cursor: str | None = f"{until}~"
    while cursor is not None:
        page = runs.page(limit=_AT_ONCE, cursor=cursor, only=RunFilter(member=user, since=since))
        yield from (run.id for run in page.runs if run.id.startswith(said))
        cursor = page.cursor


def _times(said: str) -> tuple[datetime, datetime] | None:
    """When runs can have begun whose ids begin so; None when no id begins so."""
    if not PREFIX_LENGTH <= len(said) < ID_LENGTH or set(said) - set(ID_ALPHABET):
        return None
    ends = (said[:_TIME_LENGTH].ljust(_TIME_LENGTH, digit) for digit in (ID_ALPHABET[0], ID_ALPHABET[-1]))
    try:
        first, last = (datetime.fromtimestamp(_milliseconds(end) / 1000, UTC) for end in ends)
        return first - _SLACK, last + _SLACK
    except (ValueError, OverflowError, OSError):
        return None


def _milliseconds(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value << 5 | ID_ALPHABET.index(digit)
    return value


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
