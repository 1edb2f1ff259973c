"""Names of files and of configs."""

from __future__ import annotations

from collections.abc import Sequence

from artcelery.core.state.octets import octets, text
from artcelery.core.state.records import Asset, ConfigRecord
from artcelery.core.state.sqlite.database import Database, Row

__all__ = ["SqliteAssets", "SqliteConfigs"]


class SqliteAssets:
    """Names of content hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Asset | None:
        """The asset of that name, or None."""
        rows = self._database.read("SELECT * FROM assets WHERE name = ?", (octets(name),))
        return _asset(rows[0]) if rows else None

    def put(self, asset: Asset) -> None:
        """Give the name to this content hash."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO assets (name, content_hash, created_at) VALUES (?, ?, ?)",
                (octets(asset.name), asset.content_hash, asset.created_at),
            )

    def all(self) -> Sequence[Asset]:
        """All assets, in the order of their names."""
        return [_asset(row) for row in self._database.read("SELECT * FROM assets ORDER BY name")]

    def remove(self, name: str) -> bool:
        """Forget the name; whether there was one."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM assets WHERE name = ?", (octets(name),)).rowcount > 0


class SqliteConfigs:
    """Stored configs by id, and by name: the newest of a name stands for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name_or_id: str) -> ConfigRecord | None:
        """The config of that id, or else the newest of that name."""
        rows = self._database.read("SELECT * FROM configs WHERE id = CAST(? AS TEXT)", (octets(name_or_id),))
        sql = "SELECT * FROM configs WHERE name = ? ORDER BY created_at DESC, id DESC LIMIT 1"
        rows = rows or self._database.read(sql, (octets(name_or_id),))
        return _config(rows[0]) if rows else None

    def put(self, config: ConfigRecord) -> None:
        """Record a config, or when and where it came in again."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO configs (id, name, created_at, file_name) VALUES (?, ?, ?, ?)",
                (config.id, octets(config.name), config.created_at, octets(config.file_name)),
            )

    def all(self) -> Sequence[ConfigRecord]:
        """All configs, by name, the newest of a name first."""
        rows = self._database.read("SELECT * FROM configs ORDER BY name, created_at DESC, id DESC")
        return [_config(row) for row in rows]

    def remove(self, id: str) -> bool:
        """Forget the config; whether there was one."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM configs WHERE id = ?", (id,)).rowcount > 0


def _asset(row: Row) -> Asset:
    name, content_hash, created_at = row
    return Asset(text(name), content_hash, created_at)


def _config(row: Row) -> ConfigRecord:
    id, name, created_at, file_name = row
    return ConfigRecord(id, text(name), created_at, text(file_name))
