"""Where passes are executed, and where the files are that they read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from artcelery.core.errors import CancelledError, RenderError
from artcelery.core.events import Listener, ignore
from artcelery.core.media.limits import Limits
from artcelery.core.plan import AS_IS, File, Pass
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Result
from artcelery.core.store.protocol import Store

__all__ = ["Workshop", "present"]

_WAIT_S = 0.01


@dataclass(frozen=True)
class Workshop:
    """The store, the state, the limits, and who is told."""

    store: Store
    state: State
    limits: Limits
    lease_s: float = 30.0
    listener: Listener = ignore
    cancelled: Callable[[], bool] = bool
    making: Callable[[File], Pass | None] = lambda file: None
    """The pass that makes a file right now, so that it is worth waiting for."""

    def refuse_cancelled(self) -> None:
        """CancelledError when nobody wants the result any more."""
        if self.cancelled():
            raise CancelledError("the run was cancelled")

    def path(self, file: File) -> Path:
        """Where a file lies: a source by its hash, or the result of a pass; one that is being made is awaited."""
        key, encoding = file
        while self.making(file):
            self.refuse_cancelled()
            time.sleep(_WAIT_S)
        if encoding == AS_IS and (path := self.store.find(key)):
            return path
        result = self.state.results.get(key, encoding)
        path = self.store.find(result.content_hash, result.size_bytes) if result else None
        if path is None:
            raise RenderError(f"the file of {key[:12]} is gone from the cache; run it again, or import it again")
        return path


def present(store: Store, results: Iterator[Result] | list[Result]) -> list[Result]:
    """Those results whose file is there, whole."""
    wanted = list(results)
    there = store.has_many((result.content_hash, result.size_bytes) for result in wanted)
    return [result for result in wanted if (result.content_hash, result.size_bytes) in there]
