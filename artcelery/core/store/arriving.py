"""A file that arrives block by block from elsewhere: hashed while it is written, in one pass."""

from __future__ import annotations

import os

from artcelery.core.hashing import Hasher
from artcelery.core.store.protocol import Incoming
from artcelery.core.store.streaming import Digest, write_all

__all__ = ["Arriving"]

_FLUSH_BYTES = 32 << 20


class Arriving:
    """Writes what comes, and knows its digest; what is written goes on its way to the disk meanwhile."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        self.size_bytes = 0
        self._hasher = Hasher()
        self._flushed = 0

    def write(self, block: bytes) -> None:
        """Add the next bytes; the writer of a large file is slowed down to what the disk takes."""
        self._hasher.update(block)
        write_all(self.incoming.descriptor, block)
        self.size_bytes += len(block)
        if self.size_bytes - self._flushed >= _FLUSH_BYTES:
            self._flush()

    def digest(self) -> Digest:
        """The digest of all that came."""
        return Digest(self._hasher.hexdigest(), self.size_bytes)

    def _flush(self) -> None:
        """Have the kernel begin to write what it holds, so that the last fsync waits for little."""
        os.posix_fadvise(self.incoming.descriptor, self._flushed, 0, os.POSIX_FADV_DONTNEED)
        self._flushed = self.size_bytes
