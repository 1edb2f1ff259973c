"""The passes of submitted runs: what waits, what is ready, what is worked on."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence

from artcelery.core.state.octets import octets, text
from artcelery.core.state.paging import FINAL
from artcelery.core.state.protocol import RUNG_AGAIN_S, Waiting
from artcelery.core.state.records import Begun, Ended, PassRecord, Result
from artcelery.core.state.sqlite.database import Database, Row
from artcelery.core.state.sqlite.journal import write_entry
from artcelery.core.state.sqlite.leases import give_back, keep, take
from artcelery.core.state.sqlite.results import write_result

__all__ = ["SqlitePasses", "forget_passes", "plan_passes"]

_COLUMNS = (
    "run_id, name, key, encoding, queue, requires, frames, seconds, status, attempts, reason, worker, holder, done,"
    " since, due_at"
)
_ONE = f"SELECT {_COLUMNS} FROM passes WHERE run_id = ? AND name = ?"
_NEVER = 1e18


class SqlitePasses:
    """Passes by run and name, and by the file that they make."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, run_id: str, passes: Sequence[PassRecord], due_at: float) -> Sequence[PassRecord]:
        """Record what a run has to do, in place of what was recorded before; those that are ready."""
        with self._database.write() as connection:
            if _status(connection, run_id) in FINAL:
                return []
            plan_passes(connection, run_id, passes, due_at)
        return [item for item in self.of_run(run_id) if item.status == "ready"]

    def begin(self, run_id: str, name: str, worker: str, holder: str, ttl_s: float) -> Begun:
        """Begin a pass, with the lease on its file; or why not."""
        now = time.time()
        with self._database.write() as connection:
            item = _found(connection, run_id, name)
            if item is None or item.status == "done":
                return Begun(refused="gone")
            if item.status == "waiting" or (item.status == "ready" and item.since > now):
                return Begun(refused="early")
            token, lapses_at = take(connection, _lease(item), holder, ttl_s)
            if not token:
                sql = "UPDATE passes SET due_at = ? WHERE run_id = ? AND name = ?"
                connection.execute(sql, (lapses_at, run_id, name))
                return Begun(refused="held")
            connection.execute(
                "UPDATE passes SET status = 'running', attempts = attempts + 1, reason = '', worker = ?, holder = ?,"
                " done = 0, since = ?, due_at = ? WHERE run_id = ? AND name = ?",
                (worker, holder, now, lapses_at, run_id, name),
            )
            begun = _found(connection, run_id, name)
            assert begun is not None
            said = {"pass": name, "worker": worker, "attempt": begun.attempts}
            write_entry(connection, run_id, "started", said)
        return Begun(token, begun)

    def renew(self, run_id: str, name: str, token: str, ttl_s: float, done: int) -> bool:
        """Whether the pass is still wanted and its lease ours; it then lasts `ttl_s` from now."""
        with self._database.write() as connection:
            item = _found(connection, run_id, name)
            if item is None or item.status == "done" or not keep(connection, _lease(item), token, ttl_s):
                return False
            connection.execute(
                "UPDATE passes SET status = 'running', done = ?, due_at = ? WHERE run_id = ? AND name = ?",
                (done, time.time() + ttl_s, run_id, name),
            )
        return True

    def end(self, run_id: str, name: str, token: str, result: Result | None) -> Ended:
        """The file of a pass is made: what waited for it, in any run, waits no more."""
        now = time.time()
        with self._database.write() as connection:
            file = (result.key, result.encoding) if result else (run_id, "run")
            standing = write_result(connection, result) if result else None
            give_back(connection, ":".join(file), token)
            sql = "SELECT run_id, name FROM passes WHERE key = ? AND encoding = ? AND status != 'done'"
            for ended in connection.execute(sql, file).fetchall():
                sql = "UPDATE passes SET status = 'done', done = frames, since = ?, due_at = ?"
                connection.execute(f"{sql} WHERE run_id = ? AND name = ?", (now, _NEVER, *ended))
                if standing:
                    said = {"pass": ended[1], "seconds": standing.seconds, "content_hash": standing.content_hash}
                    write_entry(connection, ended[0], "finished", said)
            ready = [item for waiting in _waiting_for(connection, file) if (item := _wait_no_more(connection, waiting))]
        return Ended(standing, tuple(ready))

    def put_off(self, run_id: str, name: str, token: str, reason: str, due_at: float, *, counted: bool) -> None:
        """Give a pass back unfinished: it is ready again, due at `due_at`, and the lease is free."""
        with self._database.write() as connection:
            item = _found(connection, run_id, name)
            key = _lease(item) if item else _held_with(connection, token)
            held = key is not None and give_back(connection, key, token)
            if held and key:
                sql = "UPDATE passes SET due_at = ? WHERE key = ? AND encoding = ? AND status = 'ready' AND since <= ?"
                connection.execute(sql, (time.time(), *key.split(":", 1), time.time()))
            if item is None or not held or item.status != "running":
                return
            connection.execute(
                "UPDATE passes SET status = 'ready', attempts = attempts - ?, reason = ?, worker = '', holder = '',"
                " done = 0, since = ?, due_at = ? WHERE run_id = ? AND name = ?",
                (0 if counted else 1, octets(reason), due_at, due_at, run_id, name),
            )
            write_entry(connection, run_id, "waiting", {"pass": name, "reason": reason})

    def explain(self, run_id: str, name: str, reason: str, due_at: float) -> None:
        """Say why a ready pass is not begun; it is due again at `due_at`."""
        with self._database.write() as connection:
            item = _found(connection, run_id, name)
            if item is None or item.status != "ready":
                return
            sql = "UPDATE passes SET reason = ?, due_at = ? WHERE run_id = ? AND name = ?"
            connection.execute(sql, (octets(reason), due_at, run_id, name))
            if reason != item.reason:
                write_entry(connection, run_id, "waiting", {"pass": name, "reason": reason})

    def drop(self, run_id: str) -> int:
        """Forget the passes of a run that is over or gone; how many were not done."""
        with self._database.write() as connection:
            return forget_passes(connection, run_id) if _status(connection, run_id) in (*FINAL, None) else 0

    def due(self, now: float, again_at: float, limit: int) -> Sequence[PassRecord]:
        """Passes whose time has come, each given to one caller."""
        which = "status IN ('ready', 'running') AND due_at <= ?"
        sql = f"SELECT {_COLUMNS} FROM passes WHERE {which} ORDER BY due_at LIMIT ?"
        if not self._database.read(sql, (now, 1)):  # without keeping others from writing
            return []
        with self._database.write() as connection:
            found = [_record(row) for row in connection.execute(sql, (now, limit)).fetchall()]
            for item in found:
                if item.status == "running":
                    write_entry(connection, item.run_id, "lost", {"pass": item.name, "worker": item.worker})
                sql = "UPDATE passes SET status = 'ready', since = min(since, ?), due_at = ?"
                where = (item.run_id, item.name)
                connection.execute(f"{sql} WHERE run_id = ? AND name = ?", (now, again_at, *where))
            return [again for item in found if (again := _found(connection, item.run_id, item.name))]

    def get(self, run_id: str, name: str) -> PassRecord | None:
        """The pass, or None."""
        rows = self._database.read(_ONE, (run_id, name))
        return _record(rows[0]) if rows else None

    def of_run(self, run_id: str) -> Sequence[PassRecord]:
        """The passes of a run, in the order in which they were planned."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM passes WHERE run_id = ? ORDER BY number", (run_id,))
        return [_record(row) for row in rows]

    def running(self) -> Sequence[PassRecord]:
        """All passes that are worked on, those of longest standing first."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM passes WHERE status = 'running' ORDER BY since")
        return [_record(row) for row in rows]

    def ready(self, limit: int) -> Sequence[PassRecord]:
        """Passes that could be begun, those that have been ready for longest first; without the last ones of runs."""
        sql = f"SELECT {_COLUMNS} FROM passes WHERE status = 'ready' AND name != '' ORDER BY since LIMIT ?"
        return [_record(row) for row in self._database.read(sql, (limit,))]

    def waiting(self) -> Mapping[str, Waiting]:
        """How many passes wait, by queue; without the last ones of runs."""
        rows = self._database.read(
            "SELECT queue, status, count(*), min(since) FROM passes"
            " WHERE status IN ('waiting', 'ready', 'running') AND name != '' GROUP BY queue, status"
        )
        found = {(queue, status): (count, since) for queue, status, count, since in rows}
        return {queue: _waiting(queue, found) for queue in sorted({queue for queue, _ in found})}


