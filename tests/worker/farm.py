"""A farm of real worker processes, ended with their test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from artcelery.core.engine import Engine, open_engine
from artcelery.core.settings import Settings
from artcelery.core.state.records import RunRecord
from artcelery.worker.farm import Farm

__all__ = ["TestFarm", "Worker", "until"]

_PATIENCE_S = 120.0


def until(holds: Callable[[], object], what: str, seconds: float = _PATIENCE_S) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"after {seconds:g} s still not: {what}"
        time.sleep(0.02)


class Worker:
    """`artcelery worker` in a process group of its own."""

    def __init__(self, environment: Mapping[str, str], log: Path, *words: str) -> None:
        self.log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "artcelery", "worker", *words],
                env={**environment},
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def signal_all(self, number: int) -> None:
        """Send a signal to the whole group: parent, children, and the process that tends."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """End all of it at once, as a power cut does."""
        if self.process.poll() is None or self._group_lives():
            self.signal_all(signal.SIGKILL)
        self.process.wait(_PATIENCE_S)

    def stop(self, seconds: float = _PATIENCE_S) -> int:
        """SIGTERM to the parent; its exit code when it has ended."""
        self.process.terminate()
        return self.process.wait(seconds)

    def _group_lives(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True


class TestFarm:
    """A state, a store, and workers that are started on them."""

    __test__ = False

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, dict(environment)
        self.workers: list[Worker] = []
        self._engines: list[Engine] = []

    def settings(self, **more: object) -> Settings:
        named = {name: self.environment.get(f"ARTCELERY_{name.upper()}") for name in Settings.model_fields}
        return Settings.model_validate({**{name: value for name, value in named.items() if value}, **more})

    def engine(self, **more: object) -> Engine:
        """An engine on the farm's state, closed with the farm."""
        self._engines.append(open_engine(self.settings(**more)))
        return self._engines[-1]

    def start(self, name: str = "one", *words: str, **variables: str) -> Worker:
        """Start a worker, and wait until it says that it lives."""
        environment = {**self.environment, **variables}
        worker = Worker(environment, self.folder / f"worker-{name}.log", "--name", name, *words)
        self.workers.append(worker)
        engine = self.engine()
        until(lambda: self._lives(engine, name, worker), f"worker {name} lives")
        return worker

    def submit(self, config: str, inputs: Mapping[str, str | Path] | None = None, **more: object) -> RunRecord:
        """Submit a config (as YAML)."""
        engine = self.engine()
        return Farm(engine).submit(engine.order(self.config(config), inputs or {}, more))

    def config(self, text: str) -> Path:
        path = self.folder / f"config-{abs(hash(text))}.yaml"
        path.write_text(text)
        return path

    def wait(self, run: RunRecord, status: str = "completed", seconds: float = _PATIENCE_S) -> RunRecord:
        """The record of a run when it is over."""
        engine, over = self.engine(), ("completed", "failed", "cancelled")
        until(lambda: engine.runs.get(run.id).status in over, f"run {run.id} is over", seconds)
        ended = engine.runs.get(run.id)
        assert ended.status == status, (ended.error, self.logs())
        return ended

    def logs(self) -> str:
        """What the workers said."""
        return "\n".join(f"== {worker.log.name}\n{worker.log.read_text()}" for worker in self.workers)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        for engine in self._engines:
            engine.close()

    def _lives(self, engine: Engine, name: str, worker: Worker) -> bool:
        assert worker.process.poll() is None, worker.log.read_text()
        return any(item.name.startswith(f"{name}@") for item in engine.workers().workers)
