"""How far a file is on its way, for whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from artcelery.core.store.fetching import Report

__all__ = ["Moving", "unwatched"]

Moving: TypeAlias = Callable[[str], AbstractContextManager[Report | None]]
"""Is told what moves, and gives what hears how many bytes have, and of how many."""


@contextmanager
def unwatched(what: str) -> Iterator[None]:
    """Nobody watches."""
    yield None
