"""`assets`: files with names."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from artcelery.cli.console import out, print_json, print_table
from artcelery.cli.engine import open_engine
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import Json

__all__ = ["app"]

app = typer.Typer(help="Files with names: list, add, remove.", **TYPER_OPTIONS)


@app.command("list")
def list_assets(json: Json = False) -> None:
    """List assets by name."""
    with open_engine(read_only=True) as engine:
        found = engine.assets.list()
    if json:
        print_json([asdict(asset) for asset in found])
    else:
        print_table(("ASSET", "HASH"), [(asset.name, asset.content_hash) for asset in found], "no assets")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture, a film or a sound.")],
) -> None:
    """Import a file and name it; prints its content hash."""
    with open_engine() as engine:
        out(engine.assets.add(file, name).content_hash)


@app.command("rm")
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="The name.")]) -> None:
    """Forget a name; the file stays."""
    with open_engine() as engine:
        engine.assets.remove(name)
    out(name)
