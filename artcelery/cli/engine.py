"""Which engine a command works with: the one of this machine, or a server's."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from artcelery.core.errors import UsageError

if TYPE_CHECKING:
    from artcelery.client.engine import RemoteEngine
    from artcelery.client.farm import RemoteFarm
    from artcelery.core.engine import Engine
    from artcelery.core.settings import Settings
    from artcelery.worker.farm import Farm

__all__ = [
    "AnyEngine",
    "called",
    "choose_server",
    "farm_of",
    "load_settings",
    "open_engine",
    "open_here",
    "refuse_server",
]

AnyEngine: TypeAlias = "Engine | RemoteEngine"

_chosen: ContextVar[str | None] = ContextVar("server", default=None)


def choose_server(url: str | None) -> None:
    """Have commands work with the server of `--server`; an empty URL means this machine, whatever the settings say."""
    _chosen.set(url)


def called() -> str:
    """How the program is called, in words of advice: with `--server` where that was given."""
    return f"artcelery --server {_chosen.get()}" if _chosen.get() else "artcelery"


def load_settings() -> Settings:
    """The settings, with the server that was chosen.

    A folder's file may choose one, too, but gets no token of the environment sent there.
    """
    from artcelery.core.settings import load_settings

    settings = load_settings(server=_chosen.get())
    is_meant = _chosen.get() or os.environ.get("ARTCELERY_SERVER")
    return settings if is_meant else settings.model_copy(update={"token": None})


def open_engine(*, read_only: bool = False) -> AnyEngine:
    """The engine of the server that is chosen, or of this machine; a `read_only` one writes nothing here."""
    settings = load_settings()
    if settings.server:
        from artcelery.cli.progress import moving
        from artcelery.client.engine import open_remote

        return open_remote(settings, moving)
    from artcelery.core.engine import open_engine

    return open_engine(settings, read_only=read_only)


def open_here(command: str) -> Engine:
    """The engine of this machine, for a command that has no meaning elsewhere; UsageError where a server is chosen."""
    from artcelery.core.engine import open_engine

    return open_engine(refuse_server(command))


def refuse_server(command: str) -> Settings:
    """The settings; UsageError where a server is chosen, for a command that works on this machine only."""
    settings = load_settings()
    if settings.server:
        raise UsageError(
            f"`artcelery {command}` works on this machine only, and {settings.server} is another; "
            f"`artcelery --server '' {command}` does it here"
        )
    return settings


def farm_of(engine: AnyEngine) -> Farm | RemoteFarm:
    """The workers of an engine, and the way to them."""
    from artcelery.core.engine import Engine

    if not isinstance(engine, Engine):
        return engine.farm
    from artcelery.worker.farm import Farm

    return Farm(engine)
