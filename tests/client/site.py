"""A server with a worker, and the program as a person runs it against that server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from tests.core.store.services import Proxy as BadWay
from tests.server.running import RunningServer, running_server, server_settings
from tests.worker.farm import Worker, until

__all__ = ["Done", "Person", "Proxy", "Site", "site"]

Done = subprocess.CompletedProcess[str]


class Proxy(BadWay):
    """A way to a server on which connections break, cut at the end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(frozen=True)
class Person:
    """Somebody with a folder and a home of their own; `server` is what `ARTCELERY_SERVER` says."""

    folder: Path
    server: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARTCELERY_")}
        named = {"ARTCELERY_HOME": str(self.folder / "home"), "PYTHONUTF8": "1"}
        return {**kept, **named, **({"ARTCELERY_SERVER": self.server} if self.server else {})}

    def through(self, proxy: Proxy) -> Person:
        """The same person, whose server is reached through a proxy."""
        return replace(self, server=f"http://127.0.0.1:{proxy.port}")

    def command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "artcelery", *map(str, words)]

    def run(self, *words: object, said: str = "", variables: Mapping[str, str] | None = None) -> Done:
        """Run `artcelery` with these words; stdout and stderr apart."""
        return subprocess.run(
            self.command(*words),
            input=said,
            capture_output=True,
            text=True,
            env={**self.environment, **(variables or {})},
            cwd=self.folder,
            timeout=240,
        )

    def start(self, *words: object) -> subprocess.Popen[str]:
        """Start `artcelery` with these words."""
        return subprocess.Popen(
            self.command(*words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.folder,
        )


@dataclass(frozen=True)
class Site:
    """A server, its worker, and a folder for people."""

    server: RunningServer
    folder: Path

    @property
    def port(self) -> int:
        return int(self.server.url.rpartition(":")[2])

    def person(self, name: str, server: str | None = None) -> Person:
        """Somebody who works with this server, or with what is said."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return Person(folder, self.server.url if server is None else server)


@contextmanager
def site(folder: Path, *, with_worker: bool = True, port: int = 0, **given: object) -> Iterator[Site]:
    """A server with these settings, and, unless it is to have none, a worker."""
    folder.mkdir(exist_ok=True)
    settings = server_settings(folder, **given)
    with running_server(settings, port=port) as server:
        if not with_worker:
            yield Site(server, folder)
            return
        environment = {**os.environ, "ARTCELERY_HOME": str(settings.home_dir)}
        worker = Worker(environment, folder / "worker.log", "--name", "one", "--concurrency", "1")
        try:
            until(lambda: server.services.engine.workers().workers, "a worker lives")
            yield Site(server, folder)
        finally:
            worker.kill()
