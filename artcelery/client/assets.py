"""The names of files on a server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from artcelery.client.files import media_fact
from artcelery.client.http import Http, path_of
from artcelery.client.records import record_of
from artcelery.client.uploads import Uploads
from artcelery.core.state.records import Asset, MediaFact

__all__ = ["RemoteAssets"]


class RemoteAssets:
    """The names that files have for who asks."""

    def __init__(self, http: Http, uploads: Uploads) -> None:
        self._http, self._uploads = http, uploads

    def list(self) -> Sequence[Asset]:
        """All assets by name, built-in ones included."""
        return [_asset(said) for said in self._http.pages("/assets", "assets")]

    def names(self) -> Sequence[str]:
        """The names of all assets, asked for once."""
        return list(self._known)

    def get(self, name: str) -> Asset | None:
        """The asset of a name, None when there is none."""
        return self._known.get(name)

    def add(self, path: Path, name: str | None = None) -> MediaFact:
        """Send a file, and name it; its probed facts. MediaError when it is no media that can be rendered."""
        content_hash = self._uploads.send(path)
        if name is not None:
            self._http.json("PUT", path_of("assets", name), json={"content_hash": content_hash})
        return media_fact(self._http, content_hash)

    def remove(self, name: str) -> None:
        """Forget a name; the file stays."""
        self._http.json("DELETE", path_of("assets", name))

    @cached_property
    def _known(self) -> dict[str, Asset]:
        return {asset.name: asset for asset in self.list()}


def _asset(said: dict[str, Any]) -> Asset:
    """An asset; of a built-in one nobody says when it was made."""
    return record_of(Asset, {**said, "created_at": said["created_at"] or ""})
