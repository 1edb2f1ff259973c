"""Names of files and of configs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from artcelery.core.state.holdings import folded
from artcelery.core.state.octets import octets, text
from artcelery.core.state.paging import config_page, gone
from artcelery.core.state.protocol import ConfigPage
from artcelery.core.state.records import Asset, ConfigRecord
from artcelery.core.state.redis.listing import listed
from artcelery.core.state.redis.owning import keys_of
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["RedisAssets", "RedisConfigs"]

_STEPS = 3000
"""How many configs a call looks at when few of them may match."""


class RedisAssets:
    """A user's names of content hashes."""

    def __init__(self, server: Server, user: str) -> None:
        self._server = server
        self._keys = keys_of(user)
        self._name = f"artdag:{self._keys}assets"
        self._script = script("names")

    def get(self, name: str) -> Asset | None:
        """The asset of that name, or None."""
        record = self._server.ask("HGET", self._name, octets(name))
        return _asset(octets(name), record) if record is not None else None

    def put(self, asset: Asset) -> None:
        """Give the name to this content hash."""
        record = json.dumps([asset.content_hash, asset.created_at])
        self._server.write(self._script, "put_asset", self._keys, octets(asset.name), record)

    def all(self) -> Sequence[Asset]:
        """All assets, in the order of their names."""
        values = self._server.ask("HGETALL", self._name)
        return [_asset(name, record) for name, record in sorted(zip(values[::2], values[1::2], strict=True))]

    def page(self, *, limit: int = 50, after: str = "") -> Sequence[Asset]:
        """Some assets, in the order of their names, after that one."""
        behind, *found = self._server.read(self._script, "page_assets", self._keys, octets(after), limit)
        if behind:
            self._server.write(self._script, "list_assets", self._keys)
            return self.page(limit=limit, after=after)
        return [_asset(name, record) for name, record in found]

    def remove(self, name: str) -> bool:
        """Forget the name; whether there was one."""
        return bool(self._server.write(self._script, "remove_asset", self._keys, octets(name), again=False))


class RedisConfigs:
    """A user's configs by id, and by name: the newest of a name stands for it."""

    def __init__(self, server: Server, user: str) -> None:
        self._server = server
        self._keys = keys_of(user)
        self._script = script("names")

    def get(self, name_or_id: str) -> ConfigRecord | None:
        """The config of that id, or else the newest of that name."""
        found = self._server.read(self._script, "get", self._keys, octets(name_or_id))
        return _config(*found) if found else None

    def put(self, config: ConfigRecord) -> None:
        """Record a config, or when and where it came in again."""
        names = (octets(config.name), config.created_at, octets(config.file_name))
        self._server.write(self._script, "put", self._keys, config.id, *names)

    def all(self) -> Sequence[ConfigRecord]:
        """All configs, by name, the newest of a name first."""
        configs = [_config(*fields) for fields in listed(self._server, self._script, self._keys)]
        configs.sort(key=lambda config: (config.created_at, config.id), reverse=True)
        return sorted(configs, key=lambda config: octets(config.name))

    def page(self, *, limit: int = 50, cursor: str | None = None, part: str = "") -> ConfigPage:
        """Configs (with that part in their names) by name, the newest of a name first."""
        limit = max(limit, 1)
        return config_page(list(islice(self._walk(cursor, limit + 1, folded(part)), limit + 1)), limit)

    def _walk(self, cursor: str | None, limit: int, part: bytes) -> Iterator[ConfigRecord]:
        """Configs by name; asked for step by step."""
        about = (self._keys, octets(cursor or ""), limit, _STEPS if part else limit, part)
        begin: Argument = ""
        while True:
            behind, stands, begin, *found = self._server.read(self._script, "page", *about, begin)
            if behind:
                self._server.write(self._script, "list_all", self._keys)
            elif cursor is not None and not stands:
                raise gone(cursor)
            yield from (config for fields in found if part in folded((config := _config(*fields)).name))
            if not behind and not begin:
                return

    def remove(self, id: str) -> bool:
        """Forget the config; whether there was one."""
        return bool(self._server.write(self._script, "remove", self._keys, id, again=False))


def _asset(name: bytes, record: bytes) -> Asset:
    return Asset(text(name), *json.loads(record))


def _config(id: bytes, name: bytes, created_at: bytes, file_name: bytes) -> ConfigRecord:
    return ConfigRecord(id.decode(), text(name), created_at.decode(), text(file_name))
