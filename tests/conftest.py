"""What all tests share: a home of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from artcelery import Engine, Settings, open_engine


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of this test's own."""
    return Settings(home=tmp_path / "home", actor="@tester@here")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine in that home."""
    with open_engine(settings) as engine:
        yield engine
