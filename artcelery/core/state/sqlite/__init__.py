"""All facts in one SQLite file."""

from artcelery.core.state.sqlite.state import SqliteState

__all__ = ["SqliteState"]
