"""Files are given whole or in part, as what they are, to those who may read them, and to nobody else."""

from __future__ import annotations

import io
import re
import socket
import time
from http.client import HTTPConnection
from pathlib import Path

import httpx
import psutil
import pytest
from PIL import Image

from artcelery.core.hashing import hash_bytes
from artcelery.server.ranges import Part, Unsatisfiable, has_it_already, wanted_part
from tests.server.files.people import UNKNOWN, People, new_picture, uploaded
from tests.server.running import RunningServer, running_server, server_settings

TAG = '"t"'
WHOLE = None
NONE = "416"
RANGES: list[tuple[str, object]] = [
    ("bytes=0-99", (0, 100)),
    ("bytes=0-0", (0, 1)),
    ("bytes=999-999", (999, 1000)),
    ("bytes=990-", (990, 1000)),
    ("bytes=0-", (0, 1000)),
    ("bytes=990-2000", (990, 1000)),
    ("bytes=-10", (990, 1000)),
    ("bytes=-5000", (0, 1000)),
    ("bytes= 5-9 ", (5, 10)),
    ("bytes=1000-", NONE),
    ("bytes=1000-1001", NONE),
    ("bytes=-0", NONE),
    ("bytes=9999999999999999999-", NONE),
    ("bytes=0-1,5-6", WHOLE),
    ("bytes=9-5", WHOLE),
    ("bytes=-", WHOLE),
    ("bytes=", WHOLE),
    ("bytes=a-b", WHOLE),
    ("bytes=0x1-5", WHOLE),
    ("bytes=٣-٥", WHOLE),
    ("bytes=1-2-3", WHOLE),
    ("bytes=99999999999999999999999-", WHOLE),
    ("items=0-5", WHOLE),
    ("0-5", WHOLE),
    ("", WHOLE),
]


@pytest.mark.parametrize(("said", "expected"), RANGES)
def test_a_range_means_one_part_or_the_whole_file(said: str, expected: object) -> None:
    if expected == NONE:
        with pytest.raises(Unsatisfiable):
            wanted_part(said, None, TAG, 1000)
        return
    assert wanted_part(said, None, TAG, 1000) == (Part(*expected) if isinstance(expected, tuple) else None)


@pytest.mark.parametrize(
    ("condition", "is_part"),
    [(TAG, True), ('W/"t"', False), ('"other"', False), ("Wed, 25 Nov 2026 16:00:00 GMT", False), ("", False)],
)
def test_a_part_is_given_only_of_the_file_that_its_asker_knows(condition: str, is_part: bool) -> None:
    assert (wanted_part("bytes=0-9", condition, TAG, 1000) is not None) is is_part


@pytest.mark.parametrize(
    ("said", "has"),
    [(TAG, True), ('W/"t"', True), ('"a", "t"', True), ("*", True), ('"a"', False), ("t", False), (None, False)],
)
def test_who_has_the_file_is_told_so(said: str | None, has: bool) -> None:
    assert has_it_already(said, TAG) is has


@pytest.fixture(scope="module")
def film(samples: Path) -> bytes:
    """A film."""
    return (samples / "film.mp4").read_bytes()


@pytest.mark.parametrize("said", [said for said, _ in RANGES if said.isascii() and said == said.strip()])
def test_the_bytes_of_a_part_are_those_of_the_file(client: httpx.Client, film: bytes, said: str) -> None:
    name = uploaded(client, film, "film.mp4")
    reply = client.get(f"/cache/{name}", headers={"Range": said})
    match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", reply.headers.get("content-range", ""))
    if reply.status_code == 206:
        assert match
        begin, last, whole = map(int, match.groups())
        assert (whole, reply.content) == (len(film), film[begin : last + 1])
        assert int(reply.headers["content-length"]) == len(reply.content)
    elif reply.status_code == 416:
        assert reply.headers["content-range"] == f"bytes */{len(film)}"
        assert reply.json()["code"] == "range"
    else:
        assert (reply.status_code, reply.content) == (200, film)


