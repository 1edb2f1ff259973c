"""What this machine can do: the ops it knows, encoders, Python packages, memory.

Run as a module it prints that as JSON: FFmpeg is loaded in a process of its own, never in the parent of a pool.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Sequence

__all__ = ["abilities", "lacking", "memory_bytes"]


def lacking(requires: Sequence[str], able: Collection[str], memory: int) -> Sequence[str]:
    """Which of the requirements are not met by these abilities and so many bytes of memory."""
    lacks = []
    for item in requires:
        kind, _, rest = item.partition(":")
        if kind == "memory":
            if int(rest) << 20 > memory:
                lacks.append(f"{int(rest)} MB of memory for one pass (it has {memory >> 20} MB)")
        elif item not in able:
            lacks.append(item)
    return lacks


def abilities() -> Sequence[str]:
    """Everything that a pass may require by name."""
    from importlib.metadata import distributions

    import artcelery.core.config  # registers the ops  # noqa: F401
    from artcelery.core.media.versions import encoders
    from artcelery.core.ops.op import OPS

    packages = {re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower() for found in distributions()}
    ops = {f"op:{name}:{kind.version}" for name, kind in OPS.items()}
    return sorted({*ops, *(f"encoder:{name}" for name in encoders()), *(f"python:{name}" for name in packages)})


def memory_bytes() -> int:
    """The memory of this machine, or of the container it is."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        with open("/sys/fs/cgroup/memory.max") as file:
            said = file.read().strip()
    except OSError:
        return whole
    return min(whole, int(said)) if said.isdigit() else whole


if __name__ == "__main__":
    print(json.dumps(list(abilities())))
