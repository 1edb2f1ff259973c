"""How long one call may take in all: connecting, signing in and reading share it, however many answers that takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Allowance", "timed"]


class Allowance(threading.local):
    """The time that the call of this thread has left."""

    def __init__(self) -> None:
        self._until: float | None = None

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Let everything within take no longer than this in all."""
        self._until = time.monotonic() + seconds
        try:
            yield
        finally:
            self._until = None

    def most(self, seconds: float) -> float:
        """What of these seconds may still be taken."""
        left = seconds if self._until is None else self._until - time.monotonic()
        return max(min(seconds, left), 0.001)


def timed(connection_class: type[Any], allowance: Allowance) -> type[Any]:
    """The same kind of connection, which never waits longer than what is left."""

    class Timed(connection_class):  # type: ignore[misc]
        socket_connect_timeout: float

        def _connect(self) -> Any:
            given = self.socket_connect_timeout
            self.socket_connect_timeout = allowance.most(given)
            try:
                return super()._connect()
            finally:
                self.socket_connect_timeout = given

        def read_response(self, *arguments: Any, **options: Any) -> Any:
            return super().read_response(*arguments, timeout=allowance.most(self.socket_timeout), **options)

    return Timed
