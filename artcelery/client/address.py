"""The address of a server, and whether a secret may travel to it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from artcelery.core.errors import UsageError

__all__ = ["Address", "parse_address"]

_FORM = "write https://HOST or http://127.0.0.1:PORT"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is: `url` has no slash at its end, `origin` is scheme, host and port."""

    url: str
    origin: str
    is_loopback: bool

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way reads what is sent there."""
        return self.origin.startswith("https:") or self.is_loopback


def parse_address(text: str) -> Address:
    """The address that a text gives; UsageError when it is none."""
    parts, port = _parts(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or set(parts.hostname) & set("\\% "):
        raise UsageError(f"{text!r} is not the URL of a server; {_FORM}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"the URL of a server has no password and nothing after ? or #; {_FORM}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    origin = f"{parts.scheme}://{host}:{port or (443 if parts.scheme == 'https' else 80)}"
    shown = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    return Address(shown + parts.path.rstrip("/"), origin, _is_loopback(parts.hostname))


def _parts(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text.strip())
        httpx.URL(text.strip())  # what it does not take could not be asked
        return parts, parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise UsageError(f"{text!r} is not the URL of a server: {error}; {_FORM}") from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
