"""A server whose users sign in with the reference L2, and people who do, each in a browser of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.browsing import Tab
from tests.browser.conftest import OpenTab
from tests.server.l2_server import ReferenceL2
from tests.server.serving.program import Serve, serving
from tests.services import free_port

__all__ = ["Elsewhere", "House", "Person", "elsewhere", "federated", "sign_in"]

_SEND = """
async ([method, path, headers, text, bytes]) => {
  const body = bytes === null ? text : Uint8Array.from(bytes);
  const reply = await fetch(path, { method, headers, ...(method === "GET" ? {} : { body }) });
  return [reply.status, await reply.text()];
}
"""


@dataclass(frozen=True)
class House:
    """A server that users know as `localhost`, while its L2 is `127.0.0.1`: two sites, as they are in the world."""

    served: Serve
    l2: ReferenceL2
    url: str

    def user(self, name: str) -> str:
        """How the server calls a user."""
        return self.l2.user(name)


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, at their browser."""

    name: str
    tab: Tab

    def ask(self, method: str, path: str, text: str | None = None, data: bytes | None = None, **headers: str) -> Any:
        """Status and text of a request that a page of the server makes for them."""
        sent = [method, path, headers, text, None if data is None else list(data)]
        return self.tab.page.evaluate(_SEND, sent)


@contextmanager
def federated(folder: Path, l2: ReferenceL2) -> Iterator[House]:
    port = free_port()
    url = f"http://localhost:{port}"
    with serving(folder, "--port", str(port), ARTCELERY_PUBLIC_URL=url, ARTCELERY_L2_URLS=l2.origin) as served:
        yield House(served, l2, url)


def sign_in(house: House, new_tab: OpenTab, name: str, **given: Any) -> Person:
    """Somebody who came to the first page, and was sent to L2 and back."""
    tab = new_tab(url=house.url, **given)
    known_to_l2(house, tab, name)
    tab.open("/")
    tab.page.get_by_role("link", name="Sign in with").click()
    tab.page.wait_for_url(f"{house.url}/")
    expect(tab.page.get_by_text(house.user(name), exact=True)).to_be_visible()
    forget(tab, house.l2.origin)
    return Person(name, tab)


def known_to_l2(house: House, tab: Tab, name: str) -> None:
    """Have L2 know who sits at this browser."""
    tab.page.context.add_cookies([{"name": "l2_user", "value": name, "url": house.l2.origin}])


def forget(tab: Tab, *said: str) -> None:
    """Take back the troubles that are meant, which contain one of these."""
    tab.troubles[:] = [trouble for trouble in tab.troubles if not any(part in trouble for part in said)]


@dataclass(frozen=True)
class Elsewhere:
    """A page on another port of this machine, which any name of the machine leads to."""

    port: int

    def at(self, host: str) -> str:
        """Its address under one of the names."""
        return f"http://{host}:{self.port}/"


@contextmanager
def elsewhere(page: str) -> Iterator[Elsewhere]:
    """A page that somebody else serves."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="elsewhere", daemon=True)
    thread.start()
    try:
        yield Elsewhere(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
