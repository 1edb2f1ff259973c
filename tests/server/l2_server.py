"""A small L2 that keeps the contract: a real HTTP server in a process of its own, which a test can have misbehave.

`python -m tests.server.l2_server PORT` serves; `reference_l2()` starts that, and gives what a test says to it.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.services import free_port

__all__ = ["ReferenceL2", "reference_l2"]

_PATIENCE_S = 60.0
_YEAR_3000 = "3000-01-01T00:00:00Z"


class ReferenceL2:
    """A running L2, from the side of a test. Its users and tokens are there as soon as they are said."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._client = httpx.Client(base_url=self.origin, timeout=_PATIENCE_S, trust_env=False, verify=False)
        self._process: subprocess.Popen[bytes] | None = None

    def user(self, username: str) -> str:
        """How artcelery calls a user of this L2."""
        return f"@{username}@127.0.0.1:{self.port}"

    def give(self, token: str, username: str, scope: str, expires_at: str = _YEAR_3000) -> str:
        """Give out a token; the token."""
        self._say("give", token=token, username=username, scope=scope, expires_at=expires_at)
        return token

    def revoke(self, token: str) -> None:
        """Let a token be valid no more, without telling any L1."""
        self._say("revoke", token=token)

    def revoke_user(self, username: str) -> None:
        """Let no token of a user be valid any more, without telling any L1."""
        self._say("revoke_user", username=username)

    def publish(self, content_hash: str, published: bool = True) -> None:
        """Publish a file, or take that back."""
        self._say("publish", content_hash=content_hash, published=published)

    def behave(self, mode: str = "well", **given: object) -> None:
        """Answer L1 otherwise: "well", "slow" or "late" (`seconds`), "drip", "redirect" (`to`), "huge", "status"
        (`status`), "text" (`text`); "once" (`status`) means well one time, and then with that status."""
        self._say("behave", mode=mode, **given)

    def calls(self, path: str = "/auth/verify") -> list[dict[str, Any]]:
        """The requests of L1 to a path since the last `forget_calls`: {path, token, at, sent}."""
        said = self._client.get("/control/calls").json()
        return [call for call in said if call["path"].startswith(path)]

    def forget_calls(self) -> None:
        """Count calls from here."""
        self._say("forget_calls")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "tests.server.l2_server", str(self.port)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self.calls()
                return
            except httpx.TransportError:
                assert self._process.poll() is None, "the reference L2 does not start"
                assert time.monotonic() < deadline, "the reference L2 does not answer"
                time.sleep(0.02)

    def stop(self) -> None:
        """End it, with all that it knew."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_PATIENCE_S)
            self._process = None

    def close(self) -> None:
        """End it for good."""
        self.stop()
        self._client.close()

    def _say(self, what: str, **given: object) -> None:
        self._client.post(f"/control/{what}", json=given).raise_for_status()


@contextmanager
def reference_l2(port: int | None = None) -> Iterator[ReferenceL2]:
    """A running L2 on a free port; it is ended in any case."""
    l2 = ReferenceL2(port)
    try:
        l2.start()
        yield l2
    finally:
        l2.close()


@dataclass
class _Known:
    """What the L2 knows, and how it behaves."""

    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)
    calls: list[dict[str, Any]] = field(default_factory=list)
    behaviour: dict[str, Any] = field(default_factory=lambda: {"mode": "well"})
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, token: str, **said: str) -> None:
        self.tokens[token] = said

    def revoke(self, token: str) -> None:
        self.tokens.pop(token, None)

    def revoke_user(self, username: str) -> None:
        self.tokens = {token: said for token, said in self.tokens.items() if said["username"] != username}

    def publish(self, content_hash: str, published: bool) -> None:
        (self.published.add if published else self.published.discard)(content_hash)

    def behave(self, **said: Any) -> None:
        self.behaviour = said

    def forget_calls(self) -> None:
        self.calls = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    known: ClassVar[_Known] = _Known()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/control/calls":
            self._reply(200, self.known.calls)
        elif self.path.startswith("/auth/login?"):
            self._login()
        else:
            self._note(None)
            self._behave(self._asset)

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        if match := re.fullmatch(r"/control/(\w+)", self.path):
            with self.known.lock:
                getattr(self.known, match[1])(**sent)
            self._reply(200, {})
        else:
            self._note(sent)
            self._behave(lambda: self._verify(sent))

    def _login(self) -> None:
        """Send the user that a cookie names back to L1 with a new token, as if they had just given their password."""
        l1_server = parse_qs(urlsplit(self.path).query)["l1_server"][0]
        username = SimpleCookie(self.headers["Cookie"])["l2_user"].value
        token = secrets.token_urlsafe(24)
        with self.known.lock:
            self.known.give(token, username=username, scope=l1_server, expires_at=_YEAR_3000)
        self.send_response(303)
        self.send_header("Location", f"{l1_server}/auth?{urlencode({'auth_token': token})}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _note(self, sent: Any) -> None:
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        self.known.calls.append({"path": self.path, "token": token, "at": time.time(), "sent": sent})

    def _verify(self, sent: Mapping[str, str]) -> tuple[int, Any]:
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        said = self.known.tokens.get(token)
        if self.path != "/auth/verify" or said is None or said["scope"] != sent.get("l1_server"):
            return 401, {"valid": False}
        return 200, {"valid": True, **said}

    def _asset(self) -> tuple[int, Any]:
        content_hash = self.path.removeprefix("/assets/by-hash/")
        return (200, {"content_hash": content_hash}) if content_hash in self.known.published else (404, {})

    def _behave(self, answer: Any) -> None:
        how = self.known.behaviour
        if how["mode"] == "well":
            self._reply(*answer())
        else:
            getattr(self, f"_{how['mode']}")(how, answer)

    def _slow(self, how: Mapping[str, Any], answer: Any) -> None:
        time.sleep(how["seconds"])
        self._reply(*answer())

    def _late(self, how: Mapping[str, Any], answer: Any) -> None:
        """What is answered is what is true now, and it is answered later."""
        said = answer()
        time.sleep(how["seconds"])
        self._reply(*said)

    def _drip(self, how: Mapping[str, Any], answer: Any) -> None:
        """A header that never ends, a byte at a time: no single wait is long."""
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while True:
                self.wfile.write(b".")
                time.sleep(0.2)
        except OSError:
            pass

    def _redirect(self, how: Mapping[str, Any], answer: Any) -> None:
        self.send_response(how.get("status", 307))
        self.send_header("Location", how["to"] + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _huge(self, how: Mapping[str, Any], answer: Any) -> None:
        """A gigabyte, in the middle of which the answer would stand."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()
        try:
            for _ in range(1 << 10):
                self.wfile.write(b" " * (1 << 20))
        except OSError:
            pass

    def _once(self, how: Mapping[str, Any], answer: Any) -> None:
        self.known.behave(mode="status", status=how["status"])
        self._reply(*answer())

    def _status(self, how: Mapping[str, Any], answer: Any) -> None:
        self._reply(how["status"], {})

    def _text(self, how: Mapping[str, Any], answer: Any) -> None:
        self._send(200, how["text"].encode())

    def _reply(self, status: int, said: Any) -> None:
        self._send(status, json.dumps(said).encode())

    def _send(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


if __name__ == "__main__":
    _Server(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()
