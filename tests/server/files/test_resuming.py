"""An upload that breaks goes on where it stopped (tus 1.0.0)."""

from __future__ import annotations

import base64
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from artcelery.core.engine.people.upload_parts import KEPT_S
from artcelery.core.hashing import hash_bytes
from tests.server.files.people import UNKNOWN, People, new_picture, uploaded
from tests.server.running import RunningServer, running_server, server_settings
from tests.worker.farm import until

TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}


def begun(client: httpx.Client, size: int, name: str = "picture.png") -> str:
    """Where a new upload is."""
    said = {
        **TUS,
        "Upload-Length": str(size),
        "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
    }
    reply = client.post("/cache/uploads", headers=said)
    assert reply.status_code == 201, reply.text
    assert (reply.headers["upload-offset"], reply.headers["upload-length"]) == ("0", str(size))
    assert "GMT" in reply.headers["upload-expires"]
    place: str = reply.headers["location"]
    return place


def sent(client: httpx.Client, place: str, offset: int, data: bytes) -> httpx.Response:
    """The reply to a part."""
    return client.patch(place, headers={**PART, "Upload-Offset": str(offset)}, content=data)


def offset_of(client: httpx.Client, place: str) -> int:
    """Where an upload stands."""
    reply = client.head(place, headers=TUS)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    return int(reply.headers["upload-offset"])


def test_what_the_server_speaks(client: httpx.Client, server: RunningServer) -> None:
    reply = client.options("/cache/uploads")
    assert reply.status_code == 204
    assert reply.headers["tus-version"] == reply.headers["tus-resumable"] == "1.0.0"
    assert set(reply.headers["tus-extension"].split(",")) == {"creation", "expiration", "termination"}
    assert int(reply.headers["tus-max-size"]) == server.settings.upload_max_size


@pytest.mark.parametrize("cuts", [(), (1,), (4096, 8192), (100, 5000, 5001), (2_000_000,)])
def test_parts_become_a_file(client: httpx.Client, cuts: tuple[int, ...]) -> None:
    data = new_picture(2_500_000)
    place, at = begun(client, len(data), "süß.png"), 0
    for end in (*cuts, len(data)):
        assert offset_of(client, place) == at
        reply = sent(client, place, at, data[at:end])
        assert (reply.status_code, reply.headers["upload-offset"]) == (204, str(end))
        assert ("content-location" in reply.headers) is (end == len(data))
        at = end
    assert reply.headers["content-location"] == f"/cache/{hash_bytes(data)}"
    assert client.get(f"/cache/{hash_bytes(data)}").content == data
    assert client.get(f"/cache/{hash_bytes(data)}/meta").json()["name"] == "süß.png"
    again = client.head(place, headers=TUS)
    assert (again.headers["upload-offset"], again.headers["content-location"]) == (
        str(len(data)),
        f"/cache/{hash_bytes(data)}",
    )


def test_an_upload_goes_on_after_its_connection_and_its_server_are_gone(tmp_path: Path) -> None:
    data = new_picture(3_000_000)
    settings = server_settings(tmp_path)
    with running_server(settings) as server, server.client() as client:
        place = begun(client, len(data))
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 30) as connection:
            lines = [f"PATCH {place} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}", "Upload-Offset: 0"]
            lines += [f"{name}: {text}" for name, text in PART.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + data[:2_200_000])
            until = time.monotonic() + 30
            while offset_of(client, place) < 2_000_000:
                assert time.monotonic() < until, "it does not arrive"
                time.sleep(0.01)
    with running_server(settings) as server, server.client() as client:
        offset = offset_of(client, place)
        assert 2_000_000 <= offset <= 2_200_000
        assert sent(client, place, offset, data[offset:]).status_code == 204
        assert client.get(f"/cache/{hash_bytes(data)}").content == data


