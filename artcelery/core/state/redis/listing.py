"""Long lists, read part by part, so that no call keeps the server for long."""

from __future__ import annotations

from collections.abc import Iterator

from artcelery.core.state.redis.scripts import Script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["listed"]

_BATCH = 500


def listed(server: Server, script: Script, *about: Argument) -> Iterator[list[bytes]]:
    """What the script's call `some` gives about that, in its order; each begins with its id."""
    after = b"-"
    while found := server.read(script, "some", *about, after, _BATCH):
        yield from found
        after = b"(" + found[-1][0]
