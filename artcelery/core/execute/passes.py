"""One pass -> one result: idempotent, and what a worker calls.

A pass holds a lease on its key while it renders, so that two runs that need one key render it once. The lease saves
work, and nothing else depends on it: where one is lost (the machine slept, the state did not answer) both holders go on
to the end, and the first result to be recorded stands. The file is made in a folder of its own, then put into the
store, and only then is the result recorded.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from artcelery.core.events import PassFinished, PassProgress, PassStarted
from artcelery.core.execute.lease import lease
from artcelery.core.execute.rendering import Costs, render_pass
from artcelery.core.execute.workshop import Workshop, present
from artcelery.core.graph import Graph
from artcelery.core.plan import Pass
from artcelery.core.state.records import Result

__all__ = ["execute_pass", "make_result", "record_result"]

_REPORT_S = 0.1


def execute_pass(item: Pass, graph: Graph, shop: Workshop, run_id: str) -> Result:
    """Render a pass, or wait for whoever renders it already; its result, stored and recorded."""
    with lease(item, shop) as found:
        if found is not None:
            shop.listener(PassFinished(run_id, item.name, found.content_hash, 0.0, reused=True))
            return found
        result, costs, seconds = make_result(item, graph, shop, run_id)
        result = record_result(result, shop)
        shop.listener(PassFinished(run_id, item.name, result.content_hash, seconds, costs=costs))
        return result


def make_result(item: Pass, graph: Graph, shop: Workshop, run_id: str) -> tuple[Result, Costs, float]:
    """Render a pass and store its file, whoever else does too: a result not recorded yet, costs, and seconds."""
    from artcelery.core.media.memory import share_memory

    began = time.monotonic()
    shop.listener(PassStarted(run_id, item.name, item.frames))
    share_memory()
    with shop.store.work_dir() as folder:
        made, costs = render_pass(item, graph, shop, folder, _Reporter(item, shop, run_id, began))
        blob = shop.store.put(made, consume=True)
    seconds = time.monotonic() - began
    result = Result(*item.file, blob.content_hash, blob.size_bytes, round(seconds, 6), _now(), run_id)
    return result, costs, seconds


def record_result(result: Result, shop: Workshop) -> Result:
    """Record a result; one that stands but has lost its file gives way."""
    standing = shop.state.results.put(result)
    if standing != result and not present(shop.store, [standing]):
        shop.state.results.forget(standing.content_hash)
        standing = shop.state.results.put(result)
    return standing


class _Reporter:
    """Reports what is encoded and read, at most ten times a second, and stops the pass when it is cancelled.

    Files are read in threads of their own: one at a time reports, and the others go on.
    """

    def __init__(self, item: Pass, shop: Workshop, run_id: str, began: float) -> None:
        self.item, self.shop, self.run_id, self.began = item, shop, run_id, began
        self.reported, self.done, self.reads = began, 0, 0
        self.reporting = threading.Lock()

    def __call__(self, done: int) -> None:
        self.done = done
        self._report()

    def read(self) -> None:
        self.shop.refuse_cancelled()
        self.reads += 1
        self._report()

    def _report(self) -> None:
        now = time.monotonic()
        if now - self.reported < _REPORT_S or not self.reporting.acquire(blocking=False):
            return
        try:
            self.reported = now
            self.shop.refuse_cancelled()
            elapsed = now - self.began
            item = self.item
            self.shop.listener(PassProgress(self.run_id, item.name, self.done, item.frames, elapsed, self.reads))
        finally:
            self.reporting.release()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
