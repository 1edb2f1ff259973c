"""What tests do to a farm to see it bear that: effects that wait, die or grow, and processes that are hit."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from artcelery.core.engine import Engine
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.records import Entry, PassRecord, RunRecord
from tests.worker.farm import TestFarm, Worker, until

__all__ = [
    "Paced",
    "attempts",
    "children_of",
    "effect",
    "ended",
    "entries",
    "film_with",
    "frozen",
    "pid_of",
    "running",
    "tenders_of",
]

_HEAD = '''\
"""An effect of a test.

@effect {name}
"""
import os, pathlib, time
FOLDER = pathlib.Path({folder!r})
def process_frame(frame, params, state):
    (FOLDER / f"pid-{{os.getpid()}}").touch()
'''


def effect(farm: TestFarm, name: str, body: str, head: str = "") -> Path:
    """Add an effect; the folder in which it leaves a file for each process that rendered with it."""
    folder, effects = farm.folder / f"effect-{name}", farm.folder / "home" / "effects"
    folder.mkdir()
    effects.mkdir(parents=True, exist_ok=True)
    text = _HEAD.format(name=name, folder=str(folder))
    lines = "".join(f"    {line}\n" for line in [*body.splitlines(), "return frame"])
    (effects / f"{name}.py").write_text(head + text + lines)
    return folder


class Paced:
    """An effect that takes its time with each frame until it is let go: half a second, or for ever."""

    def __init__(self, farm: TestFarm, name: str = "paced", *, stuck: bool = False) -> None:
        word = "while" if stuck else "if"
        self.folder = effect(farm, name, f"{word} not (FOLDER / 'go').exists():\n    time.sleep(0.5)")

    def go(self) -> None:
        (self.folder / "go").touch()


def attempts(folder: Path) -> int:
    """How many processes rendered with an effect."""
    return len(list(folder.glob("pid-*")))


def film_with(name: str) -> str:
    """A config: an effect on a film."""
    return f"""\
name: film-with-{name}
dag:
  nodes:
    - {{id: film, type: SOURCE, config: {{input: true}}}}
    - {{id: slow, type: EFFECT, config: {{effect: {name}}}, inputs: film}}
  output: slow
"""


def running(engine: Engine, run: RunRecord) -> PassRecord:
    """The pass of a run that is rendered, once it is, and frames were made."""

    def found() -> list[PassRecord]:
        return [item for item in engine.workers().running if item.run_id == run.id and item.done]

    until(found, "a frame of it is made")
    return found()[0]


def pid_of(record: PassRecord) -> int:
    """The process that works on a pass."""
    return int(record.holder.split(":")[4])


def entries(engine: Engine, run: RunRecord, kind: str) -> Sequence[Entry]:
    """What the journal says of one kind, without the end of the run."""
    found = [entry for entry in engine.runs.journal(run.id) if entry.kind == kind]
    return [entry for entry in found if entry.data.get("pass", "-")]


def children_of(worker: Worker) -> list[int]:
    """The pool of a worker."""
    return [item.pid for item in _alive_below(worker) if not _tends(item)]


def tenders_of(worker: Worker) -> list[int]:
    """What tends beside the pool of a worker."""
    return [item.pid for item in _alive_below(worker) if _tends(item)]


def _alive_below(worker: Worker) -> list[psutil.Process]:
    found = psutil.Process(worker.pid).children()
    return [item for item in found if _is_alive(item)]


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _tends(process: psutil.Process) -> bool:
    try:
        return "artcelery.worker.tending" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def ended(pids: Sequence[int]) -> bool:
    """Whether none of the processes runs any more."""

    def gone(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return all(map(gone, pids))


@contextmanager
def frozen(pid: int, engine: Engine) -> Iterator[None]:
    """Meanwhile a process does nothing, and holds no lock of the state (which the kernel would not take from it)."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        try:
            engine.state.journal.append("nobody", "frozen", {})
            break
        except ArtceleryError:
            os.kill(pid, signal.SIGCONT)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
