from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Store
from artcelery.core.store.remote import Remote, open_remote
from artcelery.core.store.tiered import TieredStore
from artcelery.core.store.transport import Patience
from tests.core.store.services import TOKEN, CacheService, Proxy, new_prefix, s3_environment, s3_service


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services on this machine are not looked for elsewhere."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    with s3_service() as port:
        yield port


@pytest.fixture
def s3_url(s3_port: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty prefix in a bucket, which the environment leads to."""
    for name, text in s3_environment(s3_port).items():
        monkeypatch.setenv(name, text)
    return new_prefix()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[CacheService]:
    """The cache of an artcelery server, empty."""
    service = CacheService(tmp_path / "server")
    yield service
    service.close()


@pytest.fixture
def service_url(service: CacheService) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture
def folder_url(tmp_path: Path) -> str:
    (tmp_path / "shared").mkdir()
    return f"file://{tmp_path}/shared"


@pytest.fixture
def proxied() -> Iterator[Callable[[int], Proxy]]:
    """Makes a proxy before a port."""
    proxies: list[Proxy] = []

    def make(port: int) -> Proxy:
        proxies.append(Proxy(port))
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.close()


@dataclass
class Machines:
    """Machines that share nothing but the remote store of a URL."""

    url: str
    folder: Path
    patience: Patience = field(default_factory=lambda: Patience(first_pause_s=0.02))
    token: str = TOKEN

    @property
    def remote(self) -> Remote:
        return open_remote(self.url, self.token, self.patience)

    def store(self, name: str, budget_bytes: int | None = None) -> TieredStore:
        """The store of the machine of that name."""
        return TieredStore(DiskStore(self.folder / name), self.remote, budget_bytes)


REMOTES = ["folder_url", "s3_url", "service_url"]


@pytest.fixture(params=REMOTES)
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Machines:
    """Machines and a remote store, of each kind in turn."""
    return Machines(request.getfixturevalue(request.param), tmp_path)


@pytest.fixture(params=["disk", *REMOTES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store; each implementation in turn."""
    if request.param == "disk":
        return DiskStore(tmp_path / "store")
    return Machines(request.getfixturevalue(request.param), tmp_path).store("store")


@pytest.fixture
def disk(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "store")


@pytest.fixture
def make_file(tmp_path: Path) -> Callable[..., Path]:
    """Makes a file of random bytes."""

    def make(size_bytes: int = 3_000_001, name: str = "source") -> Path:
        path = tmp_path / name
        path.write_bytes(os.urandom(size_bytes))
        return path

    return make
