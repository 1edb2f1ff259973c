"""A pass in the hands of a worker: its lease is renewed, and its progress told, by a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from artcelery.core.engine.context import Context
from artcelery.core.errors import ArtceleryError, StateError, UnreachableError
from artcelery.core.events import Event, PassProgress
from artcelery.core.state.records import Ended, PassRecord, Result

__all__ = ["Held"]

_BEAT_S = 1.0
T = TypeVar("T")


class Held:
    """A pass that was begun; `lost` when it is not wanted any more, or in other hands."""

    def __init__(self, context: Context, record: PassRecord, token: str) -> None:
        self._passes, self._lease_s = context.state.passes, context.settings.lease_s
        self.record, self._token = record, token
        self.lost = False
        self._done = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def listener(self, event: Event) -> None:
        """Hears how far the pass is."""
        if isinstance(event, PassProgress):
            self._done = event.done

    def end(self, result: Result | None) -> Ended:
        """The file of the pass is made."""
        return self._passes.end(self.record.run_id, self.record.name, self._token, result)

    def release(self, reason: str, after_s: float = 0.0, *, counted: bool = False) -> None:
        """Give the pass back; it is due again in `after_s` seconds."""
        due_at = time.time() + after_s
        self._passes.put_off(self.record.run_id, self.record.name, self._token, reason, due_at, counted=counted)

    def patiently(self, work: Callable[[], T], seconds: float) -> T:
        """Do something with the state, again and again while it does not answer, for so long at most."""
        deadline, pause = time.monotonic() + seconds, 0.5
        while True:
            try:
                return work()
            except (UnreachableError, StateError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 10.0)

    def _beat(self) -> None:
        while not self._over.wait(min(_BEAT_S, self._lease_s / 3)):
            try:
                kept = self._passes.renew(self.record.run_id, self.record.name, self._token, self._lease_s, self._done)
            except ArtceleryError:
                continue  # a state that does not answer may answer the next time
            if not kept:
                self.lost = True
                return
