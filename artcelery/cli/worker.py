"""`worker`: render for others, and see who does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from artcelery.cli.console import far, print_json, print_table, say
from artcelery.cli.engine import open_engine, refuse_server
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import Json

if TYPE_CHECKING:
    from artcelery.core.engine.workers import Overview

__all__ = ["app"]

app = typer.Typer(
    help="Render passes of submitted runs until it is told to stop.",
    invoke_without_command=True,
    **{**TYPER_OPTIONS, "no_args_is_help": False},
)


@app.callback()
def worker(
    context: typer.Context,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", "-c", min=1, max=256, help="Passes at a time; one a core when unset.")
    ] = None,
    queues: Annotated[
        str | None, typer.Option("--queues", "-Q", metavar="LIST", help="Only these of render,effects,probe.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", "-n", help="What this worker is called; one name on each machine.")
    ] = None,
) -> None:
    """Render passes of submitted runs until it is told to stop (Ctrl-C, SIGTERM)."""
    if context.invoked_subcommand is not None:
        return
    refuse_server("worker")
    from artcelery.worker.starting import start_worker

    start_worker(concurrency=concurrency, queues=queues.split(",") if queues else None, name=name, say=say)


@app.command()
def status(json: Json = False) -> None:
    """Show which workers are alive, what they render, and what waits."""
    with open_engine() as engine:
        overview = engine.workers()
    if json:
        print_json(overview.to_json())
        return
    rows = [
        (
            item.name,
            f"{busy} of {item.concurrency}{', stopping' if item.stopping else ''}",
            _shared(item.queues),
            item.version,
            item.started_at[:19] + "Z",
        )
        for item, busy in overview.busy()
    ]
    print_table(
        ("WORKER", "BUSY", "QUEUES", "VERSION", "SINCE"), rows, "no worker is alive; `artcelery worker` starts one"
    )
    if overview.running:
        print()
        rows = [(item.run_id, item.name, item.worker, far(item), _ago(item.since)) for item in overview.running]
        print_table(("RUN", "PASS", "WORKER", "DONE", "FOR"), rows, "")
    print()
    _print_queues(overview)


def _print_queues(overview: Overview) -> None:
    rows = [
        (queue, item.ready, item.waiting, item.running, _ago(item.oldest_ready) if item.oldest_ready else "")
        for queue, item in overview.queues.items()
    ]
    print_table(("QUEUE", "READY", "WAITING", "RUNNING", "OLDEST"), rows, "nothing waits")


def _ago(moment: float) -> str:
    seconds = max(time.time() - moment, 0.0)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _shared(queues: Sequence[str]) -> str:
    """The queues that others read too; each worker has one for itself besides."""
    return ",".join(name for name in queues if not name.startswith("worker."))
