"""Limits of a pool's child: a pass that takes too much fails by itself, not with the machine."""

from __future__ import annotations

import resource

from artcelery.worker.abilities import memory_bytes

__all__ = ["is_bloated", "limit_child"]

_LEAST_BYTES = 1 << 30


def limit_child(concurrency: int) -> None:
    """Memory: its share of the machine, with a quarter more. Linux counts all private memory for it."""
    share = max(memory_bytes() * 5 // (4 * concurrency), _LEAST_BYTES)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = share if hard == resource.RLIM_INFINITY else min(share, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def is_bloated() -> bool:
    """Whether half of what this process may take is gone between passes: the next one shall not suffer for it."""
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        with open("/proc/self/status") as file:
            taken = next((int(line.split()[1]) << 10 for line in file if line.startswith("VmData:")), 0)
    except MemoryError:
        return True
    return limit != resource.RLIM_INFINITY and taken > limit // 2
