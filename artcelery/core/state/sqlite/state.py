"""The state in one SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from artcelery.core.state.owned import Owned
from artcelery.core.state.sqlite.database import Database
from artcelery.core.state.sqlite.files import files_of, holders_of
from artcelery.core.state.sqlite.journal import SqliteJournal
from artcelery.core.state.sqlite.leases import SqliteLeases
from artcelery.core.state.sqlite.media import SqliteMedia
from artcelery.core.state.sqlite.names import SqliteAssets, SqliteConfigs
from artcelery.core.state.sqlite.opening import open_for_reading, open_for_writing
from artcelery.core.state.sqlite.passes import SqlitePasses
from artcelery.core.state.sqlite.replies import SqliteReplies
from artcelery.core.state.sqlite.results import SqliteResults
from artcelery.core.state.sqlite.runs import SqliteRuns
from artcelery.core.state.sqlite.sessions import SqliteSessions
from artcelery.core.state.sqlite.workers import SqliteWorkers

__all__ = ["SqliteState"]


class SqliteState:
    """All facts in one file, for any number of threads and processes of one machine."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.results = SqliteResults(database)
        self.runs = SqliteRuns(database)
        self.assets = SqliteAssets(database, "")
        self.configs = SqliteConfigs(database, "")
        self.media = SqliteMedia(database)
        self.leases = SqliteLeases(database)
        self.passes = SqlitePasses(database)
        self.journal = SqliteJournal(database)
        self.workers = SqliteWorkers(database)
        self.sessions = SqliteSessions(database)
        self.replies = SqliteReplies(database)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, wait_s: float | None = None) -> SqliteState:
        """The state in the file at `path`, made when it is missing.

        With `read_only` nothing is made or changed: a missing file is an empty state, and writing is a StateError.
        `wait_s` is how long others are waited for that write, half a minute unless it is given.
        """
        if read_only:
            return cls(open_for_reading(path))
        return cls(open_for_writing(path) if wait_s is None else open_for_writing(path, wait_s))

    def belongings(self, user: str) -> Owned:
        """What is one user's."""
        assets, configs = SqliteAssets(self._database, user), SqliteConfigs(self._database, user)
        return Owned(assets, configs, files_of(self._database, user))

    def holders(self, content_hash: str) -> Sequence[str]:
        """The users whose file it is, but the machine's own, who may read all."""
        return holders_of(self._database, content_hash)

    def warnings(self) -> list[str]:
        """Nothing: what is recorded is on the disk."""
        return []

    def close(self) -> None:
        """Close the file."""
        self._database.close()
