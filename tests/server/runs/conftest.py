from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.running import RunningServer, running_server, server_settings
from tests.worker.conftest import environment_of
from tests.worker.farm import TestFarm


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[RunningServer]:
    """A server of its own for each module, with no service at all."""
    with running_server(server_settings(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def farm(server: RunningServer, folder: Path) -> Iterator[TestFarm]:
    """A real worker beside the server."""
    farm = TestFarm(folder, environment_of(folder))
    try:
        farm.start("one", "-c", "1")
        yield farm
    finally:
        farm.close()


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client
