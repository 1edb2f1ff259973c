"""`render` and `run`: an order, the plan or the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from artcelery.cli.console import out, print_json, print_table, say, say_notes
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
    from artcelery.core.config import Config, ParamSpec
    from artcelery.core.engine import Engine, Order
    from artcelery.core.plan import Plan
    from artcelery.core.state.records import RunRecord

__all__ = ["config_params", "perform", "print_run", "render", "run", "wait_for"]

Params = Annotated[
    list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of the effect.")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="NAME=VALUE", help="A parameter of the config.")
]


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
    from artcelery.core.engine import open_engine

    with open_engine(read_only=dry_run) as engine:
        params = parse_pairs(param, "--param")
        order = engine.order_effect(effect, input, params=params, output=output, format=format, quality=quality)
        perform(engine, order, force=force, jobs=jobs, how=_how(sync, wait, dry_run, order), json=json)


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
    from artcelery.core.engine import open_engine

    with open_engine(read_only=dry_run) as engine:
        inputs = parse_pairs(input, "-i")
        order = engine.order(config, inputs, output=output, format=format, quality=quality)
        params = config_params(order.config, parse_pairs(set, "--set"), context.args)
        order = engine.order(order.config, inputs, params, output=output, format=format, quality=quality)
        perform(engine, order, force=force, jobs=jobs, how=_how(sync, wait, dry_run, order), json=json)


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
        if not word.startswith("--") or name not in names:
            known = ", ".join(f"--{item}" for item in sorted(names)) or "none"
            raise UsageError(f"no such option: {word} (options of this config: {known})")
        if not sign and not words:
            raise UsageError(f"{word} needs a value")
        texts[name] = value if sign else words.pop(0)
    return texts


How = Literal["plan", "here", "wait", "submit"]


def _how(sync: bool, wait: bool, dry_run: bool, order: Order) -> How:
    from artcelery.core.errors import UsageError

    if sync and wait:
        raise UsageError("--sync renders here and --wait has workers render; choose one")
    if dry_run:
        return "plan"
    if wait:
        return "wait"
    return "here" if sync or order.output is not None else "submit"


def perform(engine: Engine, order: Order, *, force: bool, jobs: int | None, how: How, json: bool) -> None:
    """Plan, render or submit an order, and print what came of it."""
    if how == "plan":
        _print_plan(engine.plan(order), json)
    elif how == "here":
        from artcelery.cli.progress import watching

        with watching() as listener:
            done = engine.run(order, force=force, jobs=jobs, listener=listener)
        print_run(engine, done, order.output, json)
    else:
        _submit(engine, order, force=force, jobs=jobs, wait=how == "wait", json=json)


def _submit(engine: Engine, order: Order, *, force: bool, jobs: int | None, wait: bool, json: bool) -> None:
    from artcelery.core.errors import UsageError
    from artcelery.worker.farm import Farm

    if jobs is not None:
        raise UsageError("--jobs is for rendering here; add --sync, or leave it to the workers")
    if order.output is not None:
        engine.check_target(order.output, force=force)
    farm = Farm(engine)
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


def wait_for(engine: Engine, run_id: str) -> RunRecord:
    """Follow a submitted run with bars; its record when it is completed. What ended it otherwise is raised."""
    from artcelery.cli.progress import watching
    from artcelery.core.errors import CancelledError, RenderError

    try:
        with watching() as listener:
            done = engine.follow(run_id, listener)
    except KeyboardInterrupt:
        say(f"the run goes on: `artcelery runs wait {run_id}` follows it, `artcelery runs cancel {run_id}` stops it")
        raise
    if done.status == "cancelled":
        raise CancelledError(f"run {run_id} was cancelled")
    if done.status == "failed":
        said = done.error["message"] if done.error else "it failed"
        raise RenderError(f"run {run_id} failed: {said}\n`artcelery runs retry {run_id}` renders what is missing")
    return done


def _print_plan(plan: Plan, json: bool) -> None:
    if json:
        print_json(plan.to_json())
        return
    rows = [
        (
            node.id,
            plan.graph.nodes[node.id].type,
            "known" if node.status == "known" else _status(node.status),
            node.reason,
        )
        for node in plan.nodes.values()
    ]
    print_table(("NODE", "TYPE", "STATUS", "WHY"), rows, "an empty graph")
    if plan.passes:
        out("")
        print_passes(plan)
    say_notes(plan.notes)
    say_notes(plan.advice)
    say(summary(plan))


def summary(plan: Plan) -> str:
    """What a plan comes to, in a line."""
    passes = len(plan.passes)
    verb = "nothing to render" if not passes else f"{passes} pass{'es' if passes > 1 else ''} to render"
    about = f", {_about(plan.seconds)}" if plan.seconds is not None else ""
    if plan.waiting:
        names = ", ".join(plan.waiting)
        return f"stage 1: {verb}{about} ({names}); what follows is planned when it is known what they find"
    if plan.parts:
        missing = plan.parts - plan.parts_known
        verb = f"{plan.parts_known} of {plan.parts} parts known; {missing} to render" if passes else verb
    return f"{plan.known} of {len(plan.nodes)} nodes known; {verb}{about}"


def _about(seconds: float) -> str:
    said = time_said(seconds)
    return said if said.startswith("less") else f"about {said}"


def _status(status: str) -> str:
    return {"render": "to render"}.get(status, status)


def print_run(engine: Engine, run: RunRecord, output: Path | None, json: bool) -> None:
    """Where the output of a completed run is, and what it took."""
    path = output or engine.output_path(run)
    rendered = [node for node in run.nodes if node.status == "rendered"]
    record = engine.runs.provenance(run.id)
    seconds = round(sum(item["seconds"] for item in record["passes"]), 3)
    if json:
        print_json(_facts(run, path, len(rendered), seconds))
        return
    say_notes(record["notes"])
    what = f"rendered {len(rendered)} of {len(run.nodes)} nodes in {seconds:.2f} s" if rendered else "everything known"
    say(f"{what}; run {run.id}")
    out(path)


def _facts(run: RunRecord, path: Path, rendered: int, seconds: float) -> dict[str, Any]:
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
