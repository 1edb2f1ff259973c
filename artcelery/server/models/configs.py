"""Configs as replies show them."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.config import Config
from artcelery.core.config.params import ParamType
from artcelery.core.state.protocol import ConfigPage
from artcelery.core.state.records import ConfigRecord
from artcelery.server.models.paging import NextPage
from artcelery.server.problems import Located

__all__ = ["ConfigReply", "ConfigsReply", "KeptReply", "WholeConfigReply"]

_EXAMPLE: dict[str, Any] = {
    "id": "33268b6e167deaf018cc538de12dbacf612612cc9d9a9e6b6ae6bdd7b8d0bb1f",
    "name": "poster",
    "created_at": "2026-11-25T16:20:00.123Z",
    "file_name": "poster.yaml",
}


class ConfigReply(BaseModel):
    """A stored config."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": _EXAMPLE})

    id: str = Field(description="The content hash of its text.")
    name: str
    created_at: str
    file_name: str = Field(description="Where it came from.")

    @classmethod
    def of(cls, record: ConfigRecord) -> Self:
        """A stored config."""
        return cls.model_validate(record)


class ConfigsReply(BaseModel):
    """Some configs, by name, the newest of a name first."""

    configs: list[ConfigReply]
    cursor: NextPage

    @classmethod
    def of(cls, page: ConfigPage) -> Self:
        """A page of configs."""
        return cls(configs=[ConfigReply.of(record) for record in page.configs], cursor=page.cursor)


class KeptReply(ConfigReply):
    """A config that was found right, and is kept."""

    warnings: list[Located] = []

    @classmethod
    def kept(cls, record: ConfigRecord, config: Config) -> Self:
        """A config that was kept."""
        warnings = [Located.model_validate(item) for item in config.warnings]
        return cls.model_validate(record).model_copy(update={"warnings": warnings})


class AskedInput(BaseModel):
    """A file that is asked for when it is run."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    node: str
    description: str


class AskedParam(BaseModel):
    """A parameter; one that is `required` has no default."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    type: ParamType
    default: Any
    minimum: float | None
    maximum: float | None
    choices: list[str]
    description: str
    required: bool


class ConfigNode(BaseModel):
    """A node as the config says it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    type: str
    config: dict[str, Any]
    inputs: list[str]
    roles: list[str] | None
    path: list[str | int]
    cache: bool


class WholeConfigReply(ConfigReply):
    """A config with what it asks for, and its text."""

    version: str
    description: str
    inputs: list[AskedInput]
    params: list[AskedParam]
    nodes: list[ConfigNode]
    output: str
    text: str = Field(description="The YAML.")

    @classmethod
    def whole(cls, record: ConfigRecord, config: Config) -> Self:
        """A stored config, read."""
        return cls(
            id=record.id,
            name=record.name,
            created_at=record.created_at,
            file_name=record.file_name,
            version=config.version,
            description=config.description,
            inputs=[AskedInput.model_validate(item) for item in config.inputs],
            params=[AskedParam.model_validate(item) for item in config.params],
            nodes=[ConfigNode.model_validate(node) for node in config.nodes],
            output=config.output,
            text=config.text.decode(),
        )