def test_a_file_is_the_same_for_ever(client: httpx.Client, film: bytes) -> None:
    name = uploaded(client, film, "film.mp4")
    reply = client.get(f"/cache/{name}")
    assert (reply.status_code, reply.content) == (200, film)
    said = reply.headers
    assert said["etag"] == f'"{name}"'
    assert said["content-type"] == "video/mp4"
    assert said["cache-control"] == "private, max-age=31536000, immutable"
    assert said["x-content-type-options"] == "nosniff"
    assert said["content-security-policy"] == "sandbox; default-src 'none'"
    assert said["content-disposition"] == 'inline; filename="film.mp4"'
    again = client.get(f"/cache/{name}", headers={"If-None-Match": said["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", said["etag"])


def test_head_says_what_get_says(client: httpx.Client, film: bytes) -> None:
    name = uploaded(client, film, "film.mp4")
    given, said = client.get(f"/cache/{name}"), client.head(f"/cache/{name}")
    passing = ("date", "server")
    headers = [{key: text for key, text in reply.headers.items() if key not in passing} for reply in (given, said)]
    assert headers[0] == headers[1]
    assert (said.status_code, said.content) == (200, b"")
    assert client.head(f"/cache/{UNKNOWN}").status_code == 404


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plain.png", 'inline; filename="plain.png"'),
        ("no suffix", 'inline; filename="no suffix.png"'),
        ('a"b\\c%d.png', "inline; filename=\"c_d.png\"; filename*=UTF-8''c%25d.png"),
        ("Katze süß.png", "inline; filename=\"Katze s__.png\"; filename*=UTF-8''Katze%20s%C3%BC%C3%9F.png"),
        ("../../etc/passwd.png", 'inline; filename="passwd.png"'),
        ("x\r\nSet-Cookie: a=b.png", 'inline; filename="xSet-Cookie: a=b.png"'),
        ("..\\..\\windows.png", 'inline; filename="windows.png"'),
    ],
)
def test_a_file_is_saved_under_the_name_that_its_owner_gave_it(people: People, name: str, said: str) -> None:
    client = people.client("namer")
    found = uploaded(client, new_picture(), name)
    assert client.get(f"/cache/{found}").headers["content-disposition"] == said
    saved = client.get(f"/cache/{found}", params={"download": "true"}).headers["content-disposition"]
    assert saved == said.replace("inline", "attachment")


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "activity": b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "id": "https://other/1"}',
    "words": b"WEBVTT\n\n00:00.000 --> 00:01.000\n<script>alert(1)</script>\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_a_browser_could_run_is_refused_or_only_saved(client: httpx.Client, kind: str) -> None:
    reply = client.post("/cache/upload", params={"name": f"x.{kind}"}, content=HOSTILE[kind])
    if kind in ("svg", "html"):
        assert (reply.status_code, reply.json()["code"]) == (422, "media-unreadable")
        assert client.get(f"/cache/{hash_bytes(HOSTILE[kind])}").status_code == 404
        return
    given = client.get(reply.headers["location"])
    assert given.content == HOSTILE[kind]
    is_mere_bytes(given)
    assert client.get(f"{reply.headers['location']}/thumbnail").status_code == 404


def test_what_peers_send_is_never_shown(client: httpx.Client) -> None:
    for data in (text + b"\n" for text in HOSTILE.values()):
        name = hash_bytes(data)
        assert client.put(f"/cache/{name}", content=data).status_code == 201
        given = client.get(f"/cache/{name}")
        assert given.content == data
        is_mere_bytes(given)


def is_mere_bytes(reply: httpx.Response) -> None:
    """No browser shows it, and no server takes it for more."""
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"].startswith("attachment")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_a_picture_that_is_also_a_page_is_a_picture(client: httpx.Client) -> None:
    polyglot = new_picture() + b"<html><script>alert(1)</script></html>"
    name = uploaded(client, polyglot, "page.html")
    given = client.get(f"/cache/{name}", headers={"Accept": "text/html"})
    assert (given.headers["content-type"], given.content) == ("image/png", polyglot)
    assert given.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(("name", "type"), [("picture.png", "image/png"), ("sound.flac", "audio/flac")])
