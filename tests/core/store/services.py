"""Real services on loopback ports: S3, the cache of an artcelery server, and a proxy that has bad days."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.services import free_port

BUCKET = "films"
TOKEN = "sesame"
_BLOCK = 1 << 16


@contextmanager
def s3_service() -> Iterator[int]:
    """The port of a server that speaks S3 and has a bucket; a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            bucket = urllib.request.Request(f"http://127.0.0.1:{port}/{BUCKET}", method="PUT")
            urllib.request.urlopen(bucket, timeout=10).close()
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the S3 server does not start"
            time.sleep(0.05)


class CacheService:
    """A server of `/cache/HASH`: what it has lies in a folder, what it was asked for in `requests`.

    `failures` are statuses to answer with first; `spoil` changes what it sends; without `ranges` it sends only all.
    """

    def __init__(self, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        self.folder = folder
        self.requests: list[tuple[str, str]] = []
        self.paths: list[str] = []
        self.failures: list[int] = []
        self.spoil: Callable[[bytes], bytes] = bytes
        self.ranges = True
        folder.mkdir(exist_ok=True)
        service = self

        class Handler(_Handler):
            def setup(self) -> None:
                self.service = service
                super().setup()

        self._server = _Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def asked(self, method: str) -> int:
        """How many requests of a method came."""
        return sum(asked == method for asked, _ in self.requests)

    def close(self) -> None:
        """Answer no more, and hang up."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, *args: object) -> None:
        self._open: list[socket.socket] = []
        super().__init__(*args)  # type: ignore[arg-type]

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._open.append(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""

    def hang_up(self) -> None:
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    service: CacheService

    def do_HEAD(self) -> None:
        self._give(body=False)

    def do_GET(self) -> None:
        self._give(body=True)

    def do_PUT(self) -> None:
        if not self._admitted():
            return
        size, hasher = int(self.headers["Content-Length"]), hashlib.sha3_256()
        part = self.service.folder / f"part-{threading.get_ident()}"
        with part.open("wb") as file:
            while size and (block := self.rfile.read(min(size, 1 << 20))):
                size -= len(block)
                hasher.update(block)
                file.write(block)
        right = not size and hasher.hexdigest() == self._name()
        if right:
            part.replace(self.service.folder / self._name())
        else:
            part.unlink()
        self._answer(201 if right else 422)

    def _give(self, body: bool) -> None:
        if not self._admitted():
            return
        path = self.service.folder / self._name()
        if not path.exists():
            self._answer(404)
            return
        size = path.stat().st_size
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if self.service.ranges else None
        start = int(wanted[1]) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(size - start))
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        if body:
            self.wfile.write(self.service.spoil(path.read_bytes())[start:])

    def _admitted(self) -> bool:
        self.service.requests.append((self.command, self._name()))
        self.service.paths.append(self.path)
        if self.service.failures:
            self.close_connection = True
            self._answer(self.service.failures.pop(0))
            return False
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.close_connection = True
            self._answer(401)
            return False
        return True

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _name(self) -> str:
        return Path(self.path).name

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


class Proxy:
    """A way to a service on which connections break.

    Each `GET` takes one of the `breaks` while there are any: after that many bytes of the answer the connection is cut,
    or stands still when it `stalls`. `sent` counts the bytes that came through to the client. What goes to the service
    stands still after `hold_after` bytes, and waits `pause_s` for each piece. One that
    `tunnels` wants to be asked for the way first, as HTTP proxies do.
    """

    def __init__(self, port: int, *, at: int = 0) -> None:
        self.breaks: list[int] = []
        self.stalls = False
        self.hold_after: int | None = None
        self.pause_s = 0.0
        self.tunnels = False
        self.asked: list[str] = []
        self.sent = self.received = 0
        self._port = port
        self._closed = threading.Event()
        self.port = at or free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._start(self._accept)

    def close(self) -> None:
        """Cut everything."""
        self._closed.set()
        for connection in [self._listener, *self._open]:
            _shut(connection)
        for thread in self._threads:
            thread.join()
        for connection in [self._listener, *self._open]:
            connection.close()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._closed.is_set():
                client, _ = self._listener.accept()
                self._open.append(client)
                service = socket.create_connection(("127.0.0.1", self._port), 10)
                service.settimeout(None)
                self._open.append(service)
                way = _Way(client, service)
                self._start(self._to_service, way)
                self._start(self._to_client, way)

    def _to_service(self, way: _Way) -> None:
        with contextlib.suppress(OSError):
            if self.tunnels:
                self.asked.append(way.client.recv(_BLOCK).decode())
                way.client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while block := way.client.recv(_BLOCK):
                self.received += len(block)
                if self.hold_after is not None and self.received > self.hold_after:
                    self._closed.wait()
                    return
                self._closed.wait(self.pause_s)
                if block.startswith(b"GET ") and self.breaks:
                    way.left = self.breaks.pop(0)
                way.service.sendall(block)
        _shut(way.service)

    def _to_client(self, way: _Way) -> None:
        with contextlib.suppress(OSError):
            while block := way.service.recv(_BLOCK):
                part = block if way.left is None else block[: way.left]
                way.client.sendall(part)
                self.sent += len(part)
                if way.left is not None:
                    way.left -= len(part)
                    if not way.left:
                        if self.stalls:
                            self._closed.wait()
                        break
        _shut(way.client)
        _shut(way.service)


@dataclass
class _Way:
    """A connection through the proxy, and how many bytes of it are left."""

    client: socket.socket
    service: socket.socket
    left: int | None = None


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def new_certificate(folder: Path) -> Path:
    """A key and a certificate of its own for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (path := folder / "certificate.pem").write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path


def s3_environment(port: int) -> dict[str, str]:
    """The environment in which `s3://` is the service on a port, and nothing is taken from elsewhere."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def new_prefix() -> str:
    """A prefix in the bucket that nobody used."""
    return f"s3://{BUCKET}/{os.urandom(6).hex()}"
