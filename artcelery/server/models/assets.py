"""Names of files, as requests and replies have them."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.engine.people.names import NamePage
from artcelery.core.state.records import Asset
from artcelery.server.models.cache import ContentHash
from artcelery.server.models.paging import NextPage

__all__ = ["AssetItem", "AssetList", "AssetRequest"]

_HASH = "33268b6e167deaf018cc538de12dbe562612b33e89a749391cef855b10a6eb5b"
_ITEM: dict[str, Any] = {
    "name": "my-cat",
    "content_hash": _HASH,
    "created_at": "2026-11-25T16:22:00.000Z",
    "built_in": False,
}


class AssetItem(BaseModel):
    """A name of a file."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})

    name: str
    content_hash: ContentHash
    created_at: str | None = Field(description="When it was given, null for a built-in one.")
    built_in: bool = Field(description="Whether everybody has it.")

    @classmethod
    def of(cls, asset: Asset) -> Self:
        """What is said of a name."""
        at = asset.created_at
        return cls(name=asset.name, content_hash=asset.content_hash, created_at=at or None, built_in=not at)


class AssetList(BaseModel):
    """Some names, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assets": [_ITEM], "cursor": None}]})

    assets: list[AssetItem]
    cursor: NextPage

    @classmethod
    def of(cls, page: NamePage) -> Self:
        """What is said of a page."""
        return cls(assets=[AssetItem.of(item) for item in page.assets], cursor=page.cursor)


class AssetRequest(BaseModel):
    """The file that a name is to mean."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"content_hash": _HASH}]})

    content_hash: ContentHash
