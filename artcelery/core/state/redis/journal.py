"""What happened to each run, in order, by the clock of the server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from artcelery.core.state.octets import text
from artcelery.core.state.records import Entry
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Server

__all__ = ["RedisJournal"]


class RedisJournal:
    """Entries by run and number."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("journal")

    def append(self, run_id: str, kind: str, data: Mapping[str, Any]) -> int:
        """Add an entry of plain values; its number."""
        packed = json.dumps(dict(data), separators=(",", ":"))
        return int(self._server.write(self._script, "append", run_id, kind, packed, again=False))

    def since(self, run_id: str, number: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """The entries after that number, oldest first."""
        if limit < 1:
            return []
        found = self._server.ask("LRANGE", f"artdag:journal:{run_id}", number, number + limit - 1)
        return [Entry(number + count, **json.loads(text(entry))) for count, entry in enumerate(found, 1)]
