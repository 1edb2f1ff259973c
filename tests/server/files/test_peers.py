"""A server is the remote store of others: what they put they get, and nothing that is not what its name says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from artcelery.core.errors import NotAllowedError
from artcelery.core.hashing import hash_bytes
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.remote import open_remote
from artcelery.core.store.tiered import TieredStore
from tests.core.store.services import Proxy
from tests.server.files.people import UNKNOWN, People, left_behind, new_picture, uploaded
from tests.server.running import RunningServer, running_server, server_settings


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose operator has a token."""
    with running_server(server_settings(tmp_path_factory.mktemp("server"), api_token="sesame")) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """The client of its operator."""
    with server.client(headers={"Authorization": "Bearer sesame"}) as client:
        yield client


def store_at(url: str, folder: Path, token: str | None = "sesame") -> TieredStore:
    """A store of another machine."""
    return TieredStore(DiskStore(folder), open_remote(url, token))


@pytest.mark.parametrize("size", [1, 100_000, 5_000_000])
def test_what_one_machine_puts_another_gets(server: RunningServer, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    blob = store_at(server.url, tmp_path / "one").put_bytes(data)
    other = store_at(server.url, tmp_path / "other")
    assert other.has(blob.content_hash, size)
    path = other.find(blob.content_hash, size)
    assert path is not None
    assert path.read_bytes() == data
    assert not other.has(UNKNOWN)
    assert other.find(UNKNOWN) is None


def test_a_file_is_fetched_although_its_connection_breaks(server: RunningServer, tmp_path: Path) -> None:
    data = os.urandom(4_000_000)
    blob = store_at(server.url, tmp_path / "one").put_bytes(data)
    proxy = Proxy(int(server.url.rpartition(":")[2]))
    try:
        proxy.breaks = [300_000, 2_000_000]
        path = store_at(f"http://127.0.0.1:{proxy.port}", tmp_path / "other").find(blob.content_hash)
    finally:
        proxy.close()
    assert path is not None
    assert path.read_bytes() == data


def test_what_does_not_hash_to_its_name_is_not_kept(server: RunningServer, client: httpx.Client) -> None:
    data = new_picture()
    for body in (data[:-1], data + b"x", b""):
        reply = client.put(f"/cache/{hash_bytes(data)}", content=body)
        assert (reply.status_code, reply.json()["code"]) == (422, "store-corrupt")
        assert hash_bytes(body) in reply.json()["detail"]
    assert client.get(f"/cache/{hash_bytes(data)}").status_code == 404
    assert left_behind(server) == []


def test_a_file_is_put_once_and_again(client: httpx.Client) -> None:
    data = b"any bytes"
    for _ in range(2):
        reply = client.put(f"/cache/{hash_bytes(data)}", content=data)
        assert (reply.status_code, reply.headers["location"]) == (201, f"/cache/{hash_bytes(data)}")
    assert client.get(f"/cache/{hash_bytes(data)}").content == data


def test_without_the_token_nothing_is_put(server: RunningServer, tmp_path: Path) -> None:
    for token in (None, "guessed"):
        with pytest.raises(NotAllowedError, match="ARTCELERY_STORE_TOKEN"):
            store_at(server.url, tmp_path / "one", token).put_bytes(os.urandom(1000))


def test_users_are_no_peers(people: People) -> None:
    data = new_picture()
    reply = people.client("alice").put(f"/cache/{hash_bytes(data)}", content=data)
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
    assert people.operator().get(f"/cache/{hash_bytes(data)}").status_code == 404


def test_what_a_peer_brought_is_no_users(people: People) -> None:
    alice, operator = people.client("alice"), people.operator()
    data = new_picture()
    assert operator.put(f"/cache/{hash_bytes(data)}", content=data).status_code == 201
    assert alice.get(f"/cache/{hash_bytes(data)}").status_code == 404
    assert uploaded(alice, data) == hash_bytes(data)
    assert alice.get(f"/cache/{hash_bytes(data)}").headers["content-type"] == "image/png"


def test_a_server_behind_which_there_is_another_store_gives_what_that_has(
    server: RunningServer, tmp_path: Path
) -> None:
    settings = server_settings(tmp_path, store_url=server.url, store_token="sesame")
    data = new_picture()
    with running_server(settings) as front, front.client() as client:
        name = uploaded(client, data)
        client.delete(f"/cache/{name}")
    fetched = store_at(server.url, tmp_path / "third").find(name)
    assert fetched is not None
    assert fetched.read_bytes() == data
