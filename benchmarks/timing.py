"""Whole processes, timed in turn so that a drifting machine is fair to both."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str] | Sequence[Sequence[str]]


@dataclass(frozen=True)
class Measured:
    """Medians of several runs of one piece of work."""

    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    ours: str
    rival: str
    figure: str
    bar: str
    reached: bool

    def cells(self) -> list[str]:
        return [self.work, self.ours, self.rival, self.figure, self.bar, "yes" if self.reached else "**no**"]


def run_once(command: Sequence[str], env: dict[str, str] | None = None) -> Measured:
    """One whole process: wall time, processor time and peak memory as the operating system counts them."""
    began = time.perf_counter()
    process = subprocess.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env
    )
    assert process.stderr is not None
    words = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed ({process.returncode}):\n{words.decode(errors='replace')}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median_of(runs: Sequence[Measured]) -> Measured:
    return Measured(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        max(run.peak_mb for run in runs),
    )


def in_turn(
    works: Sequence[Callable[[], Measured]], runs: int, before: Callable[[], None] = lambda: None
) -> list[Measured]:
    """Each work `runs` times, in turn, after one round that is not counted."""
    found: list[list[Measured]] = [[] for _ in works]
    for number in range(runs + 1):
        for index, work in enumerate(works):
            before()
            measured = work()
            if number:
                found[index].append(measured)
    return [median_of(item) for item in found]


def machine() -> str:
    """The machine in a few words."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {pages:.0f} GiB, Python {sys.version.split()[0]}"


def peak_of_self_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
