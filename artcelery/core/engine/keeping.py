"""Files are kept and removed by one at a time, whoever it is and on whatever machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from artcelery.core.engine.context import Context
from artcelery.core.errors import ArtceleryError, ConflictError
from artcelery.core.state.holder import holder_id

__all__ = ["MEMBERS", "alone_with"]

MEMBERS = "member"
"""How a file came that only members have brought: nobody else misses it when they all let go of it."""

_LONGEST_S = 600.0
_PATIENCE_S = 60.0
_WAIT_S = 0.05


@contextmanager
def alone_with(context: Context, name: str, longest_s: float = _LONGEST_S) -> Iterator[None]:
    """Nobody else is within for the same name meanwhile, or for so long; ConflictError when that takes a minute."""
    leases, until = context.state.leases, time.monotonic() + _PATIENCE_S
    while (token := leases.acquire(name, holder_id(), longest_s)) is None:
        if time.monotonic() > until:
            raise ConflictError("somebody else stores or removes this file just now; try again in a minute")
        time.sleep(_WAIT_S)
    try:
        yield
    finally:
        # A lease that is not released lapses; what went wrong must not be hidden behind that.
        with suppress(ArtceleryError):
            leases.release(name, token)
