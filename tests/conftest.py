"""What all tests share: a home of their own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from artcelery import Engine, Settings, open_engine

# Who starts the tests in the background may have them ignore Ctrl-C, and so would the programs that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of this test's own."""
    return Settings(home=tmp_path / "home", actor="@tester@here")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine in that home."""
    with open_engine(settings) as engine:
        yield engine
