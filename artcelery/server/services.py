"""What the routes of one server work with, open from its start to its end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from artcelery.core.engine import Engine, open_engine
from artcelery.core.engine.looks_apart import LooksApart
from artcelery.core.engine.people import Member, Publication, Who
from artcelery.core.settings import Settings
from artcelery.core.store.protocol import Blob
from artcelery.server.auth.l2 import L2
from artcelery.server.making import Makings
from artcelery.server.shares import Shares
from artcelery.server.streams import Streams
from artcelery.worker.farm import Farm

__all__ = ["Services", "open_services"]

_WAIT_S = 3.0
"""How long a request waits for a state that another process locks, and those behind it as long again at most."""


@dataclass(frozen=True)
class Services:
    """The engine, the way to its workers, and the registries whose users may sign in.

    What is made beside requests, and by no worker: `previews` of files, and looks of effects, which are `looked` at.
    """

    settings: Settings
    engine: Engine
    farm: Farm
    l2: L2
    publication: Publication
    previews: Makings[Blob]
    looks: LooksApart
    looked: Makings[Blob]
    shares: Shares = field(default_factory=Shares)
    streams: Streams = field(default_factory=Streams)

    def member(self, who: Who) -> Member:
        """What one who asks can do."""
        return self.engine.member(who, self.publication)


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """The services with these settings; UnreachableError when the state does not answer."""
    with (
        open_engine(settings, wait_s=_WAIT_S) as engine,
        L2(settings) as l2,
        closing(Makings[Blob](_cores())) as previews,
        closing(Makings[Blob](1)) as looked,
        closing(LooksApart(settings)) as looks,
    ):
        yield Services(settings, engine, Farm(engine), l2, l2, previews, looks, looked)


def _cores() -> int:
    return len(os.sched_getaffinity(0))
