"""Clients that say nothing, or a little at a time."""

from __future__ import annotations

import io
import socket
import time
import wave
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from artcelery.server.serving.patience import Patience
from tests.server.files.people import left_behind, new_picture
from tests.server.running import RunningServer, running_server, server_settings
from tests.worker.farm import until

_SOUND_BYTES = 16_000_000
_JSON = b"POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
_HALF = {
    "nothing": b"",
    "half a header": b"GET /runs HTTP/1.1\r\nHost: 127",
    "a header after a reply": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /runs HT",
    "half a body": _JSON + b'{"recipe"',
}


def said_to(server: RunningServer, data: bytes) -> bytes:
    """All that a server says until it closes the connection of a client that goes on with a byte a second."""
    said, until = b"", time.monotonic() + 60
    with server.connect() as connection:
        connection.sendall(data)
        connection.settimeout(1)
        while time.monotonic() < until:
            try:
                part = connection.recv(1 << 16)
            except TimeoutError:
                if data:
                    connection.sendall(b"a")
                continue
            except OSError:
                return said
            if not part:
                return said
            said += part
    raise AssertionError("the connection is still open")


def test_connections_that_bring_no_request_end_and_one_that_brings_half_is_told_so(tmp_path: Path) -> None:
    settings, patience = server_settings(tmp_path, silence_s=2), Patience(header_s=1)
    with running_server(settings, patience=patience) as server, ThreadPoolExecutor() as pool:
        said = dict(zip(_HALF, pool.map(lambda data: said_to(server, data), _HALF.values()), strict=True))
    assert said["nothing"] == said["half a header"] == b""
    assert said["a header after a reply"].endswith(b'{"status":"ok"}')
    assert said["half a body"].startswith(b"HTTP/1.1 408 ")


def sound() -> bytes:
    """A long silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((2, 2, 48000, 0, "NONE", ""))
        file.writeframes(bytes(_SOUND_BYTES))
    return made.getvalue()


@contextmanager
def downloading(folder: Path, patience: Patience) -> Iterator[tuple[RunningServer, socket.socket]]:
    """A server of that patience, and a connection over which a large file begins to come."""
    with running_server(server_settings(folder), patience=patience) as server:
        with server.client() as client:
            name = client.post("/cache/upload", content=sound()).json()["content_hash"]
        with server.connect() as connection:
            connection.sendall(f"GET /cache/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            yield server, connection


def taken(connection: socket.socket, pause_s: float = 0) -> int:
    """How many bytes come, with a pause after each part, until all of the sound is there or the connection ends."""
    count = 0
    while count < _SOUND_BYTES:
        try:
            part = connection.recv(100_000)
        except ConnectionResetError:
            break
        if not part:
            break
        count += len(part)
        time.sleep(pause_s)
    return count


def test_who_takes_nothing_of_a_file_is_left_alone(tmp_path: Path) -> None:
    with downloading(tmp_path, Patience(silence_s=0.2)) as (server, connection):
        assert connection.recv(12) == b"HTTP/1.1 200"
        until(lambda: not server.server.server_state.connections, "it is closed")
        assert taken(connection) < _SOUND_BYTES


def test_who_takes_a_file_in_drops_is_left_alone(tmp_path: Path) -> None:
    with downloading(tmp_path, Patience(silence_s=0.2, min_rate=1e12)) as (server, connection):
        assert connection.recv(12) == b"HTTP/1.1 200"
        while server.server.server_state.connections:
            connection.recv(10_000)
            time.sleep(0.01)
        assert taken(connection) < _SOUND_BYTES


def test_who_takes_a_file_slowly_gets_all_of_it(tmp_path: Path) -> None:
    with downloading(tmp_path, Patience(silence_s=2)) as (_, connection):
        assert taken(connection, 0.015) >= _SOUND_BYTES


def head_of_upload(
    length: int, method: str = "POST", path: str = "/cache/upload", headers: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """The head of an upload of so many bytes."""
    said = {"Host": "127.0.0.1", "Content-Length": str(length), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in said.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def dripped(server: RunningServer, pause_s: float) -> bytes:
    """What a server says to a sender of a byte at a time."""
    with server.connect() as connection:
        connection.sendall(head_of_upload(1_000_000))
        connection.settimeout(pause_s)
        for _ in range(round(30 / pause_s)):
            with suppress(BrokenPipeError, ConnectionResetError):  # then the answer is there already
                connection.sendall(b"x")
            with suppress(TimeoutError):
                return connection.recv(1 << 16) + rest_of(connection)
    raise AssertionError("it is still listened to")


def rest_of(connection: socket.socket) -> bytes:
    """All that comes until a connection is closed."""
    said = b""
    connection.settimeout(30)
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            said += part
    return said


def test_who_stops_sending_a_file_is_told_so_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path, silence_s=1)) as server, server.connect() as connection:
        connection.sendall(head_of_upload(1_000_000) + bytes(100))
        until(lambda: len(left_behind(server)) == 1, "it begins to come")
        said = connection.makefile("rb").read()
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b'"nothing came for 1 s; send the file again"' in said
        assert left_behind(server) == []


def test_who_sends_a_file_in_drops_is_told_so(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path, silence_s=2, min_rate=1000)) as server:
        said = dripped(server, 0.02)
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b"less than 1000 bytes a second came" in said
        until(lambda: left_behind(server) == [], "nothing is left")


def test_a_slow_sender_is_waited_for_while_what_comes_is_enough(tmp_path: Path) -> None:
    data = new_picture(40_000)
    with running_server(server_settings(tmp_path, silence_s=2, min_rate=1000)) as server, server.client() as client:

        def pieces() -> Iterator[bytes]:
            for at in range(0, len(data), 400):
                time.sleep(0.03)
                yield data[at : at + 400]

        assert client.post("/cache/upload", content=pieces()).status_code == 201


def test_a_part_of_an_upload_that_stays_away_leaves_the_parts_that_came(tmp_path: Path) -> None:
    data, tus = new_picture(3_000_000), {"Tus-Resumable": "1.0.0"}
    with running_server(server_settings(tmp_path, silence_s=1)) as server, server.client() as client:
        place = client.post("/cache/uploads", headers={**tus, "Upload-Length": str(len(data))}).headers["location"]
        headers = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        with server.connect() as connection:
            connection.sendall(head_of_upload(len(data), "PATCH", place, headers) + data[:2_500_000])
            assert connection.recv(12) == b"HTTP/1.1 408"
        at = client.head(place, headers=tus).headers["upload-offset"]
        assert 2_000_000 < int(at) < len(data)
        done = client.patch(place, headers={**headers, "Upload-Offset": at}, content=data[int(at) :])
        assert done.headers["upload-offset"] == str(len(data))
