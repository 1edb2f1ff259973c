"""Progress of passes as bars on stderr, where that is a terminal; nothing at all where it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from artcelery.core.events import (
    Event,
    Listener,
    PassFinished,
    PassProgress,
    PassStarted,
    RunPlanned,
    RunStarted,
    ignore,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID, TextColumn

__all__ = ["moving", "watching"]

_NAME, _BAR = 26, 22
"""How many letters the name of what moves has at most, and its bar."""


def _is_shown() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def moving(what: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """What hears how many bytes of a file have moved, and of how many, and draws a bar of it."""
    if not _is_shown():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    columns = (_name_column(), BarColumn(bar_width=_BAR), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=_console(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def watching() -> Iterator[Listener]:
    """A listener that draws a bar for each pass: frames done of frames expected, speed, time left."""
    if not _is_shown():
        yield ignore
        return
    bars = _Bars()
    try:
        yield bars.hear
    finally:
        bars.close()


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))


def _name_column() -> TextColumn:
    """What moves, as it is written: a long name is cut, so that the rest stays to be seen on a line of 80 letters."""
    from rich.progress import TextColumn
    from rich.table import Column

    return TextColumn("{task.description}", markup=False, table_column=Column(max_width=_NAME, no_wrap=True))


class _Bars:
    """One rich progress display: a bar for each pass that renders, above them one for all where there are several."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            _name_column(),
            BarColumn(bar_width=_BAR),
            TextColumn("{task.fields[far]}", markup=False),
            TimeRemainingColumn(compact=True),
            console=_console(),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self._passes = self._ended = 0

    def hear(self, event: Event) -> None:
        """Draw what happened."""
        if isinstance(event, (RunStarted, RunPlanned)):
            self._expect(event.passes)
        elif isinstance(event, PassStarted) and event.frames != 1:
            self._progress.start()
            total = event.frames or None
            self._tasks[event.node_id] = self._progress.add_task(event.node_id, total=total, far="")
        elif isinstance(event, PassProgress) and event.node_id in self._tasks:
            self._progress.update(self._tasks[event.node_id], completed=event.done, far=_far(event))
        elif isinstance(event, PassFinished):
            self._finish(event.node_id)

    def _expect(self, passes: int) -> None:
        self._passes += passes
        if self._passes > 1 and self._all is None:
            self._progress.start()
            self._all = self._progress.add_task("all passes", total=self._passes, far=f"0/{self._passes}")
        elif self._all is not None:
            self._progress.update(self._all, total=self._passes, far=f"{self._ended}/{self._passes}")

    def _finish(self, name: str) -> None:
        if name in self._tasks:
            self._progress.remove_task(self._tasks.pop(name))
        self._ended += 1
        if self._all is not None:
            self._progress.update(self._all, completed=self._ended, far=f"{self._ended}/{self._passes}")

    def close(self) -> None:
        """Take the bars away."""
        self._progress.stop()


def _far(event: PassProgress) -> str:
    """How far a pass is: frames of all and their speed, or blocks of sound; before, how much was read."""
    if not event.done:
        return f"{event.read:,} read"
    if not event.frames:
        return f"{event.done:,} blocks"
    speed = f" {event.done / event.elapsed_s:.0f} fps" if event.elapsed_s else ""
    return f"{event.done:,}/{event.frames:,}{speed}"
