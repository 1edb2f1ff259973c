"""How long replies take to begin, by route."""

from __future__ import annotations

import os
import time

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Measures", "Measuring"]

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "(none)"
"""The route of all requests that have none: what is asked for is no label, there would be no end of them."""


class Measures:
    """What is counted in this process; several processes of one server tell it together."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "artcelery_request_seconds",
            "Seconds from a request to the beginning of its reply.",
            ("method", "route", "status"),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        known = method if method in _METHODS else UNKNOWN
        self._seconds.labels(known, route, str(status)).observe(seconds)

    def registry(self) -> CollectorRegistry:
        """What is counted, of all processes of the server where it has several."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return self._registry
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return shared


class Measuring:
    """An application whose requests are counted."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - began
                self._measures.observe(scope["method"], _route_of(scope), message["status"], seconds)
            await send(message)

        await self._app(scope, receive, sending)


def _route_of(scope: Scope) -> str:
    """The template of the route that a request came to: `/runs/{run_id}`."""
    return getattr(scope.get("route"), "path", UNKNOWN)
