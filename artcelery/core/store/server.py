"""The files of another artcelery server: `GET`, `HEAD` and `PUT` of `URL/cache/HASH`, with a bearer token.

A file is sent block by block, so that its size costs no memory, over connections that are used again.
"""

from __future__ import annotations

import os
import re
import select
import ssl
import weakref
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from artcelery.core.errors import NotAllowedError, StoreError, UnreachableError
from artcelery.core.store.transport import BLOCK_BYTES, Interrupted, Patience, Reading

__all__ = ["CacheServer"]

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
_MOST_IDLE = 16
_ANSWER_BYTES = 64 << 10


class CacheServer:
    """The server at a URL; each process has its own connections."""

    def __init__(self, url: str, token: str | None, patience: Patience) -> None:
        self._url = url.rstrip("/")
        self._parts = urlsplit(self._url)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._patience = patience
        self._pid, self._idle = 0, list[HTTPConnection]()

    def place(self, content_hash: str) -> str:
        """The URL of the file."""
        return f"{self._url}/cache/{content_hash}"

    def size(self, content_hash: str) -> int | None:
        """The size of the file, None when the server does not have it."""
        with self._asking("HEAD", content_hash) as answer:
            if answer.status == 404:
                return None
            size = _number(answer.getheader("Content-Length"))
            if size is None:
                raise StoreError(f"{self._url} does not say how large its files are; is it an artcelery server?")
            return size

    @contextmanager
    def read(self, content_hash: str, offset: int) -> Iterator[Reading | None]:
        """Its bytes from `offset` on, or from the first when the server gives no parts."""
        wanted = {"Range": f"bytes={offset}-"} if offset else {}
        with self._asking("GET", content_hash, wanted) as answer:
            yield None if answer.status == 404 else self._reading(answer)

    def write(self, content_hash: str, path: Path) -> None:
        """Send the file; the server keeps it when it hashes to its name."""
        headers = {"Content-Length": str(path.stat().st_size), "Content-Type": "application/octet-stream"}
        with path.open("rb") as body, self._asking("PUT", content_hash, headers, body) as answer:
            if answer.status == 404:
                raise StoreError(f"there is no {self._url}/cache; check ARTCELERY_STORE_URL")

    @contextmanager
    def _asking(
        self, method: str, content_hash: str, headers: Mapping[str, str] | None = None, body: BinaryIO | None = None
    ) -> Iterator[HTTPResponse]:
        """The answer, which is one of success or 404. The connection is kept when all of the answer was read."""
        connection = self._connection()
        kept = False
        try:
            with self._telling():
                answer = self._answer(connection, method, content_hash, {**self._headers, **(headers or {})}, body)
            yield answer
            with self._telling():
                if method != "GET" or answer.status == 404:
                    answer.read(_ANSWER_BYTES)
            kept = answer.isclosed() and not answer.will_close
        finally:
            self._give_back(connection, kept)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn what goes wrong on the way into Interrupted."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise UnreachableError(
                f"{self._url} is not what it says: {error.verify_message}; check ARTCELERY_STORE_URL"
            ) from error
        except (OSError, HTTPException) as error:
            raise Interrupted(str(error) or type(error).__name__) from error

    def _answer(
        self,
        connection: HTTPConnection,
        method: str,
        content_hash: str,
        headers: Mapping[str, str],
        body: BinaryIO | None,
    ) -> HTTPResponse:
        self._connect(connection, self._patience.write_s if body else self._patience.read_s)
        if self._parts.scheme == "http":
            headers = {**headers, **self._proxy_headers}
        early: OSError | None = None
        try:
            connection.request(method, self._target(content_hash), body, headers)
        except (BrokenPipeError, ConnectionResetError) as error:
            early = error  # it may have said why it does not want the rest
        try:
            answer = connection.getresponse()
        except (OSError, HTTPException):
            if early is not None:
                raise early from None
            raise
        self._refuse(answer)
        return answer

    def _reading(self, answer: HTTPResponse) -> Reading:
        length = _number(answer.getheader("Content-Length"))
        if answer.status != 206:
            return Reading(0, length, self._blocks(answer))
        part = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.getheader("Content-Range", ""))
        if part is None:
            raise StoreError(f"{self._url} sends a part of a file and does not say which; is it an artcelery server?")
        return Reading(int(part[1]), _number(part[2]), self._blocks(answer))

    def _blocks(self, answer: HTTPResponse) -> Iterator[bytes]:
        with self._telling():
            while block := answer.read(BLOCK_BYTES):
                yield block

    def _target(self, content_hash: str) -> str:
        """What to ask for: a path, of a proxy the whole URL."""
        place = f"/cache/{content_hash}"
        whole = self._proxy is not None and self._parts.scheme == "http"
        return (self._url if whole else self._parts.path) + place

    def _refuse(self, answer: HTTPResponse) -> None:
        """The error for anything but success and 404."""
        status = answer.status
        if status < 300 or status == 404:
            return
        said = f"{status} {answer.reason}".strip()
        if status in (401, 403):
            raise NotAllowedError(f"{self._url} refuses ({said}); check ARTCELERY_STORE_TOKEN")
        if status in _PASSING:
            raise Interrupted(said)
        if status < 400:
            where = answer.getheader("Location", "elsewhere")
            raise StoreError(f"{self._url} has moved to {where!r}; give that in ARTCELERY_STORE_URL")
        raise StoreError(f"{self._url} does not take the request: {said} {_text(answer)}".rstrip())

    def _connect(self, connection: HTTPConnection, wait_s: float) -> None:
        if connection.sock is None:
            connection.connect()
        connection.sock.settimeout(wait_s)

    def _connection(self) -> HTTPConnection:
        """One that was used and is still open, or a new one."""
        idle = self._idle_here()
        while idle:
            connection = idle.pop()
            if _is_open(connection):
                return connection
            connection.close()
        return self._new_connection()

    def _new_connection(self) -> HTTPConnection:
        """Straight to the server, or through the proxy that the environment names for it."""
        host, port, wait_s = self._parts.hostname or "", self._parts.port, self._patience.connect_s
        if self._proxy is not None:
            host, port = self._proxy.hostname or "", self._proxy.port
        if self._parts.scheme == "http":
            return HTTPConnection(host, port, timeout=wait_s, blocksize=BLOCK_BYTES)
        connection = HTTPSConnection(host, port, timeout=wait_s, context=self._tls, blocksize=BLOCK_BYTES)
        if self._proxy is not None:
            connection.set_tunnel(self._parts.hostname or "", self._parts.port or 443, self._proxy_headers)
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    @cached_property
    def _proxy(self) -> SplitResult | None:
        """What `https_proxy` and `http_proxy` say, where `no_proxy` does not except the server."""
        said = getproxies().get(self._parts.scheme)
        if not said or proxy_bypass(self._parts.netloc):
            return None
        return urlsplit(said if "//" in said else f"//{said}")

    @property
    def _proxy_headers(self) -> dict[str, str]:
        if self._proxy is None or self._proxy.username is None:
            return {}
        secret = f"{unquote(self._proxy.username)}:{unquote(self._proxy.password or '')}"
        return {"Proxy-Authorization": "Basic " + b64encode(secret.encode()).decode()}

    def _give_back(self, connection: HTTPConnection, kept: bool) -> None:
        idle = self._idle_here()
        if kept and connection.sock is not None and len(idle) < _MOST_IDLE:
            idle.append(connection)
        else:
            connection.close()

    def _idle_here(self) -> list[HTTPConnection]:
        """The idle connections of this process; those of the one it was forked from are not ours to use."""
        if self._pid != os.getpid():
            self._pid, self._idle = os.getpid(), []
            weakref.finalize(self, _close, self._idle)
        return self._idle


def _close(connections: list[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()


def _is_open(connection: HTTPConnection) -> bool:
    """Whether nothing has come over an idle connection; what comes there is its end."""
    if connection.sock is None:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _text(answer: HTTPResponse) -> str:
    """What the server says about it, in one line."""
    text = answer.read(500).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
