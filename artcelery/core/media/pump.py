"""Iterators that run ahead in a thread of their own, with a bounded queue, so that memory stays flat."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import TypeVar

__all__ = ["AHEAD", "ahead", "stopping"]

T = TypeVar("T")

AHEAD = 8
_POLL_S = 0.2


class _End:
    """What the thread puts last: the exception that ended it, or None."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterator[T], name: str, size: int = AHEAD) -> Iterator[T]:
    """The same items, made by a thread that is at most `size` of them ahead.

    An exception of the items is raised here. Closing this iterator stops the thread, which closes `items` itself.
    """
    queue: Queue[T | _End] = Queue(size)
    stop = threading.Event()
    thread = threading.Thread(target=_produce, args=(items, queue, stop), name=name, daemon=True)
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        _drain(queue)
        thread.join()


@contextmanager
def stopping(items: Iterable[T]) -> Iterator[None]:
    """Stop whatever makes the items when the block ends, also by an error that keeps hold of them."""
    try:
        yield
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _produce(items: Iterator[T], queue: Queue[T | _End], stop: threading.Event) -> None:
    error: BaseException | None = None
    try:
        with stopping(items):
            for item in items:
                if not _put(queue, item, stop):
                    break
    except BaseException as caught:
        error = caught
    _put(queue, _End(error), stop)


def _put(queue: Queue[T | _End], item: T | _End, stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            queue.put(item, timeout=_POLL_S)
            return True
        except Full:
            continue
    return False


def _drain(queue: Queue[T | _End]) -> None:
    try:
        while True:
            queue.get_nowait()
    except Empty:
        return
