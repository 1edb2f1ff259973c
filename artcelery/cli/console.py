"""Printing: results on stdout, everything else on stderr; tables; JSON; sizes and times for people."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artcelery.core.state.records import PassRecord

__all__ = ["far", "fitted", "out", "print_json", "print_table", "say", "say_notes", "size", "wants_color"]


def out(text: object) -> None:
    """A result, on stdout."""
    print(text, file=sys.stdout)


def say(text: str) -> None:
    """A word to the person, on stderr."""
    print(text, file=sys.stderr)


def say_notes(notes: Sequence[str]) -> None:
    """Conversions on the way, on stderr."""
    for note in notes:
        say(f"note: {note}")


def print_json(value: Any) -> None:
    """One JSON document on stdout; characters that are no text come out escaped."""
    print(json.dumps(value, indent=2, ensure_ascii=True), file=sys.stdout)


def far(item: PassRecord) -> str:
    """How far a pass is, in frames where it has any."""
    if not item.frames or not item.done:
        return str(item.done or "")
    return f"{item.done} of {item.frames} ({100 * item.done // item.frames} %)"


def wants_color() -> bool:
    """Whether stdout is a terminal that shows colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Aligned columns on stdout; on a terminal with a bold head, and no wider than it in the last column."""
    if not rows:
        say(empty)
        return
    texts = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in [list(head), *texts]) for at in range(len(head))]
    title = _aligned(head, widths)
    out(f"\033[1m{title}\033[0m" if wants_color() else title)
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for row in texts:
        line = _aligned(row, widths)
        out(f"{line[: limit - 1]}…" if limit and len(line) > limit else line)


def fitted(text: str) -> str:
    """Paragraphs as they are in a pipe, and no wider than the terminal where there is one."""
    if not sys.stdout.isatty():
        return text
    width = min(shutil.get_terminal_size().columns, 100)
    paragraphs = (textwrap.fill(" ".join(part.split()), width) for part in text.split("\n\n"))
    return "\n\n".join(paragraphs)


def size(count: int) -> str:
    """Bytes for people: `1.4 MB`."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _one_line(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
