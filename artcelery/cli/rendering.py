"""`render` and `run`: an order, the plan or the result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from artcelery.cli.console import out, print_json, print_table, say, say_notes
from artcelery.cli.engine import called, farm_of, open_engine
from artcelery.cli.options import (
    ConfigArg,
    DryRun,
    Effect,
    Force,
    Format,
    Input,
    Inputs,
    Jobs,
    Json,
    Output,
    Quality,
    Sync,
    Wait,
)
from artcelery.cli.parsing import parse_pairs
from artcelery.cli.planned import print_passes, time_said

if TYPE_CHECKING:
    from artcelery.cli.engine import AnyEngine
    from artcelery.core.config import Config, ParamSpec
    from artcelery.core.engine import Engine, Order
    from artcelery.core.state.records import RunRecord

__all__ = ["config_params", "perform", "print_run", "render", "run", "wait_for"]

Params = Annotated[
    list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of the effect.")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="NAME=VALUE", help="A parameter of the config.")
]

_LISTED = "`artcelery config show CONFIG` lists the names"


def render(
    effect: Effect,
    input: Input,
    param: Params = None,
    output: Output = None,
    format: Format = None,
    quality: Quality = None,
    force: Force = False,
    jobs: Jobs = None,
    sync: Sync = False,
    wait: Wait = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Apply EFFECT to INPUT.

    Prints the id of the run, which workers render. With --sync, -o or --wait: where the result is.
    """
    with open_engine(read_only=dry_run) as engine:
        params = parse_pairs(param, "--param", "`artcelery effects show EFFECT` lists the names")
        order = engine.order_effect(effect, input, params=params, output=output, format=format, quality=quality)
        perform(engine, order, force=force, jobs=jobs, how=_how(engine, sync, wait, dry_run, order), json=json)


