"""The program as a person runs it: a process of its own, in a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ARTCELERY_")}
    return {**kept, "ARTCELERY_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"}


@pytest.fixture
def program(tmp_path: Path, environment: dict[str, str]) -> Program:
    """Run `artcelery` with these words; stdout and stderr apart."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "artcelery", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=240)

    return run
