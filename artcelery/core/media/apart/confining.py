"""What a process may take that reads one file of a stranger: that file, some memory, some time, and nothing else."""

from __future__ import annotations

import resource
import site
import sys
from pathlib import Path

from artcelery.core.media.apart.landlock import forbid_all_but
from artcelery.core.media.apart.messages import Job

__all__ = ["confine"]

_PACKAGE = Path(__file__).parents[3]


def confine(job: Job) -> None:
    """Give up all that the job does not need, for good."""
    for name, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),  # threads, too; the superuser is not held to it
        (resource.RLIMIT_CPU, job.cpu_s),
        (resource.RLIMIT_DATA, job.memory_bytes),
        (resource.RLIMIT_AS, 2 * job.memory_bytes),  # what is mapped, and not used, counts as well
    ):
        _, hard = resource.getrlimit(name)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(name, (least, least))
    forbid_all_but([Path(job.path), *_own_code()])


def _own_code() -> list[Path]:
    """Where modules lie that are imported late, and what the C library reads of the system."""
    folders = {sys.prefix, sys.base_prefix, *site.getsitepackages(), str(_PACKAGE), "/usr/lib", "/usr/share/locale"}
    return [Path(folder) for folder in sorted(folders)] + [Path("/dev/urandom"), Path("/dev/null")]
