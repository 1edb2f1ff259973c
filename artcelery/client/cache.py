"""The files of a server: listed, found by their hash or name, fetched, let go of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from artcelery.client.assets import RemoteAssets
from artcelery.client.downloads import Downloads
from artcelery.client.files import facts_of, item_of
from artcelery.client.http import Http
from artcelery.client.moving import Moving
from artcelery.core.engine.cache import Item
from artcelery.core.errors import NotFoundError, UsageError
from artcelery.core.hashing import is_hash

__all__ = ["RemoteCache"]

_PREFIX = re.compile(r"[0-9a-f]{8,63}")
_MOST_RECORD_BYTES = 16 << 20


class RemoteCache:
    """The files that a server has for who asks."""

    def __init__(self, http: Http, assets: RemoteAssets, downloads: Downloads, moving: Moving) -> None:
        self._http, self._assets, self._downloads, self._moving = http, assets, downloads, moving

    def list(self) -> Iterator[Item]:
        """All files, in the order of their hashes."""
        found = map(item_of, self._http.pages("/cache", "files"))
        return iter(sorted(found, key=lambda item: item.content_hash))

    def path(self, said: str) -> str:
        """Where a file is, a URL, by its hash, a prefix of it (8 digits or more), or the name of an asset."""
        return self.url(self.find(said))

    def url(self, content_hash: str) -> str:
        """Where a file of that hash would be."""
        return f"{self._http.address.url}/cache/{content_hash}"

    def document(self, said: str) -> Any:
        """What a stored JSON document (an analysis, a provenance record) says; None when the file is none."""
        wanted = self.find(said)
        facts = facts_of(self._http, wanted)
        is_data, is_unknown = facts["kind"] == "data", facts["kind"] is None  # as records are: nobody looks into them
        if not is_data and not (is_unknown and facts["size_bytes"] <= _MOST_RECORD_BYTES):
            return None
        text = self._http.answer("GET", f"/cache/{wanted}").content
        try:
            return json.loads(text)
        except ValueError:
            return None

    def copy(self, said: str, output: Path, *, force: bool = False) -> Path:
        """Fetch a file to `output`, verified by its hash, whole or not at all."""
        wanted = self.find(said)
        with self._moving(f"fetching {output.name}") as report:
            self._downloads.deliver(wanted, output, force=force, report=report)
        return output

    def find(self, said: str) -> str:
        """The whole content hash of a file."""
        if is_hash(said):
            return said
        asset = self._assets.get(said)
        found = [asset.content_hash] if asset else self._with_prefix(said)
        if not found:
            raise NotFoundError(f"there is no file {said!r} in the cache; `artcelery cache list` shows them")
        if len(found) > 1:
            raise UsageError(f"{said!r} may mean {len(found)} files; give more digits")
        return found[0]

    def remove(self, said: str) -> Item:
        """Let go of a file that nothing needs; NotAllowedError names the runs or assets that do."""
        return item_of(self._http.json("DELETE", f"/cache/{self.find(said)}"))

    def _with_prefix(self, said: str) -> Sequence[str]:
        if not _PREFIX.fullmatch(said):
            return []
        return [item.content_hash for item in self.list() if item.content_hash.startswith(said)]
