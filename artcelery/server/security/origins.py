"""Origins: scheme, host and port, as browsers compare sites."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from artcelery.core.errors import UsageError
from artcelery.core.settings import Settings

__all__ = ["Origin", "is_loopback", "l2_origins", "public_origin"]

_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, a host in lower case (an IPv6 address without brackets) and a port."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """The origin that a URL is, with at most a slash behind it; ValueError when it is anything more or less."""
        parts = urlsplit(url)
        host, default = parts.hostname or "", _DEFAULT_PORTS.get(parts.scheme)
        if default is None or not _HOST.fullmatch(host) or "@" in parts.netloc or url != url.strip():
            raise ValueError(f"{url!r} is no origin; write https://HOST or https://HOST:PORT")
        if parts.path not in ("", "/") or parts.query or parts.fragment or url.endswith(("?", "#")):
            raise ValueError(f"{url!r} is more than an origin; write https://{parts.netloc}")
        return cls(parts.scheme, host.rstrip("."), parts.port or default)

    @property
    def authority(self) -> str:
        """The host, with the port where it is not the one of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.scheme == "https"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine and reachable from nowhere else."""
    if host.rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def public_origin(settings: Settings) -> Origin | None:
    """Where users and L2 know this server, None when it has no public URL; UsageError when that is no origin."""
    return _origin("public_url", settings.public_url) if settings.public_url else None


def l2_origins(settings: Settings) -> tuple[Origin, ...]:
    """The L2 registries, in their order; UsageError where one is no https origin (http only on this machine)."""
    if settings.l2_urls and not settings.public_url:
        raise UsageError("with l2_urls, set public_url (ARTCELERY_PUBLIC_URL): tokens of L2 are for that URL alone")
    origins = tuple(_origin("l2_urls", url) for url in settings.l2_urls)
    for origin in origins:
        if not origin.is_https and not is_loopback(origin.host):
            raise UsageError(
                f"l2_urls: tokens are not sent unencrypted; write https://{origin.host} instead of {origin}"
            )
    return origins


def _origin(name: str, url: str) -> Origin:
    try:
        return Origin.of(url)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from error
