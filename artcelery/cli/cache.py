"""`cache`: the files that are kept by the hash of their bytes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artcelery.cli.console import out, print_json, print_table, say, size
from artcelery.cli.engine import open_engine, open_here
from artcelery.cli.lazy import TYPER_OPTIONS
from artcelery.cli.options import Force, Json
from artcelery.cli.parsing import parse_age, parse_bytes

if TYPE_CHECKING:
    from artcelery.core.effect import Effect

__all__ = ["app"]

app = typer.Typer(help="Files by content hash: list, import, free.", **TYPER_OPTIONS)

Hash = Annotated[str, typer.Argument(metavar="HASH", help="A content hash, 8 or more digits of one, or an asset.")]


@app.command("list")
def list_files(json: Json = False) -> None:
    """List stored files."""
    with open_engine() as engine:
        items = list(engine.cache.list())
    if json:
        print_json([item.to_json() for item in items])
        return
    rows = [(item.content_hash[:16], size(item.size_bytes), item.origin, item.name, item.clip) for item in items]
    print_table(("HASH", "SIZE", "FROM", "NAME", "WHAT"), rows, "the cache is empty")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture, a film, a sound, or an effect file.")],
    name: Annotated[str | None, typer.Option(help="Name it as an asset.")] = None,
    json: Json = False,
) -> None:
    """Keep a file, and print its content hash.

    An effect file serves configs that pin its hash.
    """
    with open_engine() as engine:
        if file.suffix == ".py" and name is None:
            _print_kept(engine.keep_effect(file), json)
            return
        fact = engine.assets.add(file, name)
    if json:
        print_json(asdict(fact))
    else:
        out(fact.content_hash)


def _print_kept(effect: Effect, json: bool) -> None:
    if json:
        print_json({"content_hash": effect.content_hash, "name": effect.name, "version": effect.version})
    else:
        out(effect.content_hash)


@app.command()
def get(
    hash: Hash,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Copy the file there.")] = None,
    force: Force = False,
) -> None:
    """Print where a stored file lies, or copy it out.

    Of an analysis or a record, print what it says.
    """
    with open_engine() as engine:
        found = None if output else engine.cache.document(hash)
        if found is not None:
            print_json(found)
            return
        out(engine.cache.copy(hash, output, force=force) if output else engine.cache.path(hash))


@app.command("rm")
def remove(hash: Hash) -> None:
    """Remove a file that no run and no name needs."""
    with open_engine() as engine:
        item = engine.cache.remove(hash)
    say(f"freed {size(item.size_bytes)}")
    out(item.content_hash)


@app.command()
def verify(
    hashes: Annotated[
        list[str] | None, typer.Argument(metavar="[HASH]...", help="Which; all when none is given.")
    ] = None,
    json: Json = False,
) -> None:
    """Hash stored files again; wrong ones go to quarantine.

    They are rendered again when they are needed.
    """
    with open_here("cache verify") as engine:
        found = engine.cache.verify(hashes or ())
    if json:
        print_json(asdict(found))
    else:
        for wrong in found.wrong:
            out(wrong)
        say(f"{found.checked} checked, {len(found.wrong)} wrong" + (" (in quarantine)" if found.wrong else ""))
    if found.wrong:
        raise typer.Exit(1)


@app.command()
def stats(json: Json = False) -> None:
    """How much the cache holds, and how much of it runs need."""
    with open_here("cache stats") as engine:
        found = engine.cache.stats()
    if json:
        print_json(asdict(found))
        return
    out(f"files    {found.files} ({size(found.bytes)})")
    out(f"needed   {found.needed_files} ({size(found.needed_bytes)})")
    out(f"results  {found.results}")
    out(f"free     {size(found.free_bytes)}")
    out(f"folder   {found.path}")


@app.command()
def prune(
    max_size: Annotated[str | None, typer.Option(help="Free until the cache is no larger: 2GB, 500MB.")] = None,
    max_age: Annotated[str | None, typer.Option(help="Free what is older: 30d, 12h.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what would be freed.")] = False,
    json: Json = False,
) -> None:
    """Free what no run and no name needs, cheapest to make again first."""
    with open_here("cache prune") as engine:
        found = engine.cache.prune(
            max_size_bytes=parse_bytes(max_size) if max_size else None,
            max_age_s=parse_age(max_age) if max_age else None,
            dry_run=dry_run,
        )
    if json:
        print_json(asdict(found))
        return
    for item in found.items:
        out(item.content_hash)
    verb = "would free" if dry_run else "freed"
    say(f"{verb} {size(found.freed_bytes)} in {len(found.items)} files; {size(found.kept_bytes)} stay")
