"""Starting a server: what is checked first, its address, its processes and its worker, until it is told to stop."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from artcelery.core.engine import open_engine
from artcelery.core.errors import UnreachableError
from artcelery.core.settings import Settings, load_settings
from artcelery.server.security.binding import check_binding
from artcelery.server.serving.connections import allow_many_files
from artcelery.server.serving.listening import listen, url_of
from artcelery.server.serving.logs import quiet_log_config
from artcelery.server.serving.measured import sharing_measures
from artcelery.server.serving.own_worker import OwnWorker
from artcelery.server.serving.server import Config, Server, config_of

__all__ = ["start_server"]

Said = Callable[[str], None]
_EVERY_ADDRESS = ("0.0.0.0", "::")
_APP = "artcelery.server.app:app_of_environment"


def start_server(
    *,
    host: str | None,
    port: int | None,
    processes: int,
    worker: bool | None,
    access_log: bool,
    out: Said,
    say: Said,
) -> None:
    """Serve until told to stop; `out` hears where, once it answers.

    UsageError when it may not listen there, or cannot; UnreachableError when the state does not answer.
    """
    settings = load_settings(host=host, port=port)
    check_binding(settings)
    _check_state(settings, say)
    allow_many_files()
    with ExitStack() as opened:
        listener = opened.enter_context(listen(settings.host, settings.port))
        _hand_on(settings, listener)
        config = config_of(_APP, settings, workers=processes, log_config=quiet_log_config(), access_log=access_log)
        if processes > 1:
            opened.enter_context(sharing_measures())
        helper = opened.enter_context(OwnWorker(say)) if _wants_worker(settings, worker) else None
        _run(config, listener, helper, lambda: _welcome(settings, url_of(listener), helper is not None, out, say))


def _check_state(settings: Settings, say: Said) -> None:
    """Better known now than at the first request."""
    with open_engine(settings) as engine:
        for warning in engine.warnings():
            say(f"warning: {warning}")


def _hand_on(settings: Settings, listener: socket.socket) -> None:
    """What was given as options, for the processes that are started: they read the environment."""
    os.environ["ARTCELERY_HOST"] = settings.host
    os.environ["ARTCELERY_PORT"] = str(listener.getsockname()[1])


def _wants_worker(settings: Settings, wanted: bool | None) -> bool:
    """Unless it is said: where nobody else can render, that is without Redis."""
    return settings.redis_url is None if wanted is None else wanted


def _run(config: Config, listener: socket.socket, helper: OwnWorker | None, welcome: Callable[[], None]) -> None:
    stop = helper.stop_soon if helper else _nothing
    if config.workers == 1:
        Server(config, welcome, lambda: stop(config.is_quick)).run([listener])
        return
    server = _Processes(config, listener, stop)
    welcome()
    server.run()
    if any(process.exitcode == STARTUP_FAILURE for process in server.processes):
        raise UnreachableError("the server did not start; what it said above tells why")


class _Processes(Multiprocess):
    """Several processes that accept from one socket; those that die are started again."""

    def __init__(self, config: Config, listener: socket.socket, on_stop: Callable[[bool], None]) -> None:
        super().__init__(config, [listener])
        self._on_stop, self._is_quick = on_stop, False

    def handle_int(self) -> None:
        """Stop soon."""
        self._is_quick = True
        super().handle_int()

    def terminate_all(self) -> None:
        """Tell all processes to stop."""
        self._on_stop(self._is_quick)
        super().terminate_all()


def _nothing(*said: Any) -> None: ...


def _welcome(settings: Settings, url: str, has_worker: bool, out: Said, say: Said) -> None:
    out(url)
    renders = "a worker of its own renders" if has_worker else "workers render (`artcelery worker`)"
    known = ", and on every other address of this machine" if settings.host in _EVERY_ADDRESS else ""
    known += f", known as {settings.public_url}" if settings.public_url else ""
    say(f"listening on {url}{known}; {_who(settings, url)}; {renders}; Ctrl-C stops it")


def _who(settings: Settings, url: str) -> str:
    if settings.l2_urls:
        return f"users sign in through {', '.join(settings.l2_urls)}"
    if settings.api_token:
        return f"whoever has the token is the operator: {url}/sign-in asks for it"
    return f"local mode, whoever can reach it is the operator: open {url} in a browser"