def test_facts_and_thumbnails_of_what_was_uploaded(client: httpx.Client, samples: Path, name: str, type: str) -> None:
    found = uploaded(client, (samples / name).read_bytes(), name)
    meta = client.get(f"/cache/{found}/meta").json()
    assert (meta["type"], meta["name"], meta["origin"], meta["used_by"]) == (type, name, "upload", [])
    assert meta["description"] == f"{meta['kind']} {'64x48' if meta['kind'] == 'still' else '1 s, 48000 Hz stereo'}"
    first = client.get(f"/cache/{found}/thumbnail", params={"size": 64, "wait": 30})
    assert (first.status_code, first.headers["content-type"]) == (200, "image/webp")
    assert max(Image.open(io.BytesIO(first.content)).size) == 64
    again = client.get(
        f"/cache/{found}/thumbnail", params={"size": 64}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert first.headers["etag"] == f'"{hash_bytes(first.content)}"'
    assert client.get(f"/cache/{found}/thumbnail", params={"size": 65}).status_code == 422


def test_a_file_of_others_is_as_unknown_as_one_that_is_not_there(people: People) -> None:
    alice, bob, visitor = people.client("alice"), people.client("bob"), people.client()
    found = uploaded(alice, new_picture())
    assert alice.get(f"/cache/{found}").status_code == 200
    for client, status in ((bob, 404), (visitor, 401)):
        for method, path in (
            ("GET", "/cache/{}"),
            ("HEAD", "/cache/{}"),
            ("GET", "/cache/{}/meta"),
            ("GET", "/cache/{}/thumbnail"),
            ("GET", "/cache/{}/waveform"),
            ("DELETE", "/cache/{}"),
        ):
            theirs, none = (client.request(method, path.format(name)) for name in (found, UNKNOWN))
            assert (theirs.status_code, none.status_code) == (status, status), (method, path)
            assert theirs.content.replace(found.encode(), b"?") == none.content.replace(UNKNOWN.encode(), b"?")
    assert [item["content_hash"] for item in bob.get("/cache").json()["files"]] == []
    assert bob.put("/assets/mine", json={"content_hash": found}).status_code == 404
    assert people.operator().get(f"/cache/{found}").status_code == 200


def test_what_is_published_is_everybodys_to_read_and_nobodys_to_change(people: People) -> None:
    alice, bob, visitor = people.client("alice"), people.client("bob"), people.client()
    data = new_picture()
    found = uploaded(alice, data, "my secret name.png")
    people.l2.publish(found)
    for client in (bob, visitor):
        given = client.get(f"/cache/{found}")
        assert (given.status_code, given.content) == (200, data)
        assert given.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert given.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "secret" not in str(given.headers)
        assert "secret" not in client.get(f"/cache/{found}/meta").text
    assert bob.delete(f"/cache/{found}").status_code == 404
    assert visitor.delete(f"/cache/{found}").status_code == 401
    assert alice.delete(f"/cache/{found}").json()["detail"] == f"{found[:12]} is published; what is published stays"


def test_when_l2_cannot_be_asked_all_files_of_others_look_alike(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    found = uploaded(alice, new_picture())
    assert bob.get("/cache").status_code == 200
    people.l2.behave("status", status=500)
    try:
        for client in (bob, people.client()):
            theirs, none = (client.get(f"/cache/{name}") for name in (found, UNKNOWN.replace("0", "f")))
            assert (theirs.status_code, none.status_code) == (503, 503)
            assert theirs.content == none.content
        assert alice.get(f"/cache/{found}").status_code == 200
        assert alice.delete(f"/cache/{found}").status_code == 503
        assert alice.head(f"/cache/{found}").status_code == 200
    finally:
        people.l2.behave()


def test_a_list_is_of_ones_own_files_newest_first(people: People) -> None:
    client, other = people.client("lister"), people.client("other")
    uploaded(other, new_picture())
    found = [uploaded(client, new_picture(), f"Picture {number}.png") for number in range(5)]
    pages, cursor = [], None
    while True:
        page = client.get("/cache", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        pages.append([item["content_hash"] for item in page["files"]])
        if (cursor := page["cursor"]) is None:
            break
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in page] == found[::-1]
    (named,) = client.get("/cache", params={"name": "URE 3"}).json()["files"]
    assert named["name"] == "Picture 3.png"
    assert client.get("/cache", params={"kind": "film"}).json() == {"files": [], "cursor": None}
    assert client.get("/cache", params={"cursor": "nonsense"}).status_code == 400
    assert client.get("/cache", params={"limit": 1001}).status_code == 422


@pytest.mark.parametrize(
    "name",
    [
        UNKNOWN[:-1],
        UNKNOWN + "0",
        UNKNOWN.upper(),
        "..",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        ".tmp",
        "a%00b",
        "%ff",
        "0" * 4000,
        "/" + UNKNOWN,
        UNKNOWN + "%0a",
        UNKNOWN[:63] + "%E2%85%A0",
        "quarantine",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_what_is_no_hash_is_no_file(server: RunningServer, name: str, method: str) -> None:
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request(method, f"/cache/{name}", body=b"x" if method == "PUT" else None)
    reply = connection.getresponse()
    said = reply.read()
    connection.close()
    assert reply.status in (404, 405), said
    assert b"root:" not in said


def test_nginx_is_told_which_file_to_send(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path, accel_redirect="/_cache/")) as server, server.client() as client:
        name = uploaded(client, new_picture())
        reply = client.get(f"/cache/{name}", headers={"Range": "bytes=0-3"})
        assert (reply.status_code, reply.content) == (200, b"")
        assert reply.headers["x-accel-redirect"] == f"/_cache/{name[:2]}/{name}"
        assert reply.headers["content-type"] == "image/png"
        assert client.get(f"/cache/{UNKNOWN}").status_code == 404


def test_a_file_is_read_no_further_when_nobody_hears_it_any_more(server: RunningServer) -> None:
    name = UNKNOWN.replace("0", "d")
    path = server.settings.cache / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(20 << 30)
    before = psutil.Process().io_counters().read_chars
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 30) as connection:
        connection.sendall(f"GET /cache/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        assert [item.path for item in psutil.Process().open_files() if item.path == str(path)] == [str(path)]
    until = time.monotonic() + 60
    while any(item.path == str(path) for item in psutil.Process().open_files()):
        assert time.monotonic() < until, "it is read on"
        time.sleep(0.01)
    path.unlink()
    assert psutil.Process().io_counters().read_chars - before < 1 << 30
