"""What runs say that began and ended while the server was there: how long passes took, how much was known already."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from artcelery.core.state.protocol import RunFilter, Runs
from artcelery.core.state.records import RunRecord

__all__ = ["EndedRuns"]

_BUCKETS_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
_PAGE = 200
_MOST_OPEN = 10_000
_OVERLAP_S = 60.0
"""Clocks of machines differ by less, it is hoped: a run may come into the list behind a newer one."""

_OPEN = ("pending", "running")


class EndedRuns:
    """Reads each run once, when it is over. What it costs goes by the runs since it was asked last, not by all."""

    def __init__(self, runs: Runs, began_at: float) -> None:
        self._runs = runs
        self._lock = threading.Lock()
        self._since = began_at - _OVERLAP_S
        self._seen: set[str] = set()
        self._open: dict[str, None] = {}
        self._buckets = [0] * (len(_BUCKETS_S) + 1)
        self._seconds = 0.0
        self._known = self._made = 0

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        with self._lock:
            self._look()
            yield self._histogram()
            yield CounterMetricFamily("artcelery_cache_hits", "Nodes of ended runs that were known.", self._known)
            yield CounterMetricFamily("artcelery_cache_misses", "Nodes of ended runs that were rendered.", self._made)

    def _look(self) -> None:
        for run in self._new():
            self._open[run.id] = None
        for run_id in list(self._open)[:_MOST_OPEN]:
            if self._runs.status(run_id) not in _OPEN:
                del self._open[run_id]
                if ended := self._runs.get(run_id):
                    self._count(ended)

    def _new(self) -> Iterator[RunRecord]:
        """Runs that were begun since the last look."""
        moment, known = time.time(), self._seen
        self._seen = set()
        for run in self._begun_since(_iso(self._since)):
            self._seen.add(run.id)
            if run.id not in known:
                yield run
        self._since = moment - _OVERLAP_S

    def _begun_since(self, since: str) -> Iterator[RunRecord]:
        only, cursor = RunFilter(since=since), None
        while True:
            page = self._runs.page(limit=_PAGE, cursor=cursor, only=only)
            yield from page.runs
            cursor = page.cursor
            if cursor is None:
                return

    def _count(self, run: RunRecord) -> None:
        nodes = [node for node in run.nodes if node.type != "SOURCE"]
        self._known += sum(node.status == "known" for node in nodes)
        self._made += sum(node.status == "rendered" for node in nodes)
        for node in nodes:
            if node.seconds is not None:
                self._seconds += node.seconds
                self._buckets[_bucket_of(node.seconds)] += 1

    def _histogram(self) -> HistogramMetricFamily:
        bounds = [*map(str, _BUCKETS_S), "+Inf"]
        name, said = "artcelery_pass_seconds", "Seconds that passes of ended runs took."
        return HistogramMetricFamily(name, said, list(zip(bounds, _sums(self._buckets), strict=True)), self._seconds)


def _bucket_of(seconds: float) -> int:
    return next((at for at, bound in enumerate(_BUCKETS_S) if seconds <= bound), len(_BUCKETS_S))


def _sums(counts: Iterable[int]) -> Iterator[int]:
    total = 0
    for count in counts:
        total += count
        yield total


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
