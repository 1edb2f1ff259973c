from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from artcelery.core.effect import Effect
from artcelery.core.effect.source import read_effect

FILES = Path(__file__).parent / "files"


@pytest.fixture
def file_effect() -> Callable[[str], Effect]:
    """The effect of one of the files in `files/`."""

    def read(name: str) -> Effect:
        path = FILES / name
        return read_effect(path.read_bytes(), str(path))

    return read


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Empty folders for built-in effects, the user's and a project's."""
    found = tmp_path / "builtin", tmp_path / "user", tmp_path / "project"
    for folder in found:
        folder.mkdir()
    return found


@pytest.fixture
def write() -> Callable[..., Path]:
    """Write an effect file that returns its frame; `more` goes into its docstring, `body` is its function's."""

    def written(folder: Path, name: str, *, more: str = "", body: str = "return frame", file: str = "") -> Path:
        path = folder / (file or f"{name}.py")
        path.write_text(f'"""\n@effect {name}\n{more}\n"""\n\ndef process_frame(frame, params, state):\n    {body}\n')
        return path

    return written
