"""Files of the server's own disk come in from folders that its operator named, and nothing else is opened."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from artcelery.core.engine.people.file_importing import open_below
from artcelery.core.errors import ArtceleryError, ForbiddenError, MediaError, NotFoundError, UsageError
from artcelery.core.hashing import hash_bytes
from tests.server.files.people import new_picture
from tests.server.running import running_server, server_settings


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk with a folder to import from, and much else."""
    disk = tmp_path_factory.mktemp("disk")
    root, out = disk / "media", disk / "outside"
    (root / "films").mkdir(parents=True)
    (root / "empty").mkdir()
    out.mkdir()
    (disk / "media-too").mkdir()
    (root / "films" / "picture.png").write_bytes(new_picture())
    for folder in (out, disk / "media-too"):
        (folder / "secret.png").write_bytes(new_picture())
    (root / "link.png").symlink_to(root / "films" / "picture.png")
    (root / "linked").symlink_to("films")
    (root / "out.png").symlink_to(out / "secret.png")
    (root / "out").symlink_to(out)
    (root / "up").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "dangling").symlink_to("nowhere")
    (root / "proc").symlink_to("/proc")
    (root / "maps").symlink_to("/proc/self/maps")
    (root / "zero").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe")
    (root / "note.txt").write_text("not media")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(root)
        listener.bind("socket")
        os.chdir(here)
    return disk


@pytest.fixture(scope="module")
def client(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that imports from that folder."""
    settings = server_settings(tmp_path_factory.mktemp("server"), import_roots=[disk / "media"])
    with running_server(settings) as server, server.client() as client:
        yield client


REFUSED = [
    "{disk}/outside/secret.png",
    "{disk}/media-too/secret.png",
    "{disk}/media",
    "{disk}/media/",
    "{disk}/media/.",
    "{disk}/media/..",
    "{disk}/media/../outside/secret.png",
    "{disk}/media/films/../../outside/secret.png",
    "{disk}/media/out.png",
    "{disk}/media/out/secret.png",
    "{disk}/media/up/outside/secret.png",
    "{disk}/media/linked/../../outside/secret.png",
    "{disk}/media/self",
    "{disk}/media/proc/self/maps",
    "{disk}/media/maps",
    "{disk}/media/zero",
    "/proc/self/environ",
    "/proc/self/root{disk}/media/films/picture.png",
    "/proc/self/cwd",
    "/dev/zero",
    "/dev/stdin",
    "/dev/fd/0",
    "/etc/passwd",
    "/",
    "//etc/passwd",
    "{disk}/media\0/films/picture.png",
    "{disk}/media/films/picture.png\0",
    "films/picture.png",
    "../outside/secret.png",
    "file://{disk}/media/films/picture.png",
    "~/picture.png",
    "",
    "{disk}/media/pipe",
    "{disk}/media/socket",
    "{disk}/media/films",
    "{disk}/media/empty",
    "{disk}/media/dangling",
    "{disk}/media/nothing.png",
    "{disk}/media/films/picture.png/more",
    "{disk}/media/" + "x" * 300,
    "{disk}/media/" + "a/" * 1500,
    "{disk}/media/note.txt",
]


@pytest.mark.parametrize("said", REFUSED)
def test_what_lies_elsewhere_or_is_no_file_is_refused(client: httpx.Client, disk: Path, said: str) -> None:
    began = time.monotonic()
    reply = client.post("/cache/import", params={"path": said.format(disk=disk)})
    assert reply.status_code in (400, 403, 404, 422), reply.text
    assert reply.json()["code"] in ("usage", "forbidden", "not-found", "media-unreadable")
    assert client.get("/cache", params={"origin": "import", "name": "secret"}).json()["files"] == []
    assert time.monotonic() - began < 20, "a pipe was waited for"


@pytest.mark.parametrize("said", ["films/picture.png", "link.png", "linked/picture.png", "films/../films/picture.png"])
def test_what_lies_below_the_folder_is_taken_in(client: httpx.Client, disk: Path, said: str) -> None:
    data = (disk / "media" / "films" / "picture.png").read_bytes()
    reply = client.post("/cache/import", params={"path": f"{disk}/media/{said}"})
    assert reply.status_code == 201, reply.text
    assert reply.json()["content_hash"] == hash_bytes(data)
    assert client.get(reply.headers["location"]).content == data


def test_without_a_folder_nothing_is_imported_and_the_way_to_allow_one_is_said(disk: Path, tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        said = [
            client.post("/cache/import", params={"path": path}).json()
            for path in (f"{disk}/media/films/picture.png", f"{disk}/nothing")
        ]
    assert {item["status"] for item in said} == {403}
    assert "ARTCELERY_IMPORT_ROOTS" in said[0]["detail"]
    assert said[0]["detail"].partition("may not")[2] == said[1]["detail"].partition("may not")[2]


def test_nothing_outside_is_opened_while_folders_become_links(disk: Path, tmp_path: Path) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    for folder in (root / "a", out):
        folder.mkdir(parents=True)
        (folder / "file").write_text(folder.name)
    over = threading.Event()

    def change() -> None:
        while not over.is_set():
            (root / "a").rename(root / "b")
            (root / "a").symlink_to(out)
            (root / "a").unlink()
            (root / "b").rename(root / "a")

    thread = threading.Thread(target=change)
    thread.start()
    opened = []
    try:
        for _ in range(3000):
            try:
                with open_below([root], f"{root}/a/file") as source:
                    opened.append(source.read(100))
            except (ForbiddenError, NotFoundError, MediaError):
                continue
    finally:
        over.set()
        thread.join()
    assert set(opened) <= {b"a"}


@pytest.mark.parametrize("said", REFUSED)
def test_every_open_is_below_the_folder(disk: Path, said: str) -> None:
    """What is opened has a descriptor, which knows its path; and a refusal leaves none behind."""
    before = set(os.listdir("/proc/self/fd"))
    try:
        with open_below([disk / "media"], said.format(disk=disk)) as source:
            found = os.readlink(f"/proc/self/fd/{source.descriptor}")
            assert found.startswith(f"{disk}/media/")
            assert said.endswith("note.txt")
    except (ArtceleryError, UsageError):
        pass
    assert set(os.listdir("/proc/self/fd")) == before
