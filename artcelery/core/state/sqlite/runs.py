"""Runs by id and newest first, and the files they need."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from artcelery.core.hashing import is_hash
from artcelery.core.state.octets import octets
from artcelery.core.state.packing import needs_of, pack_detail, pack_run, unpack_run
from artcelery.core.state.paging import FINAL, PREFIX_LENGTH, REOPENED, cursor_after, position
from artcelery.core.state.protocol import Page, RunFilter
from artcelery.core.state.protocol.facts import ANY
from artcelery.core.state.quota import too_many
from artcelery.core.state.records import Claim, PassRecord, RunRecord, RunStatus
from artcelery.core.state.sqlite.database import Database
from artcelery.core.state.sqlite.journal import write_entry
from artcelery.core.state.sqlite.passes import forget_passes, plan_passes
from artcelery.core.state.sqlite.replies import is_answered, write_reply

__all__ = ["SqliteRuns"]

_LAST_CHARACTER = "\U0010ffff"
_WHOLE = "SELECT record, detail FROM runs JOIN run_details ON run_id = id"
_OF_A_MEMBER = "user = CAST(json_extract(record, '$.asked.member') AS BLOB)"
_UNFINISHED = f"SELECT count(*) FROM runs WHERE user = ? AND status IN ('pending', 'running') AND {_OF_A_MEMBER}"
_NEWEST_FIRST = "ORDER BY created_at DESC, id DESC LIMIT ?"


class SqliteRuns:
    """Runs; their nodes lie apart, so that lists do not read them."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        with self._database.write() as connection:
            if _status(connection, run.id) is not None:
                return True
            if claim is not None and is_answered(connection, claim):
                return False
            if refusal := too_many(_unfinished(connection, run.member), most):
                raise refusal
            _write(connection, run)
            plan_passes(connection, run.id, passes, due_at)
            if claim is not None:
                write_reply(connection, claim, run.id)
        return True

    def put(self, run: RunRecord) -> None:
        """Record a run, or its new state, unless that is not final and a final one stands."""
        with self._database.write() as connection:
            if run.status in FINAL or _status(connection, run.id) not in FINAL:
                _write(connection, run)

    def finish(self, run: RunRecord, said: Mapping[str, Any] | None = None) -> bool:
        """Record the final state of a run unless it has one, and forget its passes; whether this call did."""
        with self._database.write() as connection:
            if _status(connection, run.id) in FINAL:
                return False
            _write(connection, run)
            forget_passes(connection, run.id)
            if said is not None:
                write_entry(connection, run.id, run.status, said)
        return True

    def start(self, run: RunRecord) -> bool:
        """Record that a run that waited has begun; False when it does not wait (any more)."""
        with self._database.write() as connection:
            if _status(connection, run.id) != "pending":
                return False
            _write(connection, run)
        return True

    def reopen(
        self, run: RunRecord, passes: Sequence[PassRecord] = (), due_at: float = 0.0, *, most: int | None = None
    ) -> bool:
        """Record the new beginning and passes of a run that failed or was cancelled; False when it is none such."""
        with self._database.write() as connection:
            if _status(connection, run.id) not in REOPENED:
                return False
            if refusal := too_many(_unfinished(connection, run.member), most):
                raise refusal
            _write(connection, run)
            plan_passes(connection, run.id, passes, due_at)
            write_entry(connection, run.id, "retried", {})
        return True

    def get(self, run_id: str) -> RunRecord | None:
        """The run of that id, or the only one whose id begins so (with 6 characters or more), or None."""
        rows = self._database.read(f"{_WHOLE} WHERE id = ?", (run_id,))
        if not rows and len(run_id) >= PREFIX_LENGTH:
            between = (run_id, run_id + _LAST_CHARACTER)
            rows = self._database.read(f"{_WHOLE} WHERE id >= ? AND id < ? LIMIT 2", between)
        return unpack_run(*rows[0]) if len(rows) == 1 else None

    def status(self, run_id: str) -> RunStatus | None:
        """The status of the run of that whole id, or None."""
        rows = self._database.read("SELECT status FROM runs WHERE id = ?", (run_id,))
        return rows[0][0] if rows else None

    def page(self, *, limit: int = 50, cursor: str | None = None, only: RunFilter = ANY) -> Page:
        """Runs, newest first, without their nodes and hashes."""
        user = only.user if only.member is None else only.member
        conditions = {
            "status = ?": only.status,
            "user = ?": None if user is None else octets(user),
            "config_id = ?": only.config if only.config and is_hash(only.config) else None,
            "config_name = ?": octets(only.config) if only.config and not is_hash(only.config) else None,
            "created_at >= ?": only.since,
        }
        used = {sql: value for sql, value in conditions.items() if value is not None}
        after, limit = position(cursor), max(limit, 1)
        more = {"(created_at, id) < (?, ?)": bool(after), _OF_A_MEMBER: only.member is not None}
        clauses = [*used, *(sql for sql, is_meant in more.items() if is_meant)]
        where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
        rows = self._database.read(
            f"SELECT record FROM runs {where} {_NEWEST_FIRST}", (*used.values(), *after, limit + 1)
        )
        runs = tuple(unpack_run(record) for (record,) in rows[:limit])
        return Page(runs, cursor_after(runs[-1]) if len(rows) > limit else None)

    def unfinished(self, member: str) -> int:
        """How many runs of a user of L2 are not over."""
        return int(self._database.read(_UNFINISHED, (octets(member),))[0][0])

    def counts(self) -> Mapping[RunStatus, int]:
        """How many runs have each status."""
        found: dict[str, int] = dict(self._database.read("SELECT status, count(*) FROM runs GROUP BY status"))
        return {status: found.get(status, 0) for status in get_args(RunStatus)}

    def last_of(self, config_name: str, *, with_status: RunStatus = "completed") -> RunRecord | None:
        """The newest run of a config of that name, whole."""
        sql = f"{_WHOLE} WHERE config_name = ? AND status = ? {_NEWEST_FIRST}"
        rows = self._database.read(sql, (octets(config_name), with_status, 1))
        return unpack_run(*rows[0]) if rows else None

    def using(self, content_hash: str, member: str | None = None) -> Sequence[str]:
        """Ids of the runs (of a user of L2) that need this file."""
        whose = f"SELECT 1 FROM runs WHERE id = run_id AND user = ? AND {_OF_A_MEMBER}"
        theirs = "" if member is None else f"AND EXISTS ({whose})"
        sql = f"SELECT run_id FROM run_hashes WHERE content_hash = ? {theirs} ORDER BY run_id"
        values = (content_hash,) if member is None else (content_hash, octets(member))
        return [run_id for (run_id,) in self._database.read(sql, values)]

    def remove(self, run_id: str) -> bool:
        """Forget a run and all that is kept for it; whether there was one."""
        with self._database.write() as connection:
            forget_passes(connection, run_id)
            connection.execute("DELETE FROM run_hashes WHERE run_id = ?", (run_id,))
            connection.execute("DELETE FROM run_details WHERE run_id = ?", (run_id,))
            connection.execute("DELETE FROM journal WHERE run_id = ?", (run_id,))
            return connection.execute("DELETE FROM runs WHERE id = ?", (run_id,)).rowcount > 0


