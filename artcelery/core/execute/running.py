"""Passes side by side: each begins when what it reads is there, and the first failure stops the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from artcelery.core.errors import CancelledError, RenderError
from artcelery.core.execute.passes import execute_pass
from artcelery.core.execute.workshop import Workshop
from artcelery.core.graph import Graph
from artcelery.core.plan import File, Pass
from artcelery.core.state.records import Result

__all__ = ["run_passes"]


def run_passes(passes: Sequence[Pass], graph: Graph, shop: Workshop, run_id: str, jobs: int) -> dict[str, Result]:
    """Execute passes, `jobs` at a time; their results by name.

    What is raised is what the first one raised that failed by itself; the others are stopped and waited for.
    """
    if jobs == 1 or len(passes) == 1:
        return {item.name: execute_pass(item, graph, shop, run_id) for item in passes}
    return _Runner(passes, graph, shop, run_id).run(jobs)


class _Runner:
    def __init__(self, passes: Sequence[Pass], graph: Graph, shop: Workshop, run_id: str) -> None:
        self._passes, self._graph, self._run_id = passes, graph, run_id
        self._stop = threading.Event()
        self._listening = threading.Lock()
        self._asked, self._heard = shop.cancelled, shop.listener
        self._running: set[File] = set()
        self._missing: dict[File, Pass] = {item.file: item for item in passes}
        self._shop = replace(shop, cancelled=self._cancelled, listener=self._listener, making=self._missing.get)

    def run(self, jobs: int) -> dict[str, Result]:
        """All results; the passes are started in their order, as far as they can be."""
        made: dict[str, Result] = {}
        waiting = list(self._passes)
        running: dict[Future[Result], Pass] = {}
        with ThreadPoolExecutor(jobs, thread_name_prefix="pass") as pool:
            try:
                while waiting or running:
                    for item in self._ready(tuple(waiting), jobs - len(running)):
                        waiting.remove(item)
                        self._running.add(item.file)
                        running[pool.submit(execute_pass, item, self._graph, self._shop, self._run_id)] = item
                    if not running:
                        raise RenderError(f"the passes {', '.join(item.name for item in waiting)} wait for each other")
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        item = running.pop(future)
                        made[item.name] = future.result()
                        self._missing.pop(item.file)
            except BaseException as error:
                self._stop.set()
                raise self._cause(error, running) from None
        return {item.name: made[item.name] for item in self._passes}

    def _ready(self, waiting: Sequence[Pass], most: int) -> Iterator[Pass]:
        for item in waiting:
            if most <= 0:
                return
            if all(file not in self._missing for file in item.reads) or self._may_begin(item):
                most -= 1
                yield item

    def _may_begin(self, item: Pass) -> bool:
        """A join begins while its last parts are still rendered, each in a thread of its own: it waits for them."""
        missing = [file for file in item.reads if file in self._missing]
        parts = item.join.files if item.join else ()
        return all(file in parts and file in self._running for file in missing)

    def _cause(self, error: BaseException, running: dict[Future[Result], Pass]) -> BaseException:
        """What went wrong first: who was only told to stop did not fail by itself."""
        if not isinstance(error, CancelledError) or self._asked():
            return error
        for future in running:
            other = future.exception()
            if other is not None and not isinstance(other, CancelledError):
                return other
        return error

    def _cancelled(self) -> bool:
        return self._stop.is_set() or self._asked()

    def _listener(self, event: object) -> None:
        with self._listening:
            self._heard(event)  # type: ignore[arg-type]
