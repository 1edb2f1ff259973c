"""By which names a server may be asked: a foreign name that leads here is how DNS rebinding begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from artcelery.core.errors import UsageError
from artcelery.core.settings import Settings
from artcelery.server.security.origins import Origin, is_loopback, public_origin

__all__ = ["Hosts", "Named"]

_EVERY_ADDRESS = frozenset({"", "0.0.0.0", "[::]"})
_AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Named:
    """A host and, where it was said, a port."""

    host: str
    port: int | None

    @classmethod
    def of(cls, text: str) -> Self | None:
        """What a `Host` header names, None when that is no host."""
        match = _AUTHORITY.fullmatch(text.strip().lower())
        if match is None:
            return None
        return cls(match["v6"] or match["name"].rstrip("."), int(match["port"]) if match["port"] else None)

    def is_of(self, origin: Origin) -> bool:
        """Whether an origin leads to this host and port."""
        return self.host == origin.host and (self.port is None or self.port == origin.port)


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that are this server's: those of this machine itself, of its public URL, and what is allowed beside."""

    public: Origin | None
    others: frozenset[Named]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The names that settings allow; UsageError where one is no name."""
        return cls(public_origin(settings), frozenset(map(_named, (*_listening(settings), *settings.allowed_hosts))))

    def knows(self, named: Named) -> bool:
        """Whether somebody may ask for that host; a name that was allowed without a port stands for all ports."""
        if is_loopback(named.host) or (self.public is not None and named.is_of(self.public)):
            return True
        return named in self.others or Named(named.host, None) in self.others


def _listening(settings: Settings) -> list[str]:
    """The address that the server listens on, unless it is all of them."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [] if host in _EVERY_ADDRESS else [host]


def _named(text: str) -> Named:
    named = Named.of(text)
    if named is None:
        raise UsageError(f"allowed_hosts: {text!r} is no name of a host; write HOST or HOST:PORT")
    return named
