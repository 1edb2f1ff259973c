"""`runs`: what was rendered, with its papers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from artcelery.cli.console import out, print_json, print_table, say
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import Json

__all__ = ["app"]

app = typer.Typer(help="What was rendered: list, show, remove.", **TYPER_OPTIONS)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run, the beginning of one, or `last`.")]
Status = Literal["pending", "running", "completed", "failed", "cancelled"]


@app.command("list")
def list_runs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Where the page before this one ended.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only runs with this status.")] = None,
    since: Annotated[str | None, typer.Option(help="Only runs created since (ISO 8601).")] = None,
    user: Annotated[str | None, typer.Option(help="Only runs of this user.")] = None,
    json: Json = False,
) -> None:
    """List runs, newest first."""
    from artcelery.core.engine import open_engine

    with open_engine() as engine:
        page = engine.runs.page(limit=limit, cursor=cursor, status=status, since=since, user=user)
    if json:
        print_json({"runs": [asdict(run) for run in page.runs], "cursor": page.cursor})
        return
    rows = [(run.id, run.status, run.created_at[:19] + "Z", run.config_name, run.output_name) for run in page.runs]
    print_table(
        ("RUN", "STATUS", "CREATED", "CONFIG", "OUTPUT"), rows, "no runs yet; `artcelery render dog cat` makes one"
    )
    if page.cursor:
        say(f"more: --cursor {page.cursor}")


@app.command()
def show(
    run_id: RunId,
    provenance: Annotated[bool, typer.Option("--provenance", help="Print the provenance record (JSON).")] = False,
    json: Json = False,
) -> None:
    """Show a run: what happened to each node, and why."""
    from artcelery.core.engine import open_engine

    with open_engine() as engine:
        run = engine.runs.get(run_id)
        if provenance:
            print_json(engine.runs.provenance(run.id))
            return
    if json:
        print_json(asdict(run))
        return
    facts = {
        "run": run.id,
        "status": run.status,
        "config": f"{run.config_name} ({run.config_id[:12]})",
        "user": run.user,
        "created": run.created_at,
        "finished": run.finished_at,
        "output": run.output_name,
        "hash": run.output_hash,
        "record": run.provenance_hash,
        "error": f"{run.error['message']} [{run.error['code']}]" if run.error else None,
    }
    for name, value in facts.items():
        if value:
            out(f"{name:<10}{value}")
    out("")
    rows = [
        (node.id, node.type, node.status, "" if node.seconds is None else f"{node.seconds:.2f} s", node.reason)
        for node in run.nodes
    ]
    print_table(("NODE", "TYPE", "STATUS", "TIME", "WHY"), rows, "no nodes")


@app.command("rm")
def remove(run_id: RunId) -> None:
    """Forget a run; its files stay until they are removed or pruned."""
    from artcelery.core.engine import open_engine

    with open_engine() as engine:
        out(engine.runs.remove(run_id).id)