def _status(connection: sqlite3.Connection, run_id: str) -> str | None:
    row = connection.execute("SELECT status FROM runs WHERE id = ?", (run_id,)).fetchone()
    return row[0] if row else None


def _unfinished(connection: sqlite3.Connection, member: str) -> int:
    return int(connection.execute(_UNFINISHED, (octets(member),)).fetchone()[0])


def _write(connection: sqlite3.Connection, run: RunRecord) -> None:
    connection.execute(
        "INSERT INTO runs (id, created_at, status, user, config_id, config_name, record) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, status = excluded.status,"
        " user = excluded.user, config_id = excluded.config_id, config_name = excluded.config_name,"
        " record = excluded.record",
        (
            run.id,
            run.created_at,
            run.status,
            octets(run.user),
            run.config_id,
            octets(run.config_name),
            pack_run(run),
        ),
    )
    connection.execute("INSERT OR REPLACE INTO run_details (run_id, detail) VALUES (?, ?)", (run.id, pack_detail(run)))
    _write_hashes(connection, run)


def _write_hashes(connection: sqlite3.Connection, run: RunRecord) -> None:
    """Make the index of needed files right, writing only what differs: a run is recorded several times."""
    rows = connection.execute("SELECT content_hash FROM run_hashes WHERE run_id = ?", (run.id,)).fetchall()
    standing, needed = {content_hash for (content_hash,) in rows}, needs_of(run)
    connection.executemany(
        "DELETE FROM run_hashes WHERE content_hash = ? AND run_id = ?",
        [(content_hash, run.id) for content_hash in standing - needed],
    )
    connection.executemany(
        "INSERT INTO run_hashes (content_hash, run_id) VALUES (?, ?)",
        [(content_hash, run.id) for content_hash in sorted(needed - standing)],
    )
