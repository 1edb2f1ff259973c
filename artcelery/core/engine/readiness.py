"""Whether the rooms of an engine can be worked in right now."""

from __future__ import annotations

from artcelery.core.engine.context import Context
from artcelery.core.errors import StateError, StoreError, UnreachableError

__all__ = ["check_ready"]


def check_ready(context: Context) -> None:
    """UnreachableError, which says why, unless the state answers and the store's own disk can be written to.

    A remote store is not asked: files that are here can be served without it.
    """
    try:
        context.state.workers.all()
        with context.store.work_dir():
            pass
    except (StateError, StoreError) as error:
        raise UnreachableError(f"not ready: {error.message}") from error
