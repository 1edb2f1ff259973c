"""Connections of clients that say nothing, or a little at a time: each is kept for so long, and then no more."""

from __future__ import annotations

import asyncio
import resource
from typing import Any

import h11
from h11._readers import ContentLengthReader
from uvicorn.protocols.http.h11_impl import H11Protocol

from artcelery.server.serving.patience import Patience
from artcelery.server.serving.taking import Taking

__all__ = ["Connection", "allow_many_files"]

_MOST_FILES = 65_536
_READ_BYTES = 1 << 20
"""How much is read of a body at once, four times of what asyncio does: each read costs as much as copying it."""

_MOST_WAITING_BYTES = 256 << 10
"""How much of a body waits for who takes it, before no more is read."""


class Connection(H11Protocol):
    """A connection that is closed when a request does not begin in time, or its reply is not taken."""

    _ends: asyncio.TimerHandle | None = None
    _cut: asyncio.TimerHandle | None = None
    _looks: asyncio.TimerHandle | None = None
    _taking: Taking
    _came = 0

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        transport.set_write_buffer_limits(high=0)  # so that we hear of all that waits to be taken
        self._taking = Taking(transport, self._patience.silence_s, self._patience.min_rate)
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        self._taking.end()
        for timer in (self._cut, self._looks):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what comes; while nothing is being answered, it has to become a request in time."""
        self._came += len(data)
        if self._is_amidst_body(len(data)):
            self._hand_on(data)
            return
        super().data_received(data)
        if self._answers():
            self._wait_no_more()
        else:
            self._wait()

    def pause_writing(self) -> None:
        """Something waits to be taken."""
        super().pause_writing()
        self._taking.begin()

    def resume_writing(self) -> None:
        """All is taken."""
        self._taking.end()
        super().resume_writing()

    def shutdown(self) -> None:
        """Finish what is being answered, if its client takes it, and not for ever."""
        self._taking.hurry(self._patience.drain_silence_s)
        self._cut = self.loop.call_later(self.config.drain_s, self.transport.abort)  # type: ignore[attr-defined]
        self._expect_body(self._came)
        super().shutdown()

    @property
    def _patience(self) -> Patience:
        patience: Patience = self.config.patience  # type: ignore[attr-defined]
        return patience

    def _expect_body(self, came: int) -> None:
        """Look again and again whether more comes of a body; a request that stands still is not waited for."""
        if not self.transport.is_closing() and self._answers() and self.cycle.more_body:
            self._looks = self.loop.call_later(self._patience.drain_silence_s, self._look_for_body, came)

    def _look_for_body(self, came: int) -> None:
        if self._came > came:
            self._expect_body(self._came)
        elif self._answers() and self.cycle.more_body:
            self.transport.abort()

    def _is_amidst_body(self, count: int) -> bool:
        """Whether so many bytes are of a body that goes on after them, as h11 is told then.

        It would copy them three times, and uvicorn twice, which is half of the work of a large upload.
        """
        if not self._answers() or self.conn.their_state is not h11.SEND_BODY or self.conn.trailing_data[0]:
            return False
        reader = self.conn._reader
        if not isinstance(reader, ContentLengthReader) or reader._remaining <= count:
            return False
        reader._remaining -= count
        return True

    def _hand_on(self, data: bytes) -> None:
        cycle: Any = self.cycle
        cycle.body = cycle.body + data if cycle.body else data
        cycle.transport.max_size = _READ_BYTES
        if len(cycle.body) > _MOST_WAITING_BYTES:
            self.flow.pause_reading()
        cycle.message_event.set()

    def _wait(self) -> None:
        if self._ends is None:
            self._ends = self.loop.call_later(self._patience.header_s, self._end)

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
