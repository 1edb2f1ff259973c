"""Real services to test with: each is a process of its own, on a port of this machine, ended with its test."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["RedisServer", "free_port", "redis_server"]

_PATIENCE_S = 60.0
_PORTS = iter(random.SystemRandom().sample(range(20_000, 32_768), 12_000))
"""Each once, and none of those that Linux gives to connections (`net.ipv4.ip_local_port_range`): a client that tries
a port of these again and again until somebody listens there can in the end be connected to itself."""


def free_port() -> int:
    """A port that nobody listens on; nobody takes it before it is used, nor while a server of the test is away."""
    for port in _PORTS:
        with socket.socket() as listener, suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("all ports were given away")


class RedisServer:
    """A Redis server that keeps its files in a folder; it can be stopped, killed, frozen and started again."""

    def __init__(self, folder: Path, *, appendonly: bool = False, options: tuple[str, ...] = ()) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: run ./scripts/test, or sudo apt-get install redis-server"
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._log = folder / "redis.log"
        self._command = [
            *(program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""),
            *("--appendonly", "yes" if appendonly else "no", "--appendfsync", "always", "--databases", "64", *options),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process of the server."""
        assert self._process
        return self._process.pid

    def url(self, number: int = 0, password: str = "") -> str:
        """Its address, with the number of a database."""
        secret = f":{password}@" if password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/{number}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + _PATIENCE_S
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.01)

    def kill(self) -> None:
        """End it without warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it takes connections, but answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(100).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def _end(self, number: int) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
        if self._process:
            self._process.wait(_PATIENCE_S)


@contextmanager
def redis_server(folder: Path, *, appendonly: bool = False, options: tuple[str, ...] = ()) -> Iterator[RedisServer]:
    """A running Redis server; it is killed at the end."""
    server = RedisServer(folder, appendonly=appendonly, options=options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
