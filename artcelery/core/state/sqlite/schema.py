"""Which version of the tables a file has, and how it comes to have those of this one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from artcelery.core.errors import StateError
from artcelery.core.state.sqlite.tables import OLDER_VIEWS, PEOPLE_SINCE, VERSIONS
from artcelery.core.store.source import shown

__all__ = ["VERSION", "complete_for_reading", "create_tables", "standing_version"]

VERSION = len(VERSIONS)
_APPLICATION_ID = 0x61727463  # "artc"
_IDENTITY = ("PRAGMA user_version", "PRAGMA application_id", "SELECT count(*) FROM sqlite_master")


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
    for statement in (statement for version in VERSIONS[standing:] for statement in version):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def complete_for_reading(connection: sqlite3.Connection, standing: int) -> None:
    """Show a file of an older version as one of this; nothing is written, and the connection can change nothing."""
    connection.execute("PRAGMA temp_store = MEMORY")
    for statement in OLDER_VIEWS if standing < PEOPLE_SINCE else ():
        connection.execute(statement)
    for table in _missing_tables(connection):
        connection.execute(table.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
    connection.execute("PRAGMA query_only = ON")


def _missing_tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master UNION ALL SELECT name FROM sqlite_temp_master")
    standing = {name for (name,) in rows}
    made = [statement.split() for version in VERSIONS for statement in version]
    return [" ".join(words) for words in made if words[:2] == ["CREATE", "TABLE"] and words[2] not in standing]


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
