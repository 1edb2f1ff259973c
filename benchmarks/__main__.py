"""`python -m benchmarks [NAME ...] [--runs N] [--write]`: measure and print the table; --write keeps it in docs."""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import date
from pathlib import Path

from benchmarks import asking, composing, facts, farm, serving, web, works
from benchmarks.timing import Row, machine
from benchmarks.works import Bench

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
WORKS = {
    **works.WORKS,
    **composing.WORKS,
    **farm.WORKS,
    **facts.WORKS,
    **serving.WORKS,
    **asking.WORKS,
    **web.WORKS,
}
TWO_CORES = """\
## Where two cores cannot help

For the 48 clips ffmpeg takes 52 processor seconds, of which 46 are x264: the same command takes 5.5 without encoders,
and 6.4 with AAC alone. Its threads keep both cores busy already. x264 is the same on both sides, with the same
settings, and takes two cores 23 s for these pictures: what 0.8 x of ffmpeg's time leaves for everything together.

## What one changed clip costs

Of its 2.3 s, 0.45 s are the start of the program. Then both cores are busy, with 3.6 processor seconds in all: 1.3 for
the clip itself and 1.1 for the sound of the whole film, which one AAC encoder writes anew (ffmpeg takes as long for
either), 0.45 for the start, and 0.75 for checking, opening and copying 47 parts and for carrying 2,250 blocks of sound
from them to the encoder. It does not wait for the part in the making: that part's sound is made at the join, too. On a
quiet machine the figure is 0.080; one that does other things meanwhile shows up to 0.09.
"""
HEAD = ["work", "artcelery", "rival", "figure", "must reach", "reached"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(WORKS)} (all)")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each (5)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="artcelery-bench-") as folder:
        bench = Bench(Path(folder), arguments.runs)
        for name in arguments.names or WORKS:
            for row in WORKS[name](bench):
                rows.append(row)
                print(" | ".join(row.cells()), flush=True)
    table = as_table(rows)
    print(f"\n{machine()}, {date.today().isoformat()}, medians of {arguments.runs}\n\n{table}")
    if arguments.write:
        PAGE.write_text(page(as_table(merged(rows)), arguments.runs))


def merged(rows: list[Row]) -> list[Row]:
    """These rows, and those on the page of works that were not measured now."""
    lines = PAGE.read_text().splitlines() if PAGE.exists() else []
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][2:]
    known = {row.work: row for row in (Row(*found[:5], found[5] == "yes") for found in cells)}
    return list({**known, **{row.work: row for row in rows}}.values())


def as_table(rows: list[Row]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def page(table: str, runs: int) -> str:
    return (
        "# Benchmarks\n\n"
        "`python -m benchmarks --write` (in the development environment) measures this table: whole processes, each\n"
        f"beside its rival, in turn, medians of {runs} after one round that is not counted.\n\n"
        f"Measured on {machine()}, {date.today().isoformat()}; rows that were not measured again are older.\n\n"
        f"{table}\n{TWO_CORES}"
    )


if __name__ == "__main__":
    main()
