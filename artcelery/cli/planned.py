"""The passes of a plan as rows of a table: which node, what of it, how many pictures, and about how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from artcelery.cli.console import print_table

__all__ = ["print_passes", "time_said"]

Facts: TypeAlias = Mapping[str, Any]
"""A pass, as a plan says it in plain values."""

_HEAD = ("PASS", "RENDERS", "FRAMES", "ABOUT")
_MOST_RANGES = 4


def print_passes(passes: Sequence[Facts]) -> None:
    """A row for each pass, the parts of a film in one; without frames or times where none are known."""
    rows = list(_rows(passes))
    columns = [at for at in range(len(_HEAD)) if any(row[at] for row in rows)]
    print_table([_HEAD[at] for at in columns], [[row[at] for at in columns] for row in rows], "no passes")


def time_said(seconds: float) -> str:
    """So many seconds, as people say it: `3 s`, `2 min`."""
    if seconds < 1:
        return "less than 1 s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _rows(passes: Iterable[Facts]) -> Iterator[tuple[str, str, str, str]]:
    for (node, is_part), group in groupby(passes, lambda item: (item["node"], "part" in item)):
        items = list(group)
        name = f"{node} {_ranges([item['part'] for item in items])}/{items[0]['parts']}" if is_part else node
        frames = sum(item["frames"] for item in items)
        yield name, _what(items), f"{frames:,}" if frames else "", _about(items)


def _what(items: Sequence[Facts]) -> str:
    """What a pass does, or several that render parts."""
    first = items[0]
    if "part" in first:
        return "1 part" if len(items) == 1 else f"{len(items)} parts"
    if "joins" in first:
        return "copies the pictures" if first["copies"] else f"joins {first['joins']} parts"
    if first["makes"] == "files":
        return "whole files"
    if first["makes"] == "data":
        return "an analysis"
    return f"{len(first['nodes'])} nodes in one" if len(first["nodes"]) > 1 else "this node"


def _about(items: Sequence[Facts]) -> str:
    times = [item.get("seconds") for item in items]
    known = [time for time in times if time is not None]
    return time_said(sum(known)) if len(known) == len(times) else ""


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers that rise, those in a row as `1-48`; of many only the first: `1-3, 7, 9, 11, ...`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return ", ".join([*said[:_MOST_RANGES], *(["..."] if len(said) > _MOST_RANGES else [])])
