"""The queue of one machine without any service: Celery's filesystem transport, with messages that appear whole.

Kombu's own writes a message under its final name, where a reader may find it half written and lose it. And it knows no
event loop, without which Celery's pool has one pipe for all children: one that is killed while it waits for a call
keeps the others from ever getting one, and children are forked beside threads.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

__all__ = ["Channel", "Transport"]


class Channel(filesystem.Channel):
    """A folder with one file for each message."""

    def _put(self, queue: str, payload: Any, **options: Any) -> None:
        name = f"{self._next_number()}_{uuid.uuid4()}.{queue}.msg"
        folder = self.data_folder_out
        unfinished = os.path.join(folder, f".{name}.part")
        with open(unfinished, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        os.rename(unfinished, os.path.join(folder, name))

    def _next_number(self) -> str:
        """Numbers that sort as text in the order of time, also after the machine was started again."""
        import time

        return f"{time.time_ns():020d}"


class Transport(filesystem.Transport):
    """The filesystem transport with these channels, looked at by an event loop."""

    Channel = Channel
    implements = filesystem.Transport.implements.extend(asynchronous=True)
    _looking: Any = None

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Have the loop look for messages."""
        if self._looking is not None:
            self._looking.cancel()
        self._looking = loop.call_repeatedly(self.polling_interval, self._deliver_all)

    def on_readable(self, *said: Any) -> None:
        """There is nothing that could become readable."""

    def _deliver_all(self) -> None:
        with suppress(Empty):
            while True:
                self.cycle.get(self._deliver)
