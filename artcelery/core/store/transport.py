"""How files come and go over the network: one try at a time, whatever lies on the other side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["BLOCK_BYTES", "Giver", "Interrupted", "Patience", "Reading", "Transport"]

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for a connection, for the next bytes, for the answer to a file, and in all for one call.

    What has brought at least `progress_bytes` since the last failure counts as a new call.
    """

    connect_s: float = 5.0
    read_s: float = 30.0
    write_s: float = 120.0
    total_s: float = 15.0
    first_pause_s: float = 0.2
    progress_bytes: int = 64 << 10


class Interrupted(Exception):
    """A try that failed in a way that the next one may not; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The bytes of a file from `offset` on, which may be less than what was asked for; its whole size, where known."""

    offset: int
    total_bytes: int | None
    blocks: Iterator[bytes]


class Giver(Protocol):
    """One try at what gives files. Interrupted is worth another; other errors are final."""

    def place(self, content_hash: str) -> str:
        """How a message names the file there."""
        ...

    def read(self, content_hash: str, offset: int) -> AbstractContextManager[Reading | None]:
        """Its bytes, None when it is not there."""
        ...


class Transport(Giver, Protocol):
    """One try at a remote store, which gives files and takes them."""

    def size(self, content_hash: str) -> int | None:
        """The size of the file, None when it is not there."""
        ...

    def write(self, content_hash: str, path: Path) -> None:
        """Put the file there, which appears whole or not at all."""
        ...
