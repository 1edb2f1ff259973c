"""A real server in a thread of the test: uvicorn and the whole application, on a free port of this machine.

with running_server(server_settings(tmp_path)) as server, server.client() as client:
    assert client.get("/healthz").status_code == 200
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from artcelery.core.settings import Settings
from artcelery.server.app import create_app
from artcelery.server.services import Services
from artcelery.server.serving.listening import listen, url_of
from artcelery.server.serving.patience import Patience
from artcelery.server.serving.server import Config, Server, config_of

__all__ = ["RunningServer", "running_server", "server_settings"]

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class RunningServer:
    """A server that answers at `url`; `stop` is how it drains before its time."""

    url: str
    settings: Settings
    app: FastAPI
    server: Server
    config: Config

    @property
    def services(self) -> Services:
        """What its routes work with: a test may look into the state through it."""
        services: Services = self.app.state.services
        return services

    def client(self, **given: Any) -> httpx.Client:
        """A client whose requests begin at the server's root; follows no redirect unless told to."""
        return httpx.Client(**{"base_url": self.url, "timeout": _PATIENCE_S, "trust_env": False, **given})

    def connect(self) -> socket.socket:
        """A connection on which a test says what it likes."""
        return socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2])), _PATIENCE_S)

    def stop(self) -> None:
        """Have it drain, as SIGTERM does."""
        if self.server.started:
            self.config.draining.begin()
        self.server.should_exit = True


def server_settings(folder: Path, **given: Any) -> Settings:
    """Settings with a home in that folder, in local mode unless `given` says otherwise."""
    return Settings.model_validate({"home": folder / "home", "actor": "@tester@here", **given})


@contextmanager
def running_server(
    settings: Settings, *, app: FastAPI | None = None, port: int = 0, patience: Patience | None = None
) -> Iterator[RunningServer]:
    """A server with these settings (or of this application), from when it answers; ended in time.

    A `port` is given where the settings name it already, as in a public URL (`tests.services.free_port`).
    """
    app = app or create_app(settings)
    started, errors = threading.Event(), list[BaseException]()
    config = config_of(app, settings, **({"patience": patience} if patience else {}))
    server = Server(config, on_start=started.set)
    listener = listen("127.0.0.1", port)
    running = RunningServer(url_of(listener), settings, app, server, config)

    def run() -> None:
        try:
            server.run([listener])
        except BaseException as error:
            errors.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, name="server", daemon=True)
    thread.start()
    try:
        assert started.wait(_PATIENCE_S), "the server does not start"
        _raise(errors)
        assert server.started, "the server did not start: its log says why"
        yield running
    finally:
        running.stop()
        thread.join(_PATIENCE_S)
        listener.close()
    assert not thread.is_alive(), "the server does not end"
    _raise(errors)


def _raise(errors: list[BaseException]) -> None:
    for error in errors:
        raise error
