"""The configs that a server keeps, and files that are checked here against what it can do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artcelery.client.effects import RemoteEffects
from artcelery.client.http import Http, path_of
from artcelery.client.records import record_of
from artcelery.core.errors import ConfigError
from artcelery.core.state.records import ConfigRecord
from artcelery.core.values import file_name

if TYPE_CHECKING:
    from artcelery.core.config import Config

__all__ = ["RemoteConfigs", "is_config_file"]


class RemoteConfigs:
    """The configs that who asks keeps on a server."""

    def __init__(self, http: Http, effects: RemoteEffects) -> None:
        self._http, self._effects = http, effects

    def load(self, said: str | Path) -> Config:
        """A config by path, or a stored one by name or id; ConfigError holds everything that is wrong with it."""
        from artcelery.core.config import load_config

        if is_config_file(said):
            return load_config(Path(said), effects=self._effects)
        stored = self._stored(str(said))
        file = stored["file_name"] or stored["name"]
        return load_config(stored["text"].encode(errors="surrogatepass"), file=file, effects=self._effects)

    def add(self, path: Path) -> ConfigRecord:
        """Check a config and have the server keep it."""
        config = self.load(path)
        params, headers = {"name": file_name(path)}, {"Content-Type": "application/yaml"}
        try:
            said = self._http.json(
                "POST", "/configs/upload", again=True, params=params, headers=headers, content=config.text
            )
        except ConfigError as error:
            raise ConfigError(error.problems, config.file) from error
        return record_of(ConfigRecord, said)

    def list(self) -> Sequence[ConfigRecord]:
        """All stored configs, newest first."""
        return [record_of(ConfigRecord, said) for said in self._http.pages("/configs", "configs")]

    def names(self) -> Sequence[str]:
        """The names of stored configs."""
        return sorted({record.name for record in self.list()})

    def remove(self, name_or_id: str) -> ConfigRecord:
        """Forget a stored config; NotAllowedError while runs need it."""
        return record_of(ConfigRecord, self._http.json("DELETE", path_of("configs", name_or_id)))

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of configs, with the effects of the server."""
        from artcelery.core.config import config_schema

        return config_schema(self._effects.all())

    def _stored(self, name_or_id: str) -> dict[str, Any]:
        return self._http.json("GET", path_of("configs", name_or_id))


def is_config_file(said: str | Path) -> bool:
    """Whether these words mean a file of this machine, and not a stored config."""
    if isinstance(said, Path):
        return True
    return os.path.isfile(said) or os.sep in said or said.endswith((".yaml", ".yml"))
