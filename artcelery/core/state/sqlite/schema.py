"""The tables, and how a file comes to have them.

Names and paths are kept as bytes: they may hold what is no valid text. Facts that are only ever read whole are JSON.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from artcelery.core.errors import StateError
from artcelery.core.store.source import shown

__all__ = ["VERSION", "create_tables", "standing_version"]

VERSION = 2
_APPLICATION_ID = 0x61727463  # "artc"
_IDENTITY = ("PRAGMA user_version", "PRAGMA application_id", "SELECT count(*) FROM sqlite_master")

# The indexes of `runs` end with the columns that filters may add, so that rows are read only when they match.
_TABLES = (
    """CREATE TABLE results (
        key TEXT NOT NULL, encoding TEXT NOT NULL, content_hash TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        seconds REAL NOT NULL, created_at TEXT NOT NULL, run_id TEXT NOT NULL,
        PRIMARY KEY (encoding, key)
    ) WITHOUT ROWID""",
    "CREATE INDEX results_by_content ON results (content_hash)",
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, status TEXT NOT NULL,
        user BLOB NOT NULL, config_id TEXT NOT NULL, config_name BLOB NOT NULL, record TEXT NOT NULL
    )""",
    "CREATE INDEX runs_by_time ON runs (created_at, id, status, user)",
    "CREATE INDEX runs_by_status ON runs (status, created_at, id, user)",
    "CREATE INDEX runs_by_user ON runs (user, created_at, id, status)",
    "CREATE INDEX runs_by_config_id ON runs (config_id, created_at, id, status, user)",
    "CREATE INDEX runs_by_config_name ON runs (config_name, created_at, id, status, user)",
    "CREATE TABLE run_details (run_id TEXT PRIMARY KEY, detail BLOB NOT NULL)",
    """CREATE TABLE run_hashes (
        content_hash TEXT NOT NULL, run_id TEXT NOT NULL, PRIMARY KEY (content_hash, run_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX run_hashes_by_run ON run_hashes (run_id)",
    "CREATE TABLE assets (name BLOB PRIMARY KEY, content_hash TEXT NOT NULL, created_at TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE configs (
        id TEXT PRIMARY KEY, name BLOB NOT NULL, created_at TEXT NOT NULL, file_name BLOB NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX configs_by_name ON configs (name, created_at)",
    "CREATE TABLE media (content_hash TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE files (
        path BLOB PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, content_hash TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE leases (
        key TEXT PRIMARY KEY, token TEXT NOT NULL, holder TEXT NOT NULL, lapses_at REAL NOT NULL
    ) WITHOUT ROWID""",
)

# What version 2 added: passes of submitted runs. Those that wait for nothing more have a `due_at`.
_TABLES_2 = (
    """CREATE TABLE passes (
        number INTEGER PRIMARY KEY, run_id TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, encoding TEXT NOT NULL,
        queue TEXT NOT NULL, requires TEXT NOT NULL, frames INTEGER NOT NULL, seconds REAL,
        status TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, worker TEXT NOT NULL,
        holder TEXT NOT NULL, done INTEGER NOT NULL, since REAL NOT NULL, due_at REAL NOT NULL,
        missing INTEGER NOT NULL, UNIQUE (run_id, name)
    )""",
    "CREATE INDEX passes_by_file ON passes (key, encoding)",
    "CREATE INDEX passes_by_time ON passes (due_at) WHERE status IN ('ready', 'running')",
    "CREATE INDEX passes_by_status ON passes (status, queue, since)",
    """CREATE TABLE pass_waits (
        key TEXT NOT NULL, encoding TEXT NOT NULL, run_id TEXT NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (key, encoding, run_id, name)
    ) WITHOUT ROWID""",
    "CREATE INDEX pass_waits_by_run ON pass_waits (run_id)",
    """CREATE TABLE journal (
        run_id TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID""",
    "CREATE TABLE workers (name TEXT PRIMARY KEY, record TEXT NOT NULL, lapses_at REAL NOT NULL) WITHOUT ROWID",
)


def standing_version(connection: sqlite3.Connection, path: Path) -> int:
    """Which tables the file has (0: none), asked inside a transaction; StateError when they are of somebody else.

    That may be another program, or an artcelery that is newer than this one.
    """
    version, application_id, used = (_number(connection, sql) for sql in _IDENTITY)
    if used and application_id != _APPLICATION_ID:
        raise StateError(f"{shown(path)} is the database of another program; give artcelery another file")
    if version > VERSION:
        raise StateError(
            f"{shown(path)} was written by a newer artcelery (format {version}, this one reads {VERSION}); "
            "upgrade artcelery, or give this one a home of its own with ARTCELERY_HOME"
        )
    return version


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing, inside the caller's transaction."""
    standing = _number(connection, "PRAGMA user_version")
    for statement in (*(_TABLES if standing < 1 else ()), *_TABLES_2):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
