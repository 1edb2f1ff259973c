"""Following a run of a server: its stream of events becomes the events of a run rendered here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from httpx_sse import EventSource, SSEError

from artcelery.client.http import Http
from artcelery.client.runs import run_path
from artcelery.client.trying import HOPE_S, Trying
from artcelery.core.errors import UnreachableError
from artcelery.core.events import Event, Listener, RunFinished, event_from

__all__ = ["follow"]

_QUIET = httpx.Timeout(45.0, connect=4.0)  # a server says something every few seconds, if only that it lives

_GOES_ON = "; the run goes on"


def follow(http: Http, run_id: str, listener: Listener, hope_s: float = HOPE_S) -> None:
    """Report what happens until the run ends; what was missed while the connection was cut is told afterwards."""
    for event in _Following(http, run_id, hope_s).all():
        listener(event)


class _Following:
    def __init__(self, http: Http, run_id: str, hope_s: float) -> None:
        self._http, self._run_id = http, run_id
        self._last_id = ""
        self._is_over = False
        self._trying = Trying(http, hope_s)

    def all(self) -> Iterator[Event]:
        """What is told, over as many connections as it takes; UnreachableError when none is to be had for long."""
        while True:
            try:
                yield from self._told()
            except (httpx.HTTPError, SSEError, UnreachableError) as error:
                self._trying.broke(error, _GOES_ON)
            else:
                if self._is_over:
                    return
                self._trying.broke(EOFError("it ended the stream"), _GOES_ON)

    def _told(self) -> Iterator[Event]:
        """What is told over one connection, from where the one before ended."""
        with self._stream() as response:
            self._trying.moved()
            if response.status_code == httpx.codes.NO_CONTENT:  # everything was told before
                self._is_over = True
                return
            for sent in EventSource(response).iter_sse():
                self._trying.moved()
                self._last_id = sent.id or self._last_id
                event = event_from(sent.event, sent.json()) if sent.data else None
                self._is_over = isinstance(event, RunFinished)
                if event is not None:
                    yield event
                if self._is_over:
                    return

    @contextmanager
    def _stream(self) -> Iterator[httpx.Response]:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        path = run_path(self._run_id, "events")
        with self._http.stream("GET", path, headers=headers, timeout=_QUIET) as response:
            yield response
