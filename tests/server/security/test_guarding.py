"""What stands before every route: hosts, headers, and how much is read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Response

from artcelery.core.errors import UsageError
from artcelery.server.app import create_app
from artcelery.server.security.guarding import guard
from tests.server.running import RunningServer, running_server, server_settings

_STANDING = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_OURS = [
    *("localhost", "LOCALHOST:8100", "localhost.", "127.0.0.1", "127.1.2.3:80", "[::1]:8100"),
    *("l1.example", "L1.EXAMPLE:443", "l1.internal", "l1.internal:9000", "other.example:81"),
]
_FOREIGN = [
    *("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.localhost", "l1.example@evil.example"),
    *("l1.example:80", "other.example", "10.0.0.1", "[::2]", "0x7f.1", "0.0.0.0", "localhost/", "a b", "[::1", "x:y"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("server")
    settings = server_settings(folder, public_url="https://l1.example", allowed_hosts="l1.internal other.example:81")
    with running_server(settings) as server:
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client(verify=False) as client:
        yield client


@pytest.mark.parametrize("host", _OURS)
def test_a_server_is_asked_by_its_own_names(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", _FOREIGN)
def test_by_any_other_name_it_gives_nothing(client: httpx.Client, host: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        reply = client.request(method, "/healthz", headers={"Host": host})
        assert (reply.status_code, reply.json()["code"]) == (421, "host-unknown")
        assert "ARTCELERY_ALLOWED_HOSTS" in reply.json()["detail"]


@pytest.mark.parametrize("hosts", [[], ["localhost", "evil.example"], ["evil.example", "localhost"], [""]])
def test_a_request_names_one_host(server: RunningServer, hosts: list[str]) -> None:
    lines = ["GET /healthz HTTP/1.0", *(f"Host: {host}" for host in hosts), "", ""]
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 20) as connection:
        connection.sendall("\r\n".join(lines).encode())
        reply = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert reply.partition(b"\r\n")[0].split()[1] in (b"421", b"400")


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing-there", "/docs", "/openapi.json"])
def test_each_reply_has_the_headers_of_a_server_that_faces_the_world(client: httpx.Client, path: str) -> None:
    headers = client.get(path, headers={"Host": "l1.example"}).headers
    assert {name: headers[name] for name in _STANDING} == _STANDING
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "access-control-allow-origin" not in headers


def test_refusals_have_them_too(client: httpx.Client) -> None:
    refused = [
        client.get("/", headers={"Host": "evil.example"}),
        client.post("/runs", headers={"Origin": "null"}),
        client.request("DELETE", "/"),
        client.options("/runs", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}),
    ]
    assert [reply.status_code for reply in refused] == [421, 403, 405, 405]
    assert all(reply.headers[name] == value for reply in refused for name, value in _STANDING.items())
    assert not any(name.startswith("access-control") for reply in refused for name in reply.headers)


def _own() -> Response:
    return Response(headers={"Content-Security-Policy": "sandbox", "Cache-Control": "max-age=5"})


def _broken() -> None:
    raise RuntimeError("a secret")


def test_a_route_may_say_otherwise_and_one_that_breaks_says_nothing_of_why(tmp_path: Path) -> None:
    app, settings = FastAPI(), server_settings(tmp_path)
    app.add_api_route("/own", _own)
    app.add_api_route("/broken", _broken)
    guard(app, settings)
    with running_server(settings, app=app) as server, server.client() as client:
        own, broken = client.get("/own"), client.get("/broken")
    assert (own.headers["content-security-policy"], own.headers["cache-control"]) == ("sandbox", "max-age=5")
    assert (broken.status_code, broken.json()["code"]) == (500, "internal")
    assert {name: broken.headers[name] for name in _STANDING} == _STANDING
    assert "secret" not in broken.text


@pytest.mark.parametrize("path", ["/runs", "/configs/some/run"])
def test_bodies_that_are_read_whole_are_small(client: httpx.Client, path: str) -> None:
    large, kind = b" " * (5 << 20), {"Content-Type": "application/json"}
    whole, pieces = (
        client.post(path, content=large, headers=kind),
        client.post(path, content=iter([large]), headers=kind),
    )
    assert [(reply.status_code, reply.json()["code"]) for reply in (whole, pieces)] == [(413, "too-large")] * 2


@pytest.mark.parametrize(
    "given", [{"allowed_hosts": "a/b"}, {"public_url": "l1.example"}, {"public_url": "https://a/b"}]
)
def test_names_that_are_none_are_said_when_the_application_is_made(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        create_app(server_settings(tmp_path, **given))
