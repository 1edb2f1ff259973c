"""Progress of passes as bars on stderr, where that is a terminal; nothing at all where it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from artcelery.core.events import Event, Listener, PassFinished, PassProgress, PassStarted, ignore

__all__ = ["watching"]


@contextmanager
def watching() -> Iterator[Listener]:
    """A listener that draws a bar for each pass: frames done of frames expected, speed, time left."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield ignore
        return
    bars = _Bars()
    try:
        yield bars.hear
    finally:
        bars.close()


class _Bars:
    """One rich progress display, made when the first pass begins."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR"))),
            transient=True,
        )
        self._tasks: dict[str, object] = {}

    def hear(self, event: Event) -> None:
        """Draw what happened."""
        if isinstance(event, PassStarted) and event.frames != 1:
            self._progress.start()
            total = event.frames or None
            self._tasks[event.node_id] = self._progress.add_task(event.node_id, total=total, speed="")
        elif isinstance(event, PassProgress) and event.node_id in self._tasks:
            speed = f"{event.done / event.elapsed_s:.0f} fps" if event.elapsed_s else ""
            self._update(event.node_id, event.done, speed)
        elif isinstance(event, PassFinished) and event.node_id in self._tasks:
            self._progress.remove_task(self._tasks.pop(event.node_id))  # type: ignore[arg-type]

    def _update(self, node_id: str, done: int, speed: str) -> None:
        self._progress.update(self._tasks[node_id], completed=done, speed=speed)  # type: ignore[arg-type]

    def close(self) -> None:
        """Take the bars away."""
        self._progress.stop()
