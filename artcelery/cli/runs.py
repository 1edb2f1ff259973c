"""`runs`: what was rendered, with its papers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from artcelery.cli.console import far, out, print_json, print_table, say
from artcelery.cli.engine import farm_of, open_engine
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import Force, Json, Output
from artcelery.cli.parsing import parse_time

if TYPE_CHECKING:
    from artcelery.core.state.records import Entry

__all__ = ["app"]

app = typer.Typer(help="What is and was rendered: list, show, wait, cancel, retry.", **TYPER_OPTIONS)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run, the beginning of one, or `last`.")]
Status = Literal["pending", "running", "completed", "failed", "cancelled"]


@app.command("list")
def list_runs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Where the page before this one ended.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only runs with this status.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only runs created since: 2026-11-30, or 2026-11-30T14:00Z.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="Only runs of this user.")] = None,
    json: Json = False,
) -> None:
    """List runs, newest first."""
    from artcelery.core.state.protocol import RunFilter

    with open_engine() as engine:
        only = RunFilter(status=status, user=user, since=parse_time(since) if since else None)
        page = engine.runs.page(limit=limit, cursor=cursor, only=only)
    if json:
        print_json({"runs": [asdict(run) for run in page.runs], "cursor": page.cursor})
        return
    rows = [(run.id, run.status, run.created_at[:19] + "Z", run.config_name, run.output_name) for run in page.runs]
    none = "no runs yet; `artcelery render dog cat` makes one" if only == RunFilter() else "no runs are so"
    print_table(("RUN", "STATUS", "CREATED", "CONFIG", "OUTPUT"), rows, none)
    if page.cursor:
        say(f"more: --cursor {page.cursor}")


@app.command()
def show(
    run_id: RunId,
    provenance: Annotated[bool, typer.Option("--provenance", help="Print the provenance record (JSON).")] = False,
    json: Json = False,
) -> None:
    """Show a run: what happened to each node, and why."""
    with open_engine() as engine:
        run = engine.runs.get(run_id)
        if provenance:
            print_json(engine.runs.provenance(run.id))
            return
        passes = engine.runs.passes(run.id)
    if json:
        print_json({**asdict(run), "passes": [asdict(item) for item in passes]})
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
    if passes:
        out("")
        rows = [(item.name, item.status, far(item), item.worker, item.reason) for item in passes]
        print_table(("PASS", "STATUS", "DONE", "WORKER", "WHY"), rows, "")


@app.command("rm")
def remove(run_id: RunId) -> None:
    """Forget a run; its files stay until they are removed or pruned."""
    with open_engine() as engine:
        out(engine.runs.remove(run_id).id)


@app.command()
def wait(
    run_id: RunId,
    output: Output = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Follow a run until it ends; prints where the result is."""
    from artcelery.cli.rendering import print_run, wait_for

    with open_engine() as engine:
        if output is not None:
            engine.check_target(output, force=force)
        done = wait_for(engine, run_id)
        if output is not None:
            engine.deliver(done, output, force=force)
        print_run(engine, done, output, json)


@app.command()
def cancel(run_id: RunId) -> None:
    """Stop a run; what was rendered of it is kept."""
    with open_engine() as engine:
        out(engine.runs.cancel(run_id).id)


@app.command()
def retry(run_id: RunId) -> None:
    """Begin a failed or cancelled run again; renders what is missing."""
    with open_engine() as engine:
        farm = farm_of(engine)
        run = farm.retry(run_id)
        if run.status != "completed" and (trouble := farm.trouble()):
            say(f"artcelery: {trouble}")
        out(run.id)


@app.command()
def logs(run_id: RunId, json: Json = False) -> None:
    """Show what happened to a submitted run.

    Which worker began which pass, what failed and why.
    """
    with open_engine() as engine:
        entries = engine.runs.journal(run_id)
    if json:
        print_json([asdict(entry) for entry in entries])
        return
    rows = [(_time(entry.at), entry.kind, entry.data.get("pass", ""), _told(entry)) for entry in entries]
    print_table(("TIME", "WHAT", "PASS", "MORE"), rows, "nothing is recorded: it was rendered where it was asked for")


def _time(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(entry: Entry) -> str:
    data = {name: value for name, value in entry.data.items() if name != "pass"}
    if entry.kind == "started":
        return f"by {data['worker']}" + (f", attempt {data['attempt']}" if data["attempt"] > 1 else "")
    if entry.kind == "finished":
        return f"{data['seconds']:.2f} s, {data['content_hash'][:12]}"
    return ", ".join(f"{value}" if name in ("reason", "message") else f"{name} {value}" for name, value in data.items())
