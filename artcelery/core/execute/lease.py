"""A lease on what a pass makes, so that two runs that need it render it once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from artcelery.core.errors import ArtceleryError
from artcelery.core.execute.workshop import Workshop, present
from artcelery.core.plan import Pass
from artcelery.core.state.holder import holder_id
from artcelery.core.state.records import Result

__all__ = ["lease"]

_WAIT_S = 0.05


@contextmanager
def lease(item: Pass, shop: Workshop) -> Iterator[Result | None]:
    """Hold the lease of a pass, or give the result that somebody else has made meanwhile."""
    name = f"{item.key}:{item.encoding_id}"
    token = None
    while token is None:
        shop.refuse_cancelled()
        token = shop.state.leases.acquire(name, holder_id(), shop.lease_s)
        if token is None:
            if found := _found(item, shop):
                yield found
                return
            time.sleep(_WAIT_S)
    try:
        with _heartbeat(name, token, shop):
            yield _found(item, shop)
    finally:
        # A lease that is not released lapses; what ended the pass must not be hidden behind that.
        with suppress(ArtceleryError):
            shop.state.leases.release(name, token)


def _found(item: Pass, shop: Workshop) -> Result | None:
    result = shop.state.results.get(*item.file)
    return result if result and present(shop.store, [result]) else None


@contextmanager
def _heartbeat(name: str, token: str, shop: Workshop) -> Iterator[None]:
    """Renew the lease from a thread, three times in its life, until it is somebody else's.

    A state that does not answer may answer the next time.
    """
    done = threading.Event()

    def beat() -> None:
        held = True
        while held and not done.wait(shop.lease_s / 3):
            with suppress(ArtceleryError):
                held = shop.state.leases.renew(name, token, shop.lease_s)

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