def test_an_upload_goes_on_only_where_it_stands(client: httpx.Client) -> None:
    data = new_picture(10_000)
    place = begun(client, len(data))
    assert sent(client, place, 0, data[:5000]).status_code == 204
    for offset in (0, 4999, 5001, len(data)):
        reply = sent(client, place, offset, data[offset:])
        assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert sent(client, place, 5000, data[5000:] + b"more").status_code == 413
    assert offset_of(client, place) == 5000
    assert sent(client, place, 5000, data[5000:]).status_code == 204
    assert sent(client, place, len(data), b"").status_code == 409


@pytest.mark.parametrize("offset", ["", "-1", "1e3", "x", "9" * 30])
def test_an_offset_is_a_number(client: httpx.Client, offset: str) -> None:
    reply = client.patch(begun(client, 100), headers={**PART, "Upload-Offset": offset}, content=b"x")
    assert (reply.status_code, reply.json()["code"]) == (422, "request-invalid")


@pytest.mark.parametrize("said", ["", "0.2.2", "1.0.1"])
def test_another_version_is_not_spoken(client: httpx.Client, said: str) -> None:
    reply = client.post("/cache/uploads", headers={"Tus-Resumable": said, "Upload-Length": "10"})
    assert (reply.status_code, reply.headers["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize(("length", "status"), [("0", 422), ("-5", 422), ("x", 422), (str(10**15), 413)])
def test_an_upload_has_a_length(client: httpx.Client, length: str, status: int) -> None:
    assert client.post("/cache/uploads", headers={**TUS, "Upload-Length": length}).status_code == status


def test_a_part_has_the_type_of_a_part(client: httpx.Client) -> None:
    place = begun(client, 10)
    said = {**TUS, "Upload-Offset": "0", "Content-Type": "text/plain"}
    assert client.patch(place, headers=said, content=b"x").status_code == 415
    assert offset_of(client, place) == 0


def test_what_turns_out_to_be_no_media_is_given_up(client: httpx.Client, server: RunningServer) -> None:
    place = begun(client, 1000, "holiday.png")
    assert sent(client, place, 0, bytes(500)).status_code == 204
    reply = sent(client, place, 500, bytes(500))
    assert (reply.status_code, reply.json()["code"]) == (422, "media-unreadable")
    assert client.head(place, headers=TUS).status_code == 404
    assert not list(server.settings.cache.glob(f".uploads/*/{place.rpartition('/')[2]}/*"))


def test_an_upload_can_be_given_up(client: httpx.Client, server: RunningServer) -> None:
    place = begun(client, 1000)
    assert sent(client, place, 0, bytes(500)).status_code == 204
    assert client.delete(place, headers=TUS).status_code == 204
    assert client.head(place, headers=TUS).status_code == 404
    assert not list(server.settings.cache.glob(f".uploads/*/{place.rpartition('/')[2]}"))


@pytest.mark.parametrize("id", [UNKNOWN[:32], UNKNOWN[:31], "..", "..%2f..", "%2fetc", "a%00", "x" * 3000])
def test_an_upload_that_is_not_there_is_not_found(client: httpx.Client, id: str) -> None:
    for method in ("HEAD", "DELETE", "PATCH"):
        reply = client.request(method, f"/cache/uploads/{id}", headers={**PART, "Upload-Offset": "0"})
        assert reply.status_code in (404, 405), reply.text


def test_the_uploads_of_others_are_as_unknown_as_any(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    place = begun(alice, 1000)
    none = f"/cache/uploads/{UNKNOWN[:32]}"
    for method in ("PATCH", "DELETE"):
        headers = {**PART, "Upload-Offset": "0"}
        theirs, unknown = (bob.request(method, path, headers=headers) for path in (place, none))
        assert theirs.status_code == unknown.status_code == 404
        assert theirs.text.replace(place.rpartition("/")[2], "?") == unknown.text.replace(UNKNOWN[:32], "?")
    assert people.client().head(place, headers=TUS).status_code == 401
    assert offset_of(alice, place) == 0


def test_what_is_promised_to_uploads_counts_for_a_quota(people: People) -> None:
    client = people.client("promising")
    for _ in range(3):
        begun(client, 300_000)
    reply = client.post("/cache/uploads", headers={**TUS, "Upload-Length": "200000"})
    assert (reply.status_code, reply.json()["code"]) == (413, "too-large")
    assert reply.json()["detail"].startswith("100000 bytes are left")
    begun(client, 100_000)
    assert client.post("/cache/uploads", headers={**TUS, "Upload-Length": "1"}).status_code == 429


def test_uploads_that_are_not_finished_are_not_too_many(people: People) -> None:
    client = people.client("busy")
    places = [begun(client, 10) for _ in range(100)]
    reply = client.post("/cache/uploads", headers={**TUS, "Upload-Length": "10"})
    assert (reply.status_code, reply.json()["code"]) == (429, "quota")
    assert client.delete(places[0], headers=TUS).status_code == 204
    begun(client, 10)


def test_what_nothing_was_sent_for_in_a_day_is_forgotten(client: httpx.Client, server: RunningServer) -> None:
    place = begun(client, 1000)
    assert sent(client, place, 0, bytes(500)).status_code == 204
    folder = moved(server, place, KEPT_S + 60)
    assert client.head(place, headers=TUS).status_code == 404
    begun(client, 10)
    assert not folder.exists()


def moved(server: RunningServer, place: str, by_s: float) -> Path:
    """The folder of an upload, once the clock was moved by so much since anything came for it."""
    (folder,) = server.settings.cache.glob(f".uploads/*/{place.rpartition('/')[2]}")
    at = time.time() - by_s
    for path in (*folder.iterdir(), folder):
        os.utime(path, (at, at))
    return folder


def test_an_upload_that_somebody_sends_for_is_not_swept_whatever_the_clock_says(server: RunningServer) -> None:
    data = new_picture(3_000_000)
    with server.client() as client, server.connect() as connection:
        place = begun(client, len(data))
        lines = [f"PATCH {place} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}", "Upload-Offset: 0"]
        lines += [f"{name}: {text}" for name, text in PART.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + data[:2_200_000])
        until(lambda: offset_of(client, place) >= 2_000_000, "it is sent for")
        folder = moved(server, place, KEPT_S + 60)
        begun(client, 10)
        assert folder.exists()
        connection.sendall(data[2_200_000:])
        assert connection.recv(12) == b"HTTP/1.1 204"
        assert client.get(f"/cache/{hash_bytes(data)}").content == data


def test_an_upload_goes_on_when_the_clock_was_set_back(client: httpx.Client, server: RunningServer) -> None:
    data = new_picture(10_000)
    place = begun(client, len(data))
    assert sent(client, place, 0, data[:5000]).status_code == 204
    moved(server, place, -3 * KEPT_S)
    begun(client, 10)
    assert offset_of(client, place) == 5000
    assert sent(client, place, 5000, data[5000:]).headers["content-location"] == f"/cache/{hash_bytes(data)}"


def test_servers_that_sweep_at_once_remove_what_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    settings = server_settings(tmp_path)
    with (
        running_server(settings) as one,
        running_server(settings) as other,
        one.client() as client,
        other.client() as beside,
        ThreadPoolExecutor(8) as pool,
    ):
        kept = [begun(client, 1000) for _ in range(10)]
        gone = [moved(one, begun(client, 1000), KEPT_S + 60) for _ in range(40)]
        places = list(pool.map(lambda asked: begun(asked, 10), 8 * [client, beside]))
        assert not any(folder.exists() for folder in gone)
        for place in kept + places:
            assert offset_of(beside, place) == 0


def test_bytes_that_are_known_become_the_uploaders(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    data = new_picture(1000)
    name = uploaded(alice, data)
    assert bob.head(f"/cache/{name}").status_code == 404
    assert sent(bob, begun(bob, len(data)), 0, data).headers["content-location"] == f"/cache/{name}"
    assert bob.get(f"/cache/{name}").content == data
