from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from artcelery.core.store.disk import DiskStore
from artcelery.core.store.protocol import Store

FACTORIES: dict[str, Callable[[Path], Store]] = {"disk": lambda folder: DiskStore(folder / "store")}


@pytest.fixture(params=FACTORIES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store; each implementation in turn."""
    return FACTORIES[request.param](tmp_path)


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