def _insert(connection: sqlite3.Connection, item: PassRecord, missing: int, due_at: float) -> None:
    status, due_at = ("waiting", _NEVER) if missing else ("ready", due_at)
    connection.execute(
        f"INSERT INTO passes ({_COLUMNS}, missing) VALUES ({', '.join('?' * 17)})",
        (
            item.run_id,
            item.name,
            item.key,
            item.encoding,
            item.queue,
            json.dumps(item.requires),
            item.frames,
            item.seconds,
            status,
            0,
            octets(item.reason),
            "",
            "",
            0,
            time.time(),
            due_at,
            missing,
        ),
    )


def _found(connection: sqlite3.Connection, run_id: str, name: str) -> PassRecord | None:
    row = connection.execute(_ONE, (run_id, name)).fetchone()
    return _record(row) if row else None


def _record(row: Row) -> PassRecord:
    run_id, name, key, encoding, queue, requires, frames, seconds, status, attempts, reason, *rest = row
    said = text(reason) if isinstance(reason, bytes) else reason
    done = (frames, seconds, status, attempts, said, *rest)
    return PassRecord(run_id, name, key, encoding, queue, (), tuple(json.loads(requires)), *done)


def _status(connection: sqlite3.Connection, run_id: str) -> str | None:
    row = connection.execute("SELECT status FROM runs WHERE id = ?", (run_id,)).fetchone()
    return row[0] if row else None


