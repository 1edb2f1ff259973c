"""`serve` and `worker`: what comes with the server."""

from __future__ import annotations

from artcelery.core.errors import UsageError

__all__ = ["serve", "worker"]


def serve() -> None:
    """Serve over HTTP (not in this version)."""
    raise UsageError("`serve` comes with the server, which this version does not have; render with --sync meanwhile")


def worker() -> None:
    """Render for others (not in this version)."""
    raise UsageError("`worker` comes with the server, which this version does not have; render with --sync meanwhile")
