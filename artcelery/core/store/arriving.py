"""A file that arrives block by block from elsewhere: hashed while it is written, in one pass."""

from __future__ import annotations

import os

from artcelery.core.hashing import Hasher
from artcelery.core.store.protocol import Incoming
from artcelery.core.store.streaming import Digest, Writer

__all__ = ["Arriving"]

_FLUSH_BYTES = 32 << 20


class Arriving:
    """Writes what comes, and knows its digest; a file of about `size_bytes` that is large goes straight to the disk.

    Each block is to be written and to be hashed, which may happen at once, in two threads: either takes half of the
    time. No room is reserved on the disk, as whoever sends may say any size.
    """

    def __init__(self, incoming: Incoming, size_bytes: int = 0) -> None:
        self.incoming = incoming
        self.size_bytes = 0
        self._hasher = Hasher()
        self._writer = Writer(incoming.descriptor, size_bytes)
        self._flushed = 0

    def write(self, block: memoryview) -> None:
        """Add the next bytes to the file."""
        self._writer.write(block)
        self.size_bytes += len(block)
        if not self._writer.direct and self.size_bytes - self._flushed >= _FLUSH_BYTES:
            self._flush()

    def hash(self, block: memoryview) -> None:
        """Add the next bytes to the hash."""
        self._hasher.update(block)

    def digest(self) -> Digest:
        """The digest of all that came."""
        return Digest(self._hasher.hexdigest(), self.size_bytes)

    def _flush(self) -> None:
        """Have the kernel begin to write what it holds, so that the last fsync waits for little."""
        os.posix_fadvise(self.incoming.descriptor, self._flushed, 0, os.POSIX_FADV_DONTNEED)
        self._flushed = self.size_bytes