def _lease(item: PassRecord) -> str:
    return f"{item.key}:{item.encoding}"


def _held_with(connection: sqlite3.Connection, token: str) -> str | None:
    """What is held with a token, when the pass is forgotten that it was taken for."""
    row = connection.execute("SELECT key FROM leases WHERE token = ?", (token,)).fetchone()
    return row[0] if row else None


def plan_passes(connection: sqlite3.Connection, run_id: str, passes: Sequence[PassRecord], due_at: float) -> None:
    """Record what a run has to do inside the caller's transaction."""
    made = {(item.key, item.encoding) for item in passes}
    forget_passes(connection, run_id)
    for item in passes:
        waits = {file for file in item.waits_for if file in made}
        _insert(connection, item, len(waits), due_at)
        connection.executemany(
            "INSERT INTO pass_waits (key, encoding, run_id, name) VALUES (?, ?, ?, ?)",
            [(*file, run_id, item.name) for file in sorted(waits)],
        )


def forget_passes(connection: sqlite3.Connection, run_id: str) -> int:
    """Forget the passes of a run inside the caller's transaction; how many were not done."""
    connection.execute("DELETE FROM pass_waits WHERE run_id = ?", (run_id,))
    open = "SELECT count(*) FROM passes WHERE run_id = ? AND status != 'done' AND name != ''"
    count = int(connection.execute(open, (run_id,)).fetchone()[0])
    connection.execute("DELETE FROM passes WHERE run_id = ?", (run_id,))
    return count


def _waiting_for(connection: sqlite3.Connection, file: tuple[str, str]) -> list[tuple[str, str]]:
    """The passes that waited for a file, which is here now."""
    sql = "FROM pass_waits WHERE key = ? AND encoding = ?"
    found = connection.execute(f"SELECT run_id, name {sql}", file).fetchall()
    connection.execute(f"DELETE {sql}", file)
    return found


def _wait_no_more(connection: sqlite3.Connection, waiting: tuple[str, str]) -> PassRecord | None:
    """The pass, when that was the last file it waited for."""
    where = "WHERE run_id = ? AND name = ?"
    connection.execute(f"UPDATE passes SET missing = missing - 1 {where}", waiting)
    now = time.time()
    sql = f"UPDATE passes SET status = 'ready', since = ?, due_at = ? {where} AND missing = 0 AND status = 'waiting'"
    if not connection.execute(sql, (now, now + RUNG_AGAIN_S, *waiting)).rowcount:
        return None
    return _found(connection, *waiting)


def _waiting(queue: str, found: Mapping[tuple[str, str], tuple[int, float]]) -> Waiting:
    waiting, ready, running = (found.get((queue, status), (0, None)) for status in ("waiting", "ready", "running"))
    return Waiting(waiting[0], ready[0], running[0], ready[1])
