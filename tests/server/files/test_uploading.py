"""What is uploaded is one's own when it is whole, media, and within the limits; of all else nothing is left."""

from __future__ import annotations

import json
import os
import threading
import time
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from artcelery.core.hashing import content_hash, hash_bytes
from tests.server.files.people import People, left_behind, new_picture, uploaded
from tests.server.running import RunningServer, running_server, server_settings

PATIENCE_S = 60.0


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "it never happens"
        time.sleep(0.01)


def head(length: int, *more: str, path: str = "/cache/upload", method: str = "POST") -> bytes:
    """The head of an upload of so many bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_body_becomes_a_file(client: httpx.Client, samples: Path) -> None:
    data = (samples / "film.mp4").read_bytes()
    reply = client.post("/cache/upload", params={"name": "films/holiday.mp4"}, content=data)
    assert reply.status_code == 201
    said = reply.json()
    assert reply.headers["location"] == f"/cache/{hash_bytes(data)}"
    assert (said["content_hash"], said["size_bytes"]) == (hash_bytes(data), len(data))
    assert (said["type"], said["kind"], said["name"], said["origin"]) == ("video/mp4", "film", "holiday.mp4", "upload")
    assert (said["clip"]["picture"]["width"], said["clip"]["sound"]["rate"]) == (64, 48000)
    assert client.get(reply.headers["location"]).content == data


@pytest.mark.parametrize("fields", [{}, {"other": "value", "more": "x" * 1000}])
def test_the_file_in_a_form_becomes_a_file(client: httpx.Client, fields: dict[str, str]) -> None:
    data = new_picture(200_000)
    reply = client.post("/cache/upload", files={"file": ("süß.png", data, "text/html")}, data=fields)
    assert (reply.status_code, reply.json()["name"]) == (201, "süß.png")
    assert client.get(f"/cache/{hash_bytes(data)}").content == data


@pytest.mark.parametrize("path", ["/cache/upload", "/do/media/upload"])
@pytest.mark.parametrize(("name", "said"), [("filename", "several files"), ("title", "more than 500 parts")])
def test_a_form_of_thousands_of_files_or_fields_is_refused_before_it_ends(
    server: RunningServer, path: str, name: str, said: str
) -> None:
    field = f'--edge\r\nContent-Disposition: form-data; name="file"; {name}="a.png"\r\n\r\n\r\n'
    with server.connect() as connection:
        connection.sendall(head(1 << 30, "Content-Type: multipart/form-data; boundary=edge", path=path))
        connection.sendall(field.encode() * 3000)
        reply = connection.makefile("rb").read(1 << 16)
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert said.encode() in reply
    wait_until(lambda: left_behind(server) == [])


def test_a_body_of_unknown_length_becomes_a_file(client: httpx.Client) -> None:
    data = new_picture(3_000_000)

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(data), 77_777):
            yield data[at : at + 77_777]

    assert client.post("/cache/upload", content=pieces()).json()["content_hash"] == hash_bytes(data)
    assert client.get(f"/cache/{hash_bytes(data)}").content == data


BROKEN_FORMS = {
    "no file": (b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--\r\n", "holds no file"),
    "no end": (b"--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nx", "has no end"),
    "two files": (b"--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nx\r\n" * 2 + b"--b--", "several"),
    "nonsense": (b"nonsense" * 10, "damaged"),
    "nothing": (b"", "has no end"),
    "large field": (b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" + bytes(100_000), "more than a file"),
    "large head": (b"--b\r\n" + b"X: " + b"x" * 100_000, "damaged"),
}


@pytest.mark.parametrize("kind", BROKEN_FORMS)
def test_a_form_that_is_damaged_leaves_nothing(server: RunningServer, client: httpx.Client, kind: str) -> None:
    body, reason = BROKEN_FORMS[kind]
    reply = client.post("/cache/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert (reply.status_code, reply.json()["code"]) == (400, "usage"), reply.text
    assert reason in reply.json()["detail"]
    assert left_behind(server) == []


@pytest.mark.parametrize("data", [b"", b"not media", b"\x89PNG\r\n\x1a\n" + bytes(100), os.urandom(2_000_000)])
def test_what_is_no_media_leaves_nothing(server: RunningServer, client: httpx.Client, data: bytes) -> None:
    before = client.get("/cache").json()
    reply = client.post("/cache/upload", params={"name": "holiday.png"}, content=data)
    assert (reply.status_code, reply.json()["code"]) == (422, "media-unreadable")
    assert "'holiday.png'" in reply.json()["detail"]
    assert client.get(f"/cache/{hash_bytes(data)}").status_code == 404
    assert client.get("/cache").json() == before
    assert left_behind(server) == []


def test_a_packed_body_is_refused(client: httpx.Client) -> None:
    reply = client.post("/cache/upload", content=b"x", headers={"Content-Encoding": "gzip"})
    assert (reply.status_code, "packed" in reply.json()["detail"]) == (400, True)


@pytest.mark.parametrize("sent", [0, 10, 100_000, 2_500_000])
def test_a_cut_upload_leaves_nothing(server: RunningServer, sent: int) -> None:
    data = new_picture(3_000_000)
    with server.connect() as connection:
        connection.sendall(head(len(data)) + data[:sent])
        wait_until(lambda: len(left_behind(server)) == 1)
    wait_until(lambda: left_behind(server) == [])
    assert not server.services.engine.settings.cache.joinpath(hash_bytes(data)[:2], hash_bytes(data)).exists()


@pytest.mark.parametrize("said", [-1, -1000])
def test_a_body_is_as_long_as_its_sender_says(server: RunningServer, said: int) -> None:
    data = new_picture(2_000)
    with server.connect() as connection:
        connection.sendall(head(len(data) + said, "Connection: close") + data)
        reply = connection.makefile("rb").read()
    assert hash_bytes(data).encode() not in reply
    assert b" 422 " in reply.splitlines()[0] or b" 201 " in reply.splitlines()[0]


def test_a_slow_sender_keeps_nobody_waiting(server: RunningServer, client: httpx.Client) -> None:
    data = new_picture(100_000)
    slow = [server.connect() for _ in range(60)]
    try:
        for connection in slow:
            connection.sendall(head(len(data)) + data[:100])
        wait_until(lambda: len(left_behind(server)) == len(slow))
        for _ in range(10):
            uploaded(client, new_picture())
        assert client.get("/cache").status_code == 200
        for connection in slow[:3]:
            for at in range(100, len(data), 40_000):
                connection.sendall(data[at : at + 40_000])
            assert connection.recv(15) == b"HTTP/1.1 201 Cr"
    finally:
        for connection in slow:
            connection.close()
    wait_until(lambda: left_behind(server) == [])


def test_many_small_files_at_once(server: RunningServer, client: httpx.Client) -> None:
    pictures = [new_picture(number) for number in range(300)]
    with server.client(limits=httpx.Limits(max_connections=8)) as shared, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda data: uploaded(shared, data), pictures))
    assert found == [hash_bytes(data) for data in pictures]
    listed = {item["content_hash"] for item in client.get("/cache", params={"limit": 1000}).json()["files"]}
    assert set(found) <= listed
    assert left_behind(server) == []


def test_a_large_file_takes_no_memory(tmp_path: Path) -> None:
    size = 300 << 20
    path = tmp_path / "large.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, 48000, 0, "NONE", ""))
        sound.writeframes(b"")
        sound.setnframes(size // 4)
        for _ in range(size >> 20):
            sound.writeframesraw(bytes(1 << 20))
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        uploaded(client, new_picture())
        before, most, over = psutil.Process().memory_info().rss, [0], threading.Event()

        def watch() -> None:
            while not over.wait(0.01):
                most[0] = max(most[0], psutil.Process().memory_info().rss)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            with path.open("rb") as file:
                reply = client.post("/cache/upload", content=file, params={"name": "large.wav"})
            received = 0
            with client.stream("GET", f"/cache/{reply.json()['content_hash']}") as given:
                received = sum(len(block) for block in given.iter_raw())
        finally:
            over.set()
            watcher.join()
    assert reply.json()["content_hash"] == content_hash(path)
    assert received == path.stat().st_size
    assert most[0] - before < 60 << 20


def test_known_bytes_are_read_all_the_same_and_become_the_uploaders(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    data = new_picture()
    name = uploaded(alice, data, "alices.png")
    assert bob.get(f"/cache/{name}").status_code == 404
    assert bob.post("/cache/upload", content=data[:-1]).status_code in (201, 422)
    assert bob.get(f"/cache/{name}").status_code == 404
    uploaded(bob, data, "bobs.png")
    names = [client.get(f"/cache/{name}/meta").json()["name"] for client in (alice, bob)]
    assert names == ["alices.png", "bobs.png"]


def test_nobody_may_upload_more_than_the_server_takes(people: People) -> None:
    client = people.client("big")
    data = new_picture(400_000)
    for reply in (
        client.post("/cache/upload", content=data),
        client.post("/cache/upload", content=iter([data[:200_000], data[200_000:]])),
    ):
        assert (reply.status_code, reply.json()["code"]) == (413, "too-large")
        assert "300000 bytes" in reply.json()["detail"]
    assert left_behind(people.server) == []


@pytest.mark.parametrize("kind", ["image/png", "multipart/form-data; boundary=b"])
def test_an_upload_that_is_too_large_is_refused_before_it_comes(people: People, kind: str) -> None:
    token = people.client("large").headers["authorization"]
    with people.server.connect() as connection:
        connection.sendall(head(10**12, f"Authorization: {token}", f"Content-Type: {kind}"))
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_quota_says_what_is_left_of_it(people: People) -> None:
    client = people.client("collector")
    sizes = [len(data) for data in (new_picture(280_000) for _ in range(3)) if uploaded(client, data)]
    left = 1_000_000 - sum(sizes)
    reply = client.post("/cache/upload", content=new_picture(280_000))
    assert (reply.status_code, reply.json()["code"]) == (413, "too-large")
    assert reply.json()["detail"].startswith(f"{left} bytes are left of your quota")
    uploaded(client, new_picture(left // 2))
    for _ in range(20):
        reply = client.post("/cache/upload", content=new_picture(20_000))
    assert reply.status_code == 413
    (first, *_) = client.get("/cache", params={"limit": 1000}).json()["files"]
    assert client.delete(f"/cache/{first['content_hash']}").status_code == 200
    uploaded(client, new_picture(first["size_bytes"] // 2))
    assert sum(item["size_bytes"] for item in client.get("/cache").json()["files"]) <= 1_000_000


def test_uploads_at_once_do_not_pass_a_quota_together(people: People) -> None:
    client = people.client("hasty")
    pictures = [new_picture(250_000) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda data: client.post("/cache/upload", content=data), pictures))
    assert {reply.status_code for reply in replies} <= {201, 413, 429}
    files = client.get("/cache").json()["files"]
    assert sum(item["size_bytes"] for item in files) <= 1_000_000
    assert {item["content_hash"] for item in files} == {
        reply.json()["content_hash"] for reply in replies if reply.status_code == 201
    }
    assert left_behind(people.server) == []


def test_who_has_nothing_left_is_told_so(tmp_path: Path, people: People) -> None:
    client = people.client("full")
    while (reply := client.post("/cache/upload", content=new_picture(280_000))).status_code == 201:
        pass
    left = int(reply.json()["detail"].partition(" ")[0])
    exact = new_picture()
    uploaded(client, exact + bytes(left - len(exact)))
    reply = client.post("/cache/upload", content=new_picture())
    assert (reply.status_code, reply.json()["code"]) == (429, "quota")
    assert reply.json()["detail"].startswith("0 bytes are left")


def test_the_operator_has_no_quota_but_the_limit_of_an_upload(people: People) -> None:
    operator = people.operator()
    for _ in range(5):
        uploaded(operator, new_picture(280_000))
    assert operator.post("/cache/upload", content=new_picture(400_000)).status_code == 413


def test_a_visitor_uploads_nothing(people: People) -> None:
    visitor = people.client()
    reply = visitor.post("/cache/upload", content=new_picture())
    assert (reply.status_code, json.loads(reply.text)["code"]) == (401, "sign-in")
    assert left_behind(people.server) == []
