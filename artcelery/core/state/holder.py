"""Who holds something - a lease, a work folder, a run - and whether that process is known to be gone."""

from __future__ import annotations

import os
import re
from dataclasses import astuple, dataclass
from pathlib import Path

from artcelery.core.hashing import hash_bytes

__all__ = ["holder_id", "holder_is_dead", "holder_is_here", "holder_of"]

_UNKNOWN = "-"
# The kernel's fixed number of the first process namespace: the machine itself, not a container on it.
_MACHINE_NAMESPACE = "4026531836"
_GONE = frozenset("ZX")  # a zombie holds nothing any more


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a process number means something."""

    host: str
    machine: str
    boot: str
    namespace: str


@dataclass(frozen=True, slots=True)
class _Holder:
    place: _Place
    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class _Process:
    state: str
    started: str


def holder_id() -> str:
    """This process as `host:machine:boot:namespace:pid:start time`; unlike a bare pid, it is never used again."""
    return holder_of(os.getpid())


def holder_of(pid: int) -> str:
    """Another process of this machine, as `holder_id` says itself."""
    process = _process(pid)
    started = process.started if process else _UNKNOWN
    return ":".join((*astuple(_this_place()), str(pid), started))


def holder_is_dead(holder: str) -> bool:
    """Whether the process is certainly gone. False where nobody here can tell: another host, another container."""
    process, here = _parsed(holder), _this_place()
    if process is None:
        return False
    if process.place == here:
        return _has_ended(process.pid, process.started)
    return _is_earlier_boot(process.place, here)


def holder_is_here(holder: str) -> bool:
    """Whether the process runs, or ran, where this one can see it, so that `holder_is_dead` is exact."""
    process = _parsed(holder)
    return process is not None and process.place == _this_place()


def _parsed(holder: str) -> _Holder | None:
    parts = holder.split(":")
    if len(parts) != 6 or not parts[4].isdigit():
        return None
    return _Holder(_Place(*parts[:4]), int(parts[4]), parts[5])


def _has_ended(pid: int, started: str) -> bool:
    process = _process(pid)
    if process is None:  # no /proc, or one that hides the processes of others
        return not _answers(pid)
    return process.state in _GONE or (_UNKNOWN not in (started, process.started) and process.started != started)


def _is_earlier_boot(place: _Place, here: _Place) -> bool:
    """Whether `place` is this very machine before it was started again.

    Containers are left out: images are copied with their machine id, and host names there are often all alike.
    """
    same_machine = (place.host, place.machine, place.namespace) == (here.host, here.machine, here.namespace)
    known = _UNKNOWN not in (here.machine, here.boot, place.boot)
    return same_machine and known and here.namespace == _MACHINE_NAMESPACE and place.boot != here.boot


def _this_place() -> _Place:
    return _Place(
        host=re.sub(r"[^A-Za-z0-9.-]", "-", os.uname().nodename) or _UNKNOWN,
        machine=_digest("/etc/machine-id"),
        boot=_digest("/proc/sys/kernel/random/boot_id"),
        namespace=_namespace(),
    )


def _digest(path: str) -> str:
    """A few digits that stand for the file's text, which is nobody else's business."""
    try:
        text = Path(path).read_bytes().strip()
    except OSError:
        return _UNKNOWN
    return hash_bytes(text)[:12] if text else _UNKNOWN


def _namespace() -> str:
    try:
        return re.sub(r"\D", "", os.readlink("/proc/self/ns/pid")) or _UNKNOWN
    except OSError:
        return _UNKNOWN


def _process(pid: int) -> _Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # The name, in brackets, may hold anything; after it, the state is field 3 and the start time field 22.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return _Process(state=fields[0].decode(), started=fields[19].decode())


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
