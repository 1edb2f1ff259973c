"""Where passes are executed, and where the files are that they read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from artcelery.core.errors import CancelledError, RenderError
from artcelery.core.events import Listener, ignore
from artcelery.core.media.limits import Limits
from artcelery.core.plan import AS_IS, File
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Result
from artcelery.core.store.protocol import Store

__all__ = ["Workshop", "present"]


@dataclass(frozen=True)
class Workshop:
    """The store, the state, the limits, and who is told."""

    store: Store
    state: State
    limits: Limits
    lease_s: float = 30.0
    listener: Listener = ignore
    cancelled: Callable[[], bool] = bool

    def refuse_cancelled(self) -> None:
        """CancelledError when nobody wants the result any more."""
        if self.cancelled():
            raise CancelledError("the run was cancelled")

    def path(self, file: File) -> Path:
        """Where a file lies: a source by its content hash, or the result of an earlier pass."""
        key, encoding = file
        if encoding == AS_IS and (path := self.store.find(key)):
            return path
        result = self.state.results.get(key, encoding)
        path = self.store.find(result.content_hash, result.size_bytes) if result else None
        if path is None:
            raise RenderError(f"the file of {key[:12]} is gone from the cache; run it again, or import it again")
        return path


def present(store: Store, results: Iterator[Result] | list[Result]) -> list[Result]:
    """Those results whose file is there, whole."""
    return [result for result in results if store.find(result.content_hash, result.size_bytes) is not None]
