"""Configs: read from files, kept by content hash, found by name or id."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context
from artcelery.core.engine.papers import Papers
from artcelery.core.errors import NotFoundError
from artcelery.core.runs import now, refuse_if_needed
from artcelery.core.state.records import ConfigRecord

if TYPE_CHECKING:
    from artcelery.core.config import Config

__all__ = ["Configs"]


class Configs:
    """The configs that this engine knows."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def load(self, said: str | Path) -> Config:
        """A config by path, name or id (or a prefix of it); ConfigError holds everything that is wrong with it."""
        from artcelery.core.config import load_config

        path = Path(said)
        if path.is_file() or isinstance(said, Path) or os.sep in said or said.endswith((".yaml", ".yml")):
            return load_config(path, effects=self._context)
        record = self.get(said)
        return load_config(self.text(record), file=record.file_name or record.name, effects=self._context)

    def add(self, path: Path) -> ConfigRecord:
        """Check a config and keep it."""
        config = self.load(path)
        Papers(self._context, Assets(self._context)).keep_config(config)
        record = ConfigRecord(config.id, config.name, now(), os.path.abspath(path))
        self._context.state.configs.put(record)
        return record

    def get(self, name_or_id: str) -> ConfigRecord:
        """A stored config by name or id (or a prefix of it)."""
        record = self._context.state.configs.get(name_or_id)
        if record is None:
            raise NotFoundError(f"there is no config {name_or_id!r}; `artcelery config list` shows the stored ones")
        return record

    def text(self, record: ConfigRecord) -> bytes:
        """The YAML of a stored config."""
        path = self._context.store.find(record.id)
        if path is None:
            raise NotFoundError(f"the text of the config {record.name!r} has gone from the cache; add it again")
        return path.read_bytes()

    def list(self) -> Sequence[ConfigRecord]:
        """All stored configs, newest first."""
        return self._context.state.configs.all()

    def names(self) -> Sequence[str]:
        """The names of stored configs."""
        return sorted({record.name for record in self.list()})

    def remove(self, name_or_id: str) -> ConfigRecord:
        """Forget a stored config; NotAllowedError while runs need it."""
        record = self.get(name_or_id)
        refuse_if_needed(record.id, self._context.state.runs)
        self._context.state.configs.remove(record.id)
        if not self._context.state.holders(record.id):
            self._context.store.remove(record.id)
            self._context.state.media.remove(record.id)
        return record

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of configs, with the ops and effects that are installed."""
        from artcelery.core.config import config_schema

        return config_schema(self._context.library.all())