def run(
    context: typer.Context,
    config: ConfigArg,
    input: Inputs = None,
    set: Settings = None,
    output: Output = None,
    format: Format = None,
    quality: Quality = None,
    force: Force = False,
    jobs: Jobs = None,
    sync: Sync = False,
    wait: Wait = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Render CONFIG with the given inputs.

    Prints the id of the run, which workers render. With --sync, -o or --wait: where the result is.

    A parameter of the config is given with --set NAME=VALUE, or as an option of its own: --NAME VALUE.
    """
    with open_engine(read_only=dry_run) as engine:
        inputs = parse_pairs(input, "-i", _LISTED)
        order = engine.order(config, inputs, output=output, format=format, quality=quality)
        order = replace(order, params=config_params(order.config, parse_pairs(set, "--set", _LISTED), context.args))
        perform(engine, order, force=force, jobs=jobs, how=_how(engine, sync, wait, dry_run, order), json=json)


def config_params(config: Config, given: dict[str, str], options: list[str]) -> dict[str, Any]:
    """The values of a config's parameters from `--set` and from options named after them."""
    texts = {**given, **_own_options(config, options)}
    specs = {spec.name: spec for spec in config.params}
    return {name: _parsed(specs[name], text) if name in specs else text for name, text in texts.items()}


def _parsed(spec: ParamSpec, text: str) -> Any:
    from artcelery.core.errors import UsageError

    try:
        return spec.parse(text)
    except ValueError as error:
        raise UsageError(f"the parameter {spec.name!r}: {error}") from error


def _own_options(config: Config, options: list[str]) -> dict[str, str]:
    """`--width 60` and `--width=60` as texts by name."""
    from artcelery.core.errors import UsageError

    texts: dict[str, str] = {}
    words = list(options)
    names = {spec.name for spec in config.params}
    while words:
        word = words.pop(0)
        name, sign, value = word.removeprefix("--").partition("=")
        name = name if name in names else name.replace("-", "_")
        if not word.startswith("-"):
            first = next((item.name for item in config.inputs), "NAME")
            raise UsageError(f"{word!r} is one word too many; an input is given with -i {first}={word}")
        if not word.startswith("--") or name not in names:
            known = ", ".join(f"--{item}" for item in sorted(names)) or "none"
            raise UsageError(f"no such option: {word} (options of this config: {known})")
        if not sign and not words:
            raise UsageError(f"{word} needs a value")
        texts[name] = value if sign else words.pop(0)
    return texts


How = Literal["plan", "here", "wait", "submit"]


def _how(engine: AnyEngine, sync: bool, wait: bool, dry_run: bool, order: Order) -> How:
    from artcelery.core.engine import Engine
    from artcelery.core.errors import UsageError

    if sync and wait:
        raise UsageError("--sync renders here and --wait has workers render; choose one")
    if sync and not isinstance(engine, Engine):
        raise UsageError(f"--sync renders on this machine, and {engine.url} is another; leave it out, or --server")
    if dry_run:
        return "plan"
    if wait:
        return "wait"
    return "here" if sync or order.output is not None else "submit"


def perform(engine: AnyEngine, order: Order, *, force: bool, jobs: int | None, how: How, json: bool) -> None:
    """Plan, render or submit an order, and print what came of it; what is rendered by a server is waited for."""
    from artcelery.core.engine import Engine

    if how == "plan":
        _print_plan(engine.plan(order).to_json(), json)
    elif how == "here" and isinstance(engine, Engine):
        print_run(engine, _rendered(engine, order, force, jobs), order.output, json)
    else:
        _submit(engine, order, force=force, jobs=jobs, wait=how != "submit", json=json)


def _rendered(engine: Engine, order: Order, force: bool, jobs: int | None) -> RunRecord:
    """Render an order here with bars; its record."""
    from artcelery.cli.progress import watching

    try:
        with watching() as listener:
            return engine.run(order, force=force, jobs=jobs, listener=listener)
    except KeyboardInterrupt:
        say("interrupted; passes that were done are kept, and the same command goes on from there")
        raise


def _submit(engine: AnyEngine, order: Order, *, force: bool, jobs: int | None, wait: bool, json: bool) -> None:
    from artcelery.core.errors import UsageError

    if jobs is not None:
        raise UsageError("--jobs is for rendering here; add --sync, or leave it to the workers")
    if order.output is not None:
        engine.check_target(order.output, force=force)
    farm = farm_of(engine)
    run = farm.submit(order)
    trouble = None if run.status == "completed" else farm.trouble()
    if trouble:
        say(f"artcelery: {trouble}")
    if wait:
        done = wait_for(engine, run.id)
        if order.output is not None:
            engine.deliver(done, order.output, force=force)
        print_run(engine, done, order.output, json)
    elif json:
        print_json({"run": run.id, "status": run.status, "workers": trouble is None})
    else:
        out(run.id)


def wait_for(engine: AnyEngine, run_id: str) -> RunRecord:
    """Follow a submitted run with bars; its record when it is completed. What ended it otherwise is raised."""
    from artcelery.cli.progress import watching
    from artcelery.core.errors import CancelledError, RenderError

    try:
        with watching() as listener:
            done = engine.follow(run_id, listener)
    except KeyboardInterrupt:
        say(f"the run goes on: `{called()} runs wait {run_id}` follows it, `{called()} runs cancel {run_id}` stops it")
        raise
    if done.status == "cancelled":
        raise CancelledError(f"run {run_id} was cancelled")
    if done.status == "failed":
        said = done.error["message"] if done.error else "it failed"
        raise RenderError(f"run {run_id} failed: {said}\n`{called()} runs retry {run_id}` renders what is missing")
    return done


def _print_plan(plan: dict[str, Any], json: bool) -> None:
    if json:
        print_json(plan)
        return
    rows = [(node["id"], node["type"], _status(node["status"]), node["reason"]) for node in plan["nodes"]]
    print_table(("NODE", "TYPE", "STATUS", "WHY"), rows, "an empty graph")
    if plan["passes"]:
        out("")
        print_passes(plan["passes"])
    say_notes(plan["notes"])
    say_notes(plan["advice"])
    say(_summary(plan))


def _summary(plan: dict[str, Any]) -> str:
    """What a plan comes to, in a line."""
    passes, parts = len(plan["passes"]), plan["parts"]
    verb = "nothing to render" if not passes else f"{passes} pass{'es' if passes > 1 else ''} to render"
    about = f", {_about(plan['seconds'])}" if plan["seconds"] is not None else ""
    if plan["waiting"]:
        names = ", ".join(plan["waiting"])
        return f"stage 1: {verb}{about} ({names}); what follows is planned when it is known what they find"
    if parts["all"]:
        missing = parts["all"] - parts["known"]
        verb = f"{parts['known']} of {parts['all']} parts known; {missing} to render" if passes else verb
    known = sum(node["status"] == "known" for node in plan["nodes"])
    return f"{known} of {len(plan['nodes'])} nodes known; {verb}{about}"


def _about(seconds: float) -> str:
    said = time_said(seconds)
    return said if said.startswith("less") else f"about {said}"


def _status(status: str) -> str:
    return {"render": "to render"}.get(status, status)


def print_run(engine: AnyEngine, run: RunRecord, output: Path | None, json: bool) -> None:
    """Where the output of a completed run is, and what it took."""
    path = output or engine.output_path(run)
    rendered = [node for node in run.nodes if node.status == "rendered"]
    record = engine.runs.provenance(run.id)
    if json:
        seconds = round(sum(item["seconds"] for item in record["passes"]), 3)
        print_json(_facts(run, path, len(rendered), seconds))
        return
    say_notes(record["notes"])
    what = f"rendered {len(rendered)} of {len(run.nodes)} nodes in {_took(run)}" if rendered else "everything known"
    say(f"{what}; run {run.id}")
    out(path)


def _took(run: RunRecord) -> str:
    """How long it was at work: passes render side by side, so that theirs together may be more."""
    from datetime import datetime

    began = run.started_at or run.created_at
    took = datetime.fromisoformat(run.finished_at or began) - datetime.fromisoformat(began)
    return f"{took.total_seconds():.2f} s"


def _facts(run: RunRecord, path: Path | str, rendered: int, seconds: float) -> dict[str, Any]:
    return {
        "run": run.id,
        "status": run.status,
        "output": str(path),
        "content_hash": run.output_hash,
        "key": run.output_key,
        "encoding": run.encoding,
        "rendered": rendered,
        "reused": len(run.nodes) - rendered,
        "seconds": seconds,
    }
