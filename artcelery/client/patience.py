"""How long a server is waited for that drips: each read has its time, and all of them together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TypeVar

import httpx

__all__ = ["at_least", "within"]

_Given = TypeVar("_Given")


def within(seconds: float, call: Callable[[], _Given]) -> _Given:
    """What a call gives; httpx.ReadTimeout when that takes longer, whatever it waits for.

    It goes on unheard then, in a thread that holds nothing up: a read that gets a byte now and then has no other end.
    """
    given: Future[_Given] = Future()
    threading.Thread(target=_settle, args=(given, call), name="asking", daemon=True).start()
    try:
        return given.result(seconds)
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"it took more than {seconds:g} s") from error


def _settle(given: Future[_Given], call: Callable[[], _Given]) -> None:
    try:
        given.set_result(call())
    except BaseException as error:
        given.set_exception(error)


def at_least(rate: float, over_s: float, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, while so many bytes a second come on average over such a time of waiting; else httpx.ReadTimeout."""
    waited_s, came = 0.0, 0
    while True:
        began = time.monotonic()
        block = next(blocks, None)
        if block is None:
            return
        waited_s, came = waited_s + time.monotonic() - began, came + len(block)
        if waited_s >= over_s:
            if came < rate * waited_s:
                raise httpx.ReadTimeout(f"less than {rate:g} bytes a second come")
            waited_s, came = 0.0, 0
        yield block
