"""Whether a file on disk may still change without a trace in its times."""

from __future__ import annotations

import time

from artcelery.core.state.records import FileFact

__all__ = ["is_settled"]

# Within the coarsest clock of a file system, a file may be written to again and keep its times.
_YOUNG_NS = 2_000_000_000


def is_settled(file: FileFact) -> bool:
    """Whether the file is so old that its next change will show in its times."""
    return time.time_ns() - max(file.mtime_ns, file.ctime_ns) >= _YOUNG_NS
