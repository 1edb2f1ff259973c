"""Long lists, read part by part, so that no call keeps the server for long."""

from __future__ import annotations

from collections.abc import Iterator

from artcelery.core.state.redis.scripts import Script
from artcelery.core.state.redis.server import Server

__all__ = ["listed"]

_BATCH = 500


def listed(server: Server, script: Script) -> Iterator[list[bytes]]:
    """What the script's call `some` gives, in its order; each begins with its id."""
    after = b"-"
    while found := server.read(script, "some", after, _BATCH):
        yield from found
        after = b"(" + found[-1][0]
