"""Runs by id and newest first, and the files they need."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, cast, get_args

from artcelery.core.hashing import is_hash
from artcelery.core.state.octets import octets
from artcelery.core.state.packing import needs_of, pack_detail, pack_run, unpack_run
from artcelery.core.state.paging import PREFIX_LENGTH, cursor_after, position
from artcelery.core.state.protocol import Page, RunFilter
from artcelery.core.state.protocol.facts import ANY
from artcelery.core.state.quota import too_many
from artcelery.core.state.records import Claim, PassRecord, RunRecord, RunStatus
from artcelery.core.state.redis.passes import planned_passes
from artcelery.core.state.redis.replies import pack_claim
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["RedisRuns"]

# How many runs a call looks at whose filters are more than one, so that no call keeps the server for long.
_STEPS = 2000


class RedisRuns:
    """Runs; their nodes lie apart, so that lists do not read them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("walking", "replies", "passes", "runs")

    def open(
        self,
        run: RunRecord,
        passes: Sequence[PassRecord],
        due_at: float,
        *,
        most: int | None = None,
        claim: Claim | None = None,
    ) -> bool:
        """Record a new run with its passes, unless another answered the request of the claim; whether it stands."""
        return self._begin("open", run, passes, due_at, most, claim, again=True)

    def put(self, run: RunRecord) -> None:
        """Record a run, or its new state, unless that is not final and a final one stands."""
        self._write("put", run, again=True)

    def finish(self, run: RunRecord, said: Mapping[str, Any] | None = None) -> bool:
        """Record the final state of a run unless it has one, and forget its passes; whether this call did."""
        return self._write("finish", run, "" if said is None else json.dumps(dict(said), separators=(",", ":")))

    def start(self, run: RunRecord) -> bool:
        """Record that a run that waited has begun; False when it does not wait (any more)."""
        return self._write("start", run)

    def reopen(
        self, run: RunRecord, passes: Sequence[PassRecord] = (), due_at: float = 0.0, *, most: int | None = None
    ) -> bool:
        """Record the new beginning and passes of a run that failed or was cancelled; False when it is none such."""
        return self._begin("reopen", run, passes, due_at, most, None, again=False)

    def get(self, run_id: str) -> RunRecord | None:
        """The run of that id, or the only one whose id begins so (with 6 characters or more), or None."""
        may_be_prefix = len(run_id) >= PREFIX_LENGTH
        found = self._server.read(self._script, "get", run_id, int(may_be_prefix))
        return unpack_run(*found) if found else None

    def status(self, run_id: str) -> RunStatus | None:
        """The status of the run of that whole id, or None."""
        found = self._server.ask("HGET", octets(f"artdag:run:{run_id}"), "status")
        return cast(RunStatus, found.decode()) if found else None

    def page(self, *, limit: int = 50, cursor: str | None = None, only: RunFilter = ANY) -> Page:
        """Runs, newest first, without their nodes and hashes."""
        filters = {
            b"runs:status:": only.status,
            b"runs:user:": only.user if only.member is None else only.member,
            b"runs:config:": only.config if only.config and is_hash(only.config) else None,
            b"runs:named:": only.config if only.config and not is_hash(only.config) else None,
        }
        indexes = [prefix + octets(value) for prefix, value in filters.items() if value is not None]
        after, limit = " ".join(position(cursor)), max(limit, 1)
        walked = self._walk(indexes, limit + 1, after=after, since=only.since)
        found = list(islice((run for run in walked if only.member in (None, run.member)), limit + 1))
        runs = tuple(found[:limit])
        return Page(runs, cursor_after(runs[-1]) if len(found) > limit else None)

    def unfinished(self, member: str) -> int:
        """How many runs of a user of L2 are not over."""
        return int(self._server.read(self._script, "unfinished", octets(member)))

    def counts(self) -> Mapping[RunStatus, int]:
        """How many runs have each status."""
        statuses: tuple[RunStatus, ...] = get_args(RunStatus)
        found = self._server.ask_all([("ZCARD", f"artdag:runs:status:{status}") for status in statuses])
        return dict(zip(statuses, found, strict=True))

    def last_of(self, config_name: str, *, with_status: RunStatus = "completed") -> RunRecord | None:
        """The newest run of a config of that name, whole."""
        indexes = [b"runs:named:" + octets(config_name), b"runs:status:" + octets(with_status)]
        return next(self._walk(indexes, 1, whole=True), None)

    def using(self, content_hash: str, member: str | None = None) -> Sequence[str]:
        """Ids of the runs (of a user of L2) that need this file."""
        ids = sorted(run_id.decode() for run_id in self._server.ask("SMEMBERS", f"artdag:using:{content_hash}"))
        if member is None:
            return ids
        found = self._server.ask_all([("HGET", f"artdag:run:{run_id}", "record") for run_id in ids])
        return [run.id for record in found if record and (run := unpack_run(record)).member == member]

    def remove(self, run_id: str) -> bool:
        """Forget a run and all that is kept for it; whether there was one."""
        return bool(self._server.write(self._script, "remove", run_id, again=False))

    def _begin(
        self,
        how: str,
        run: RunRecord,
        passes: Sequence[PassRecord],
        due_at: float,
        most: int | None,
        claim: Claim | None,
        *,
        again: bool,
    ) -> bool:
        terms = (time.time(), due_at, "" if most is None else most, *pack_claim(claim))
        stands, *unfinished = self._written(how, run, *terms, *planned_passes(passes), again=again)
        if unfinished and (refusal := too_many(unfinished[0], most)):
            raise refusal
        return bool(stands)

    def _write(self, how: str, run: RunRecord, *more: Argument, again: bool = False) -> bool:
        return bool(self._written(how, run, *more, again=again)[0])

    def _written(self, how: str, run: RunRecord, *more: Argument, again: bool) -> list[int]:
        needs = "\n".join(sorted(needs_of(run)))
        indexed = (run.created_at, run.status, octets(run.user), run.config_id, octets(run.config_name))
        packed = (pack_run(run), pack_detail(run))
        values = (how, run.id, *packed, needs, *indexed, octets(run.member), *more)
        written: list[int] = self._server.write(self._script, "write", *values, again=again)
        return written

    def _walk(
        self, indexes: Sequence[bytes], limit: int, *, after: str = "", since: str | None = None, whole: bool = False
    ) -> Iterator[RunRecord]:
        """Runs that stand in all of the indexes, newest first; asked for step by step."""
        upper: str | bytes = f"({after}" if after else "+"
        lower = "-" if since is None else f"[{since}"
        steps = _STEPS if len(indexes) > 1 else limit
        while upper:
            upper, *found = self._server.read(
                self._script, "page", limit, steps, upper, lower, int(whole), *(indexes or [b"runs"])
            )
            yield from (unpack_run(record, detail or None) for record, detail in found)
