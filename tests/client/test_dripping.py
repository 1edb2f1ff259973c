"""A server that gives a byte now and then is given up in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from artcelery.client.address import parse_address
from artcelery.client.downloads import Downloads
from artcelery.client.following import follow
from artcelery.client.http import Http
from artcelery.core.errors import ArtceleryError, UnreachableError
from artcelery.core.store.transport import Patience

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
REFUSAL = HEAD.replace(b"200 OK", b"409 Conflict")


@contextmanager
def dripping(at_once: bytes) -> Iterator[str]:
    """The URL of a server that says this at once, and then a byte at a time."""
    over = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(1 << 16)
            connection.sendall(at_once)
            while not over.wait(0.05):
                connection.sendall(b"a")

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("at_once", [b"", HEAD[:20], HEAD, REFUSAL], ids=["nothing", "a status", "a head", "a refusal"])
def test_an_answer_that_drips_is_given_up(at_once: bytes) -> None:
    with dripping(at_once) as url:
        http = Http(parse_address(url), None, within_s=0.5)
        with pytest.raises(UnreachableError, match="it took too long"):
            http.json("GET", "/runs")
        http.close()


@pytest.mark.parametrize("at_once", [b"", REFUSAL], ids=["nothing", "a refusal"])
def test_events_whose_head_drips_are_given_up(at_once: bytes) -> None:
    with dripping(at_once) as url:
        http = Http(parse_address(url), None, within_s=0.3)
        with pytest.raises(UnreachableError, match=r"it took too long.*; the run goes on"):
            follow(http, "a-run", lambda event: None, hope_s=1.0)
        http.close()


@pytest.mark.parametrize("at_once", [b"", HEAD[:20], HEAD], ids=["nothing", "a status", "a head"])
def test_a_file_that_drips_is_given_up_and_nothing_of_it_is_left(at_once: bytes, tmp_path: Path) -> None:
    with dripping(at_once) as url:
        http = Http(parse_address(url), None, within_s=0.5)
        with pytest.raises(ArtceleryError, match="does not answer"):
            Downloads(http, 0.5, Patience(total_s=1.0)).deliver("0" * 64, tmp_path / "film.mp4", force=False)
        http.close()
    assert list(tmp_path.iterdir()) == []
