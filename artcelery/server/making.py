"""Making what takes long, beside the requests that want it: on a few threads, once for all who want the same.

Each who asks has their turn, and of what one wants the newest comes first: that is what is on their screen now.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from artcelery.core.errors import ArtceleryError, MediaError, RenderError

__all__ = ["Makings"]

_MOST_WAITING = 500
"""How much of one's waits: the oldest is forgotten then, and made when it is wanted again."""

_LASTING = (MediaError, RenderError)
_STILL_WANTED_S = 60.0
"""How long after it was asked for last something is still made: pages that are open ask again and again."""

_REMEMBERED_S = 600.0
_MOST_REMEMBERED = 10_000

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Making(Generic[T]):
    key: str
    make: Callable[[], T]
    made: Future[T] = field(default_factory=Future)
    asked_at: float = 0.0


class Makings(Generic[T]):
    """The makings of one process, so many at a time. What failed because of its file fails at once for a while."""

    def __init__(self, at_once: int, still_wanted_s: float = _STILL_WANTED_S) -> None:
        self._still_wanted_s = still_wanted_s
        self._pool = ThreadPoolExecutor(at_once, "making")
        self._lock = Lock()
        self._of_all: dict[str, _Making[T]] = {}
        self._waiting: OrderedDict[str, OrderedDict[str, _Making[T]]] = OrderedDict()
        self._failures: OrderedDict[str, tuple[float, type[ArtceleryError], str]] = OrderedDict()

    def wanted(self, user: str, key: str, make: Callable[[], T]) -> Future[T]:
        """What `make` will give, called at most once for all who want that key now; cancelled when it is put off."""
        with self._lock:
            if (failure := self._failure(key)) is not None:
                return _failed(failure)
            making = self._of_all.get(key) or self._begun(key, make)
            making.asked_at = time.monotonic()
            if not making.made.running():
                own = self._waiting.setdefault(user, OrderedDict())
                own[key] = making
                own.move_to_end(key)
                self._forget_oldest(own)
        return making.made

    def is_wanted(self, key: str) -> bool:
        """Whether what has that key is being made, or waits for it."""
        with self._lock:
            return key in self._of_all

    def close(self) -> None:
        """Make nothing more; what is being made is not waited for."""
        with self._lock:
            for making in self._of_all.values():
                making.made.cancel()
            self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begun(self, key: str, make: Callable[[], T]) -> _Making[T]:
        making = self._of_all[key] = _Making(key, make)
        self._pool.submit(self._make_next)
        return making

    def _forget_oldest(self, own: OrderedDict[str, _Making[T]]) -> None:
        if len(own) > _MOST_WAITING:
            self._put_off(own.popitem(last=False)[1])

    def _put_off(self, making: _Making[T]) -> None:
        """Make it when it is wanted again."""
        if making.made.cancel():
            self._of_all.pop(making.key, None)

    def _failure(self, key: str) -> ArtceleryError | None:
        until, kind, message = self._failures.get(key, (0.0, ArtceleryError, ""))
        return kind(message) if until > time.monotonic() else None

    def _make_next(self) -> None:
        making = self._next()
        if making is None:
            return
        try:
            made = making.make()
        except BaseException as error:
            self._over(making, error)
            making.made.set_exception(error)
        else:
            self._over(making)
            making.made.set_result(made)

    def _next(self) -> _Making[T] | None:
        """The newest of whose turn it is, that nobody makes yet; None when there is nothing more to do."""
        with self._lock:
            while self._waiting:
                making = self._taken()
                if making.made.done() or making.made.running():
                    continue
                if time.monotonic() - making.asked_at > self._still_wanted_s:
                    self._put_off(making)
                elif making.made.set_running_or_notify_cancel():
                    return making
        return None

    def _taken(self) -> _Making[T]:
        """The newest of whose turn it is; who has more comes again after the others."""
        user, own = self._waiting.popitem(last=False)
        _, making = own.popitem()
        if own:
            self._waiting[user] = own
        return making

    def _over(self, making: _Making[T], error: BaseException | None = None) -> None:
        with self._lock:
            self._of_all.pop(making.key, None)
            if isinstance(error, _LASTING):
                self._failures[making.key] = (time.monotonic() + _REMEMBERED_S, type(error), error.message)
                self._failures.move_to_end(making.key)
                if len(self._failures) > _MOST_REMEMBERED:
                    self._failures.popitem(last=False)


def _failed(error: ArtceleryError) -> Future[T]:
    future: Future[T] = Future()
    future.set_exception(error)
    return future
