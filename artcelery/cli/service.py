"""`serve`: the engine over HTTP."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Annotated

import typer

from artcelery.cli.console import out, say
from artcelery.cli.engine import refuse_server
from artcelery.core.errors import UsageError

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option("--host", help="The address to listen on; 127.0.0.1 when unset.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", "-p", min=0, max=65535, help="The port, 0 for a free one; 8100 when unset.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="How many processes answer requests.")] = 1,
    worker: Annotated[
        bool | None,
        typer.Option("--worker/--no-worker", help="Start a worker that renders; when unset, only without Redis."),
    ] = None,
    access_log: Annotated[bool, typer.Option("--access-log", help="Write a line to stderr for each request.")] = False,
) -> None:
    """Serve over HTTP until it is told to stop (Ctrl-C, SIGTERM).

    Prints the URL once it answers.
    """
    if missing := [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]:
        raise UsageError(f'{" and ".join(missing)} not installed: pip install "artcelery[server]"')
    refuse_server("serve")
    from artcelery.server.serving.starting import start_server

    start_server(host=host, port=port, processes=workers, worker=worker, access_log=access_log, out=_at_once, say=say)


def _at_once(text: str) -> None:
    out(text)
    sys.stdout.flush()
