"""Connections of clients that say nothing, or a little at a time: each is kept for so long, and then no more."""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as Protocol
else:
    Protocol = AutoHTTPProtocol

__all__ = ["HEADER_S", "Connection", "allow_many_files"]

HEADER_S = 10.0
"""How long a request may take until its header is there. What its body may take, its route says."""

_MOST_FILES = 65_536


class Connection(Protocol):
    """A connection that is closed when a request does not begin in time."""

    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what comes; while nothing is being answered, it has to become a request in time."""
        super().data_received(data)
        if self._answers():
            self._wait_no_more()
        else:
            self._wait()

    def _wait(self) -> None:
        if self._ends is None:
            self._ends = asyncio.get_running_loop().call_later(HEADER_S, self._end)

    def _wait_no_more(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None

    def _end(self) -> None:
        self._ends = None
        if not self._answers():
            self.transport.close()

    def _answers(self) -> bool:
        """Whether a request is being answered."""
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete


def allow_many_files() -> None:
    """Let this process, and those that it starts, have as many connections open as the system permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
