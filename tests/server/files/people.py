"""People who use a server, each with a token of their L2; and pictures that nobody has yet."""

from __future__ import annotations

import io
import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from artcelery.core.hashing import hash_bytes
from tests.server.l2_server import ReferenceL2
from tests.server.running import RunningServer

__all__ = ["UNKNOWN", "People", "left_behind", "new_picture", "uploaded"]

UNKNOWN = "0123456789abcdef" * 4
_numbers = itertools.count(1)


@dataclass(frozen=True)
class People:
    """A server, and the L2 whose users it serves."""

    server: RunningServer
    l2: ReferenceL2
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, name: str | None = None, token: str | None = None) -> httpx.Client:
        """The client of a new user whose name begins so, of who has a token, or of a visitor."""
        if name is not None:
            number = next(_numbers)
            token = self.l2.give(f"token-{number}", f"{name}{number}", self.server.url)
        client = self.server.client(headers={"Authorization": f"Bearer {token}"} if token else {})
        self.clients.append(client)
        return client

    def operator(self) -> httpx.Client:
        """The client of who operates the server."""
        return self.client(token="sesame")

    def close(self) -> None:
        """Close all clients."""
        for client in self.clients:
            client.close()


def new_picture(size_bytes: int = 0) -> bytes:
    """A picture that no other test has, of about so many bytes at least."""
    side = max(4, round((size_bytes / 3) ** 0.5) + 1)
    array = np.frombuffer(os.urandom(side * side * 3), np.uint8).reshape(side, side, 3)
    made = io.BytesIO()
    Image.fromarray(array).save(made, "PNG", compress_level=1)
    return made.getvalue()


def uploaded(client: httpx.Client, data: bytes, name: str = "picture.png") -> str:
    """The content hash of what was uploaded."""
    reply = client.post("/cache/upload", params={"name": name}, content=data)
    assert reply.status_code == 201, reply.text
    found: str = reply.json()["content_hash"]
    assert found == hash_bytes(data)
    return found


def left_behind(server: RunningServer) -> list[Path]:
    """What lies in the cache and is no stored file: what uploads that failed must not leave."""
    cache = server.settings.cache
    return [path for path in cache.glob(".*/**/*") if path.is_file()]
