"""uvicorn, as artcelery runs it: it drains when it is told to stop."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from multiprocessing import parent_process
from types import FrameType
from typing import Any

import uvicorn
from billiard.util import set_pdeathsig  # type: ignore[import-untyped]

from artcelery.core.settings import Settings
from artcelery.server.serving.connections import Connection
from artcelery.server.serving.draining import Draining
from artcelery.server.serving.patience import Patience

__all__ = ["SIGNALS", "Config", "Server", "config_of"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_CUT_S = 2.0
"""How long requests may take to end whose connections were broken off."""


class Config(uvicorn.Config):
    """What is served, and how; every process of a server has one."""

    draining: Draining
    is_quick = False

    def __init__(self, app: Any, *, patience: Patience, **given: Any) -> None:
        super().__init__(app, **given)
        self.patience = patience
        self._drain_within(patience.drain_s)

    def load(self) -> None:
        """Make the application, and listen for the signals that stop it: uvicorn tells no application of them."""
        if parent_process() is not None:
            set_pdeathsig(signal.SIGTERM)  # one of several: it does not outlive who started it, and keeps no port
        super().load()
        self.loaded_app = self.draining = Draining(self.loaded_app)
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                signal.signal(number, _both(self._stop, signal.getsignal(number)))

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            self.is_quick = True
            self._drain_within(self.patience.quick_s)
        self.draining.begin()

    def _drain_within(self, seconds: float) -> None:
        self.drain_s = seconds
        self.timeout_graceful_shutdown = ceil(seconds + _CUT_S)  # for what does not heed that its client is gone


def _both(first: Callable[[int, FrameType | None], Any], second: Any) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        first(number, frame)
        second(number, frame)

    return handle


def config_of(app: Any, settings: Settings, **given: Any) -> Config:
    """How an application, or `module:function` that makes it, is served; proxies count only where they are named."""
    return Config(
        app,
        factory=isinstance(app, str),
        http=Connection,
        lifespan="on",
        ws="none",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_worker_healthcheck=30,
        **{"patience": Patience.of(settings), "log_config": None, "access_log": False, **given},
    )


class Server(uvicorn.Server):
    """Answers until it is told to stop, and finishes its requests: `on_start` and `on_stop` hear of it."""

    def __init__(
        self,
        config: Config,
        on_start: Callable[[], None] | None = None,
        on_stop: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(config)
        self._on_start, self._on_stop = on_start, on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started and self._on_start:
            self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing new, and finish what was begun."""
        if self._on_stop:
            self._on_stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Meanwhile, signals stop this server; they do not end the process afterwards: it did what it was told."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
