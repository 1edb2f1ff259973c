"""`serve` and `worker`: what comes with the server."""

from __future__ import annotations

import typer

from artcelery.core.errors import UsageError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(serve)
    app.command()(worker)


def serve() -> None:
    """Serve over HTTP (not in this version)."""
    raise UsageError("`serve` comes with the server, which this version does not have; render with --sync meanwhile")


def worker() -> None:
    """Render for others (not in this version)."""
    raise UsageError("`worker` comes with the server, which this version does not have; render with --sync meanwhile")
