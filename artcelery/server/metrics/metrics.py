"""All that `/metrics` tells, and the few figures of the server's own page."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping

from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from artcelery.core.state.protocol import State
from artcelery.server.metrics.ended import EndedRuns
from artcelery.server.metrics.facts import collect_facts
from artcelery.server.metrics.requests import Measures, Measuring

__all__ = ["SINCE", "Metrics", "measure", "metrics_of"]

SINCE = "ARTCELERY_SERVING_SINCE"
"""When the processes of a server began, for those that begin later: what they tell of runs must be the same."""

_KEPT_S = 1.0


class Metrics:
    """What one server tells of itself."""

    def __init__(self) -> None:
        self.measures = Measures()
        self._began_at = float(os.environ.get(SINCE) or time.time())
        self._lock = threading.Lock()
        self._ended: EndedRuns | None = None
        self._counts: tuple[float, Mapping[str, int]] = (0.0, {})

    def tell(self, state: State) -> bytes:
        """All of it, in the text format of Prometheus; UnreachableError when the state does not answer."""
        facts = CollectorRegistry()
        facts.register(_Facts(state, self._ended_of(state)))
        return generate_latest(facts) + generate_latest(self.measures.registry())

    def counts(self, state: State) -> Mapping[str, int]:
        """How many runs, files and workers there are, as of a second ago at most: who asks often costs no more."""
        at, counts = self._counts
        if time.monotonic() - at > _KEPT_S:
            counts = {
                "runs": sum(state.runs.counts().values()),
                "files": state.belongings("").files.total()[0],
                "workers": sum(not worker.stopping for worker in state.workers.all()),
            }
            self._counts = (time.monotonic(), counts)
        return counts

    def _ended_of(self, state: State) -> EndedRuns:
        with self._lock:
            self._ended = self._ended or EndedRuns(state.runs, self._began_at)
            return self._ended


class _Facts(Collector):
    def __init__(self, state: State, ended: EndedRuns) -> None:
        self._state, self._ended = state, ended

    def collect(self) -> Iterator[Metric]:
        yield from collect_facts(self._state)
        yield from self._ended.collect()


def measure(app: FastAPI) -> None:
    """Have an application count its requests, those too that are refused before they come to a route."""
    app.state.metrics = Metrics()
    app.add_middleware(Measuring, app.state.metrics.measures)


def metrics_of(request: Request) -> Metrics:
    """The metrics of the server that this request came to."""
    metrics: Metrics = request.app.state.metrics
    return metrics
