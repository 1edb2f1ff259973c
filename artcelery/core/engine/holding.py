"""A pass in the hands of a worker: its lease is renewed, and its progress told, by a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from artcelery.core.engine.context import Context
from artcelery.core.errors import ArtceleryError, StateError, UnreachableError
from artcelery.core.events import Event, PassProgress
from artcelery.core.state.records import Ended, PassRecord, Result

__all__ = ["STOPS", "Held"]

STOPS = "its worker stops"

_BEAT_S = 1.0
_PATIENCE_S = 600.0
_STUCK_S = 5.0
T = TypeVar("T")


class Held:
    """A pass that was begun; `lost` when it is not wanted any more, or in other hands.

    One whose work does not notice that the worker is `stopping` is given back all the same.
    """

    def __init__(self, context: Context, record: PassRecord, token: str, stopping: Callable[[], bool] = bool) -> None:
        self._passes, self._lease_s = context.state.passes, context.settings.lease_s
        self.record, self._token, self._stopping = record, token, stopping
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

    def renew(self) -> bool:
        """Whether the pass is still wanted, and ours; its lease then begins anew."""
        if not self.lost:
            record = self.record
            self.lost = not self._passes.renew(record.run_id, record.name, self._token, self._lease_s, self._done)
        return not self.lost

    def patiently(self, work: Callable[[], T]) -> T:
        """Do something with the state, again and again while it does not answer, for ten minutes at most."""
        deadline, pause = time.monotonic() + _PATIENCE_S, 0.5
        while True:
            try:
                return work()
            except (UnreachableError, StateError):
                if time.monotonic() > deadline or self._stopping():
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 5.0)

    def _beat(self) -> None:
        stuck_at = None
        while not self._over.wait(min(_BEAT_S, self._lease_s / 3)):
            if self._stopping():
                stuck_at = stuck_at or time.monotonic() + _STUCK_S
            # A state that does not answer may answer the next time.
            with suppress(ArtceleryError):
                if not self.renew():
                    return
                if stuck_at and time.monotonic() > stuck_at:
                    self.release(STOPS)
                    self.lost = True
                    return
