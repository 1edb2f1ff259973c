"""The queue of one machine without any service: Celery's filesystem transport, with messages that appear whole.

Kombu's own writes a message under its final name, where a reader may find it half written and lose it.
"""

from __future__ import annotations

import os
import uuid
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
    """The filesystem transport with these channels."""

    Channel = Channel
