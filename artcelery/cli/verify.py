"""`verify` and `doctor`: is it what it says it is, and can it work here?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from artcelery.cli.console import out, print_json, say
from artcelery.cli.engine import open_here, refuse_server
from artcelery.cli.options import Json

__all__ = ["doctor", "verify"]


def verify(
    what: Annotated[str, typer.Argument(metavar="FILE_OR_RUN", help="A file that was rendered, or a run.")],
    rerender: Annotated[bool, typer.Option("--rerender", help="Render it again and compare the bytes.")] = False,
    json: Json = False,
) -> None:
    """Check that a file is what the record of its run says."""
    from artcelery.cli.progress import watching

    with open_here("verify") as engine, watching() as listener:
        verdict = engine.verify(what, rerender=rerender, listener=listener)
    if json:
        print_json(verdict.to_json())
        return
    say(f"run {verdict.run.id}: the bytes are what the record says" + (", also rendered again" if rerender else ""))
    out(verdict.content_hash)


def doctor(json: Json = False) -> None:
    """Look for what is wrong with this installation, and say the fix."""
    from artcelery.core.engine.doctor import examine

    checks = examine(refuse_server("doctor"))
    if json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            out(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
            if not check.ok:
                out(f"      mend it: {check.fix}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
