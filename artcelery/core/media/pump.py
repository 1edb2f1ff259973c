"""Iterators that run ahead in a thread of their own, by a bounded number of items, so that memory stays flat."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

__all__ = ["AHEAD", "ahead", "chained", "stopping"]

T = TypeVar("T")

AHEAD = 8


def ahead(items: Iterator[T], name: str, size: int = AHEAD) -> Generator[T]:
    """The same items, made by a thread that is at most `size` of them ahead.

    An exception of the items is raised here. Closing this iterator stops the thread, which closes `items` itself.
    """
    pipe: _Pipe[T] = _Pipe(size)
    thread = threading.Thread(target=_produce, args=(items, pipe), name=name, daemon=True)
    thread.start()
    try:
        yield from pipe.taken()
    finally:
        pipe.stop()
        thread.join()


def chained(first: T, rest: Iterator[T]) -> Generator[T]:
    """An item that was looked at, then the rest, which is closed with this."""
    yield first
    yield from rest


@contextmanager
def stopping(items: Iterable[T]) -> Iterator[None]:
    """Stop whatever makes the items when the block ends, also by an error that keeps hold of them."""
    try:
        yield
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _produce(items: Iterator[T], pipe: _Pipe[T]) -> None:
    error: BaseException | None = None
    try:
        with stopping(items):
            for item in items:
                if not pipe.put(item):
                    break
    except BaseException as caught:
        error = caught
    pipe.end(error)


class _Pipe(Generic[T]):
    """What one thread puts and another takes, at most `size` items at a time.

    Who waits for room is woken when half of them are gone, and not for each: waking a thread costs more than a packet
    or a block of sound.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: deque[T] = deque()
        self._error: BaseException | None = None
        self._ended = self._stopped = self._full = False
        self._lock = threading.Lock()
        self._room, self._more = threading.Condition(self._lock), threading.Condition(self._lock)

    def put(self, item: T) -> bool:
        """Hand over an item when there is room; whether any more are wanted."""
        with self._lock:
            self._full = len(self._items) >= self._size
            while self._full and not self._stopped:
                self._room.wait()
            self._items.append(item)
            self._more.notify()
            return not self._stopped

    def end(self, error: BaseException | None) -> None:
        """Say that there is nothing more, and why."""
        with self._lock:
            self._ended, self._error = True, error
            self._more.notify()

    def stop(self) -> None:
        """Want no more."""
        with self._lock:
            self._stopped = True
            self._items.clear()
            self._room.notify()

    def taken(self) -> Iterator[T]:
        """The items, until there are no more; what ended them is raised."""
        while True:
            with self._lock:
                while not self._items and not self._ended:
                    self._more.wait()
                if not self._items:
                    break
                item = self._items.popleft()
                if self._full and len(self._items) <= self._size // 2:
                    self._full = False
                    self._room.notify()
            yield item
            del item
        if self._error is not None:
            raise self._error
