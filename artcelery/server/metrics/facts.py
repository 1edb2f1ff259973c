"""What the state knows right now, as Prometheus reads it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

import artcelery
from artcelery.core.state.protocol import State, Waiting

__all__ = ["collect_facts"]


def collect_facts(state: State) -> Iterator[Metric]:
    """Runs by status, passes by queue, workers, and how large the cache is; nothing is counted for it."""
    yield InfoMetricFamily("artcelery", "What serves.", {"version": artcelery.__version__})
    yield _by("artcelery_runs", "Runs that are known.", "status", state.runs.counts().items())
    yield from _queues(state.passes.waiting())
    workers = [worker for worker in state.workers.all() if not worker.stopping]
    yield GaugeMetricFamily("artcelery_workers", "Workers that are alive.", len(workers))
    files, size_bytes = state.belongings("").files.total()
    yield GaugeMetricFamily("artcelery_cache_files", "Stored media.", files)
    yield GaugeMetricFamily("artcelery_cache_bytes", "The size of the stored media.", size_bytes)


def _by(name: str, said: str, label: str, values: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=[label])
    for value, figure in values:
        family.add_metric([value], figure)
    return family


def _queues(queues: Mapping[str, Waiting]) -> Iterator[Metric]:
    passes = GaugeMetricFamily("artcelery_passes", "Passes that are not done.", labels=["queue", "status"])
    for queue, item in queues.items():
        for status, count in (("waiting", item.waiting), ("ready", item.ready), ("running", item.running)):
            passes.add_metric([queue, status], count)
    yield passes
    oldest = {queue: max(0.0, time.time() - item.oldest_ready) for queue, item in queues.items() if item.oldest_ready}
    yield _by("artcelery_oldest_ready_seconds", "How long the oldest ready pass waits.", "queue", oldest.items())
