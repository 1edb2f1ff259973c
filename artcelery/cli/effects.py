"""`effects`: what can be done to a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from artcelery.cli.console import fitted, out, print_json, print_table, say
from artcelery.cli.engine import open_engine
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import Effect as EffectName
from artcelery.cli.options import Json

if TYPE_CHECKING:
    from artcelery.core.effect import Effect, Param

__all__ = ["app"]

app = typer.Typer(help="What can be done to a picture: list, show, add.", **TYPER_OPTIONS)


@app.command("list")
def list_effects(json: Json = False) -> None:
    """List all effects."""
    with open_engine(read_only=True) as engine:
        found = engine.effects()
    if json:
        print_json([_facts(effect) for effect in found])
        return
    rows = [(effect.name, effect.version, effect.description.split("\n")[0]) for effect in found]
    print_table(("EFFECT", "VERSION", "WHAT IT DOES"), rows, "no effects")


@app.command()
def show(effect: EffectName, json: Json = False) -> None:
    """Show an effect and its parameters."""
    with open_engine(read_only=True) as engine:
        found = engine.effect(effect)
    if json:
        print_json(_facts(found))
        return
    out(f"{found.name} {found.version}")
    out(fitted(found.description))
    out(f"hash {found.content_hash}\n")
    rows = [(param.name, param.type, _allowed(param), param.default, param.description) for param in found.params]
    print_table(("PARAMETER", "TYPE", "RANGE", "DEFAULT", "WHAT IT IS"), rows, "it has no parameters")


@app.command()
def add(file: Annotated[Path, typer.Argument(metavar="FILE", help="An effect file.")]) -> None:
    """Keep an effect file among your own; it is read and run first."""
    with open_engine() as engine:
        found = engine.add_effect(file)
    say(f"kept {found.name} {found.version}; `artcelery render {found.name} cat` tries it")
    out(found.content_hash)


def _allowed(param: Param) -> str:
    if param.choices:
        return " ".join(param.choices)
    if param.minimum is None and param.maximum is None:
        return ""
    low = "" if param.minimum is None else f"{param.minimum:g}"
    high = "" if param.maximum is None else f"{param.maximum:g}"
    return f"{low} to {high}"


def _facts(effect: Effect) -> dict[str, Any]:
    return {
        "name": effect.name,
        "version": effect.version,
        "description": effect.description,
        "author": effect.author,
        "content_hash": effect.content_hash,
        "temporal": effect.temporal,
        "params": [
            {
                "name": param.name,
                "type": param.type,
                "default": param.default,
                "minimum": param.minimum,
                "maximum": param.maximum,
                "choices": list(param.choices),
                "description": param.description,
            }
            for param in effect.params
        ],
    }
