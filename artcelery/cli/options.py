"""Options that several commands share, and what completes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "ConfigArg",
    "DryRun",
    "Effect",
    "Force",
    "Format",
    "Input",
    "Inputs",
    "Jobs",
    "Json",
    "Output",
    "Quality",
    "Sync",
    "Wait",
]


def _completion(names: Callable[[Any], Sequence[str]]) -> Callable[[str], list[str]]:
    """Names of the engine that begin as typed; nothing at all when they cannot be had."""

    def complete(incomplete: str) -> list[str]:
        with suppress(Exception):
            from artcelery.cli.engine import open_engine

            with open_engine(read_only=True) as engine:
                return [name for name in names(engine) if name.startswith(incomplete)]
        return []

    return complete


_effects = _completion(lambda engine: engine.effect_names())
_assets = _completion(lambda engine: engine.assets.names())
_configs = _completion(lambda engine: engine.configs.names())

Effect = Annotated[
    str,
    typer.Argument(metavar="EFFECT", help="The name of an effect, or an effect file.", autocompletion=_effects),
]
Input = Annotated[
    str, typer.Argument(metavar="INPUT", help="An asset, a file or a content hash.", autocompletion=_assets)
]
ConfigArg = Annotated[
    str, typer.Argument(metavar="CONFIG", help="A config file, or a stored config.", autocompletion=_configs)
]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", metavar="NAME=VALUE", help="An input: an asset, a file or a content hash."),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where to write the result; its suffix chooses the format.")
]
Format = Annotated[str | None, typer.Option("--format", "-f", help="The format, when there is no suffix to say it.")]
Quality = Annotated[int | None, typer.Option("--quality", "-q", help="Quality, in the scale of the format.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the output file.")]
Sync = Annotated[
    bool, typer.Option("--sync", help="Render here and wait for it; so it is, too, with -o and without --wait.")
]
Wait = Annotated[bool, typer.Option("--wait", "-w", help="Let workers render it, and wait for it.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, max=256, help="How many passes to render side by side; one a core when unset."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be rendered, and why; write nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
