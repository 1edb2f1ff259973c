"""`serve`: what comes with the server."""

from __future__ import annotations

from artcelery.core.errors import UsageError

__all__ = ["serve"]


def serve() -> None:
    """Serve over HTTP (not in this version)."""
    raise UsageError("`serve` comes with the server, which this version does not have; `artcelery worker` renders")
