"""Names of files and of configs."""

from __future__ import annotations

from collections.abc import Sequence

from artcelery.core.state.holdings import folded
from artcelery.core.state.octets import octets, text
from artcelery.core.state.paging import config_page, gone
from artcelery.core.state.protocol import ConfigPage
from artcelery.core.state.records import Asset, ConfigRecord
from artcelery.core.state.sqlite.database import Database, Row
from artcelery.core.state.sqlite.walking import IS_CALLED

__all__ = ["SqliteAssets", "SqliteConfigs"]

_ASSETS = "SELECT name, content_hash, created_at FROM assets WHERE user = ?"
_CONFIGS = "SELECT id, name, created_at, file_name FROM configs WHERE user = ?"


class SqliteAssets:
    """A user's names of content hashes."""

    def __init__(self, database: Database, user: str) -> None:
        self._database = database
        self._user = octets(user)

    def get(self, name: str) -> Asset | None:
        """The asset of that name, or None."""
        rows = self._database.read(f"{_ASSETS} AND name = ?", (self._user, octets(name)))
        return _asset(rows[0]) if rows else None

    def put(self, asset: Asset) -> None:
        """Give the name to this content hash."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO assets (user, name, content_hash, created_at) VALUES (?, ?, ?, ?)",
                (self._user, octets(asset.name), asset.content_hash, asset.created_at),
            )

    def all(self) -> Sequence[Asset]:
        """All assets, in the order of their names."""
        return [_asset(row) for row in self._database.read(f"{_ASSETS} ORDER BY name", (self._user,))]

    def page(self, *, limit: int = 50, after: str = "") -> Sequence[Asset]:
        """Some assets, in the order of their names, after that one."""
        rows = self._database.read(f"{_ASSETS} AND name > ? ORDER BY name LIMIT ?", (self._user, octets(after), limit))
        return [_asset(row) for row in rows]

    def remove(self, name: str) -> bool:
        """Forget the name; whether there was one."""
        with self._database.write() as connection:
            sql = "DELETE FROM assets WHERE user = ? AND name = ?"
            return connection.execute(sql, (self._user, octets(name))).rowcount > 0


class SqliteConfigs:
    """A user's configs by id, and by name: the newest of a name stands for it."""

    def __init__(self, database: Database, user: str) -> None:
        self._database = database
        self._user = octets(user)

    def get(self, name_or_id: str) -> ConfigRecord | None:
        """The config of that id, or else the newest of that name."""
        asked = (self._user, octets(name_or_id))
        rows = self._database.read(f"{_CONFIGS} AND id = CAST(? AS TEXT)", asked)
        rows = rows or self._database.read(f"{_CONFIGS} AND name = ? ORDER BY created_at DESC, id DESC LIMIT 1", asked)
        return _config(rows[0]) if rows else None

    def put(self, config: ConfigRecord) -> None:
        """Record a config, or when and where it came in again."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO configs (user, id, name, created_at, file_name) VALUES (?, ?, ?, ?, ?)",
                (self._user, config.id, octets(config.name), config.created_at, octets(config.file_name)),
            )

    def all(self) -> Sequence[ConfigRecord]:
        """All configs, by name, the newest of a name first."""
        rows = self._database.read(f"{_CONFIGS} ORDER BY name, created_at DESC, id DESC", (self._user,))
        return [_config(row) for row in rows]

    def page(self, *, limit: int = 50, cursor: str | None = None, part: str = "") -> ConfigPage:
        """Configs (with that part in their names) by name, the newest of a name first."""
        limit, after = max(limit, 1), None if cursor is None else self._place(cursor)
        names = "AND name >= ? AND (name > ? OR (created_at, id) < (?, ?))" if after else ""
        called = f"AND {IS_CALLED}" if part else ""
        sql = f"{_CONFIGS} {names} {called} ORDER BY name, created_at DESC, id DESC LIMIT ?"
        place = (after[0], *after) if after else ()
        asked = (folded(part),) if part else ()
        rows = self._database.read(sql, (self._user, *place, *asked, limit + 1))
        return config_page([_config(row) for row in rows], limit)

    def _place(self, id: str) -> Row:
        """The name of a config, when it came, and its id."""
        sql = "SELECT name, created_at, id FROM configs WHERE user = ? AND id = CAST(? AS TEXT)"
        rows = self._database.read(sql, (self._user, octets(id)))
        if not rows:
            raise gone(id)
        return rows[0]

    def remove(self, id: str) -> bool:
        """Forget the config; whether there was one."""
        with self._database.write() as connection:
            sql = "DELETE FROM configs WHERE user = ? AND id = ?"
            return connection.execute(sql, (self._user, id)).rowcount > 0


def _asset(row: Row) -> Asset:
    name, content_hash, created_at = row
    return Asset(text(name), content_hash, created_at)


def _config(row: Row) -> ConfigRecord:
    id, name, created_at, file_name = row
    return ConfigRecord(id, text(name), created_at, text(file_name))
