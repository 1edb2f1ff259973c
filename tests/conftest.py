"""What all tests share: a home of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from artcelery import Engine, Settings, open_engine

# Who starts the tests in the background may have them ignore Ctrl-C, and so would the programs that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SLOW = ("worker", "browser", "server/chaos", "core/store/test_remote.py", "test_faults.py")
"""What waits for processes, leases, browsers and services that are away."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: what waits needs none."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests come first: at the end, all but the one that has the last of them would have nothing to do."""
    slow = [Path(__file__).parent / name for name in SLOW]
    items.sort(key=lambda item: not any(item.path.is_relative_to(path) for path in slow))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of this test's own."""
    return Settings(home=tmp_path / "home", actor="@tester@here")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine in that home."""
    with open_engine(settings) as engine:
        yield engine
