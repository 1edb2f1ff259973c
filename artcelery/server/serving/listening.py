"""The address that a server listens on."""

from __future__ import annotations

import errno
import socket

from artcelery.core.errors import UsageError

__all__ = ["listen", "url_of"]

_BACKLOG = 2048
_REASONS = {
    errno.EADDRINUSE: "something listens there already; end it, or give another --port (0 takes a free one)",
    errno.EACCES: "only root may listen there; give a --port above 1023",
    errno.EADDRNOTAVAIL: "no network of this machine has that address; give another --host",
}


def listen(host: str, port: int) -> socket.socket:
    """A socket that accepts connections to an address; UsageError says why it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UsageError(f"{host!r} is no address of this machine: {error.strerror}; give another --host") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = _REASONS.get(error.errno or 0, error.strerror)
        raise UsageError(f"cannot listen on port {port} of {host}: {reason}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The URL by which a browser of this machine comes to a listener."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{here}:{port}"
