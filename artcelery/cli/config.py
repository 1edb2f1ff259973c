"""`config`: YAML files checked, kept, drawn and described."""

from __future__ import annotations

from dataclasses import asdict
from inspect import signature
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from artcelery.cli.console import out, print_json, print_table, say
from artcelery.cli.engine import open_engine
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import ConfigArg, Json
from artcelery.cli.rendering import run

if TYPE_CHECKING:
    from artcelery.core.config import Config

__all__ = ["app"]

app = typer.Typer(help="YAML files that describe graphs: check, draw, keep.", **TYPER_OPTIONS)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(run)


@app.command()
def add(file: Annotated[Path, typer.Argument(metavar="FILE", help="A config file.")], json: Json = False) -> None:
    """Check a config and keep it; prints its id."""
    with open_engine() as engine:
        record = engine.configs.add(file)
    if json:
        print_json(asdict(record))
    else:
        say(f"kept {record.name!r}; `artcelery run {quote(record.name)}` renders it")
        out(record.id)


@app.command("list")
def list_configs(json: Json = False) -> None:
    """List stored configs, newest first."""
    with open_engine() as engine:
        records = engine.configs.list()
    if json:
        print_json([asdict(record) for record in records])
        return
    rows = [(record.name, record.id[:16], record.created_at[:19] + "Z", record.file_name) for record in records]
    print_table(("NAME", "ID", "ADDED", "FILE"), rows, "no configs yet; `artcelery config add FILE` keeps one")


@app.command()
def show(
    config: ConfigArg,
    text: Annotated[bool, typer.Option("--yaml", help="Print the YAML.")] = False,
    json: Json = False,
) -> None:
    """Show what a config asks for: inputs, parameters, nodes."""
    with open_engine(read_only=True) as engine:
        found = engine.configs.load(config)
    if text:
        out(found.text.decode().rstrip("\n"))
        return
    if json:
        print_json(_facts(found))
        return
    out(f"{found.name} {found.version}".rstrip())
    if found.description:
        out(found.description)
    out(f"id {found.id}\n")
    rows = [(f"-i {item.name}=", item.description) for item in found.inputs]
    print_table(("INPUT", "WHAT IT IS"), rows, "no inputs are asked for")
    params = [(_option(item.name), item.type, item.default, item.description) for item in found.params]
    if params:
        out("")
        print_table(("PARAMETER", "TYPE", "DEFAULT", "WHAT IT IS"), params, "")
    out("")
    nodes = [(node.id, node.type, ", ".join(node.inputs)) for node in found.nodes]
    print_table(("NODE", "TYPE", "INPUTS"), nodes, "")


@app.command()
def check(config: ConfigArg, json: Json = False) -> None:
    """Say every problem of a config, as file:line:column.

    Exit code 3 when there is one.
    """
    from artcelery.core.errors import ConfigError

    try:
        with open_engine(read_only=True) as engine:
            found = engine.configs.load(config)
    except ConfigError as error:
        if not json:
            raise
        print_json({"ok": False, "file": error.file, "problems": [asdict(problem) for problem in error.problems]})
        raise typer.Exit(3) from error
    if json:
        warnings = [asdict(warning) for warning in found.warnings]
        print_json({"ok": True, "file": found.file, "nodes": len(found.nodes), "warnings": warnings})
        return
    for warning in found.warnings:
        say(warning.located(found.file) + " (warning)")
    count = len(found.nodes)
    say(f"{found.file}: right ({count} node{'' if count == 1 else 's'})")


@app.command()
def graph(
    config: ConfigArg,
    format: Annotated[Literal["text", "dot", "mermaid", "json"], typer.Option(help="How to draw it.")] = "text",
) -> None:
    """Draw the graph of a config."""
    from artcelery.cli.drawing import draw

    with open_engine(read_only=True) as engine:
        out(draw(engine.configs.load(config), format))


@app.command()
def schema() -> None:
    """Print the JSON Schema of configs, for editors."""
    with open_engine(read_only=True) as engine:
        print_json(engine.configs.schema())


@app.command("rm")
def remove(config: ConfigArg) -> None:
    """Forget a stored config that no run needs."""
    with open_engine() as engine:
        out(engine.configs.remove(config).id)


def _option(name: str) -> str:
    """How a parameter is given to `run`: by an option of its own, unless `run` has one of that name."""
    return f"--set {name}=" if name.replace("-", "_") in signature(run).parameters else f"--{name}"


def _facts(config: Config) -> dict[str, Any]:
    return {
        "name": config.name,
        "version": config.version,
        "description": config.description,
        "id": config.id,
        "inputs": [asdict(item) for item in config.inputs],
        "params": [asdict(item) for item in config.params],
        "nodes": [asdict(node) for node in config.nodes],
        "output": config.output,
    }
