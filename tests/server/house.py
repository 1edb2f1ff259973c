"""A server with two users and what they have, and everybody's client."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.server.l2_server import reference_l2
from tests.server.running import RunningServer, running_server, server_settings
from tests.services import free_port

__all__ = ["NOTHING", "UNKNOWN_HASH", "UNKNOWN_RUN", "House", "Things", "inhabited", "picture", "without"]

OPERATOR_TOKEN = "the-operators-own-token-of-this-test"
UNKNOWN_HASH = "e" * 63 + "1"
UNKNOWN_RUN = "01m89wpsdmnsa6rhs4fenf6xh7"
CONFIG = """\
name: {name}
dag:
  nodes:
    - {{id: picture, type: SOURCE, config: {{input: true}}}}
    - {{id: seen, type: EFFECT, config: {{effect: sepia}}, inputs: picture}}
  output: seen
"""


@dataclass(frozen=True)
class Things:
    """What one user has: of each kind one thing."""

    content_hash: str
    run_id: str
    config_id: str
    upload_id: str
    name: str

    def of(self, parameter: str) -> str:
        """The thing that a parameter of a route means."""
        return str(getattr(self, parameter))

    @property
    def secrets(self) -> set[str]:
        """What nobody else may read of it anywhere."""
        return {self.content_hash, self.run_id, self.config_id, self.upload_id, self.name}


NOTHING = Things(UNKNOWN_HASH, UNKNOWN_RUN, UNKNOWN_HASH, "f" * 32, "no-such-name")


@dataclass(frozen=True)
class House:
    """A server with two users and what they have, and everybody's client."""

    server: RunningServer
    clients: dict[str, httpx.Client]
    things: dict[str, Things]
    published: str

    def ask(self, who: str, route: str, things: Things, **given: Any) -> httpx.Response:
        """The reply to somebody at a route, with things in the place of its parameters."""
        method, _, path = route.partition(" ")
        names = {name: things.of(name) for name in ("content_hash", "run_id", "config_id", "upload_id", "name")}
        headers = {"Tus-Resumable": "1.0.0", **given.pop("headers", {})}
        if method == "PATCH":
            headers |= {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            given.setdefault("content", b"x")
        if route == "POST /configs/{config_id}/run":
            given.setdefault("json", {"inputs": ["cat"]})
        return self.clients[who].request(method, path.format(**names), headers=headers, **given)


def picture(colour: tuple[int, int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(made, "PNG")
    return made.getvalue()


def things_of(client: httpx.Client, who: str, colour: tuple[int, int, int]) -> Things:
    """Upload, name, render and store something as one user."""

    def told(reply: httpx.Response) -> Any:
        assert reply.status_code in (200, 201, 202), reply.text
        return reply.json() if reply.content else None

    content_hash = told(client.post("/cache/upload", params={"name": f"{who}.png"}, content=picture(colour)))[
        "content_hash"
    ]
    told(client.put(f"/assets/{who}s-picture", json={"content_hash": content_hash}))
    run_id = told(client.post("/runs", json={"recipe": "identity", "inputs": [content_hash]}))["id"]
    config_id = told(client.post("/configs/upload", content=CONFIG.format(name=f"{who}s-config").encode()))["id"]
    begun = client.post("/cache/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "100"})
    assert begun.status_code == 201, begun.text
    upload_id = begun.headers["location"].rpartition("/")[2]
    return Things(content_hash, run_id, config_id, upload_id, f"{who}s-picture")


def without(reply: httpx.Response, things: Things) -> tuple[int, bytes, dict[str, str]]:
    """What a reply says, but for the things that were asked for and when it was said."""
    body = reply.content
    for secret in sorted(things.secrets, key=len, reverse=True):
        body = body.replace(secret.encode(), b"THING").replace(secret[:12].encode(), b"THI")
    headers = {name: value for name, value in reply.headers.items() if name not in ("date", "content-length")}
    return reply.status_code, body, headers


@contextmanager
def inhabited(folder: Path) -> Iterator[House]:
    """The server, with its users signed in."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with reference_l2() as l2:
        given = {"public_url": url, "l2_urls": l2.origin, "api_token": OPERATOR_TOKEN}
        settings = server_settings(folder, **given)
        with running_server(settings, port=port) as server:
            tokens = {who: l2.give(f"token-of-{who}", who, url) for who in ("quill", "bob")} | {
                "operator": OPERATOR_TOKEN
            }
            headers = {who: {"Authorization": f"Bearer {token}"} for who, token in tokens.items()} | {"nobody": {}}
            clients = {who: server.client(headers=shown) for who, shown in headers.items()}
            try:
                things = {
                    "quill": things_of(clients["quill"], "quill", (250, 10, 10)),
                    "bob": things_of(clients["bob"], "bob", (10, 10, 250)),
                }
                published = clients["quill"].post("/cache/upload", content=picture((1, 200, 1))).json()["content_hash"]
                l2.publish(published)
                yield House(server, clients, things, published)
            finally:
                for client in clients.values():
                    client.close()
