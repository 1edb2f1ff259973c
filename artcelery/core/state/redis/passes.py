"""The passes of submitted runs: what waits, what is ready, what is worked on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from artcelery.core.state.holder import holder_is_dead
from artcelery.core.state.octets import octets, text
from artcelery.core.state.protocol import RUNG_AGAIN_S, Waiting
from artcelery.core.state.records import Begun, Ended, PassRecord, Result
from artcelery.core.state.redis.results import pack_result, unpack_result
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["RedisPasses", "planned_passes"]


class RedisPasses:
    """Passes by run and name, and by the file that they make.

    Everything goes by the clock of the server, on which all machines agree: each says with a moment what it thinks that
    the time is now, so that one whose clock is wrong puts nothing off for hours.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("passes")

    def plan(self, run_id: str, passes: Sequence[PassRecord], due_at: float) -> Sequence[PassRecord]:
        """Record what a run has to do, in place of what was recorded before; those that are ready."""
        return _records(self._server.write(self._script, "plan", run_id, time.time(), due_at, *planned_passes(passes)))

    def begin(self, run_id: str, name: str, worker: str, holder: str, ttl_s: float) -> Begun:
        """Begin a pass, with the lease on its file; or why not."""
        asked = (run_id, octets(name), octets(worker), octets(holder), ttl_s, os.urandom(16).hex())
        refused, *more = self._server.write(self._script, "begin", *asked, "")
        if refused == b"held" and holder_is_dead(text(more[1])):
            refused, *more = self._server.write(self._script, "begin", *asked, more[0])
        return Begun(refused=refused.decode()) if refused else Begun(more[0].decode(), _record(more[1]))

    def renew(self, run_id: str, name: str, token: str, ttl_s: float, done: int) -> bool:
        """Whether the pass is still wanted and its lease ours; it then lasts `ttl_s` from now."""
        return bool(self._server.write(self._script, "renew", run_id, octets(name), token, ttl_s, done))

    def end(self, run_id: str, name: str, token: str, result: Result | None) -> Ended:
        """The file of a pass is made: what waited for it, in any run, waits no more."""
        made = (result.key, result.encoding, result.content_hash, pack_result(result)) if result else ()
        standing, ready = self._server.write(self._script, "finish", run_id, octets(name), token, RUNG_AGAIN_S, *made)
        return Ended(unpack_result(standing) if standing else None, tuple(_records(ready)))

    def put_off(self, run_id: str, name: str, token: str, reason: str, due_at: float, *, counted: bool) -> None:
        """Give a pass back unfinished: it is ready again, due at `due_at`, and the lease is free."""
        why = (octets(reason), time.time(), due_at, int(counted))
        self._server.write(self._script, "put_off", run_id, octets(name), token, *why)

    def explain(self, run_id: str, name: str, reason: str, due_at: float) -> None:
        """Say why a ready pass is not begun; it is due again at `due_at`."""
        self._server.write(self._script, "explain", run_id, octets(name), octets(reason), time.time(), due_at)

    def drop(self, run_id: str) -> int:
        """Forget the passes of a run that is over or gone; how many were not done."""
        return int(self._server.write(self._script, "drop", run_id, again=False))

    def due(self, now: float, again_at: float, limit: int) -> Sequence[PassRecord]:
        """Passes whose time has come, each given to one caller."""
        return _records(self._server.write(self._script, "due", time.time(), now, again_at, limit, again=False))

    def get(self, run_id: str, name: str) -> PassRecord | None:
        """The pass, or None."""
        found = self._server.read(self._script, "get", run_id, octets(name))
        return _record(found) if found else None

    def of_run(self, run_id: str) -> Sequence[PassRecord]:
        """The passes of a run, in the order in which they were planned."""
        return _records(self._server.read(self._script, "of_run", run_id))

    def running(self) -> Sequence[PassRecord]:
        """All passes that are worked on, those of longest standing first."""
        return sorted(_records(self._server.read(self._script, "running")), key=lambda item: item.since)

    def ready(self, limit: int) -> Sequence[PassRecord]:
        """Passes that could be begun, those that have been ready for longest first; without the last ones of runs."""
        oldest = _records(self._server.read(self._script, "ready", limit))  # as many of each queue
        return sorted(oldest, key=lambda item: item.since)[:limit]

    def waiting(self) -> Mapping[str, Waiting]:
        """How many passes wait, by queue; without the last ones of runs."""
        counts = sorted(self._server.read(self._script, "waiting"))
        return {
            text(queue): Waiting(waiting, ready, running, float(oldest) if oldest else None)
            for queue, waiting, ready, running, oldest in counts
            if waiting or ready or running
        }


def planned_passes(passes: Sequence[PassRecord]) -> Sequence[Argument]:
    """The passes of a run as scripts take them."""
    made = {(item.key, item.encoding) for item in passes}
    return [value for item in passes for value in _planned(item, made)]


def _planned(item: PassRecord, made: set[tuple[str, str]]) -> tuple[Argument, ...]:
    """The pass as the script takes it; of the files that it waits for, those that the run makes."""
    return (
        octets(item.name),
        item.key,
        item.encoding,
        octets(item.queue),
        json.dumps(item.requires),
        item.frames,
        "" if item.seconds is None else item.seconds,
        octets(item.reason),
        "\n".join(sorted({":".join(file) for file in item.waits_for if file in made})),
    )


def _records(items: Sequence[Sequence[Any]]) -> list[PassRecord]:
    return [_record(values) for values in items]


def _record(values: Sequence[bytes]) -> PassRecord:
    run_id, name, key, encoding, queue, requires, frames, seconds, status, attempts, *more = map(text, values)
    reason, worker, holder, done, since, due_at = more
    return PassRecord(
        run_id,
        name,
        key,
        encoding,
        queue,
        requires=tuple(json.loads(requires)),
        frames=int(frames),
        seconds=float(seconds) if seconds else None,
        status=status,  # type: ignore[arg-type]
        attempts=int(attempts),
        reason=reason,
        worker=worker,
        holder=holder,
        done=int(done),
        since=float(since),
        due_at=float(due_at),
    )
