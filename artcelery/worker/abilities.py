"""What this machine can do: the ops it knows, encoders, Python packages, memory.

Run as a module it prints that as JSON: FFmpeg is loaded in a process of its own, never in the parent of a pool.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["abilities", "lacking", "memory_bytes"]

_GROUPS = Path("/sys/fs/cgroup")


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
    """The memory of this machine, or what its container or service may take of it (control groups, version 2)."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([whole, *_limits(_GROUPS, Path("/proc/self/cgroup"))])


def _limits(groups: Path, own: Path) -> Iterator[int]:
    """What the group of this process and those above it allow."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    path = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    for folder in (Path(path), *Path(path).parents):
        with suppress(OSError):
            said = (groups / folder / "memory.max").read_text().strip()
            if said.isdigit():
                yield int(said)


if __name__ == "__main__":
    print(json.dumps(list(abilities())))
