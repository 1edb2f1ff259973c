"""What the pages print is done as they print it, and pages made from the program agree with it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from artcelery import Engine
from scripts.commands_page import page as commands_page
from scripts.effects_page import page as effects_page
from scripts.screens import LOOKS, SCREENS
from tests.media_files import make_film, make_still, picture_array

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def blocks(path: Path, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The installed program first on the path, and a home of its own."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "ARTCELERY_HOME": str(tmp_path / "home")}


def test_the_tour_works_as_printed(tmp_path: Path, environment: dict[str, str]) -> None:
    """Every command of the README after the installation, in order, in one folder with the files it speaks of."""
    make_film(tmp_path / "holiday.mp4", size=(640, 360), seconds=1)
    make_still(tmp_path / "holiday.jpg", picture_array(160, 120))
    for name, text in zip(("poster", "film"), blocks(ROOT / "README.md", "yaml"), strict=True):
        (tmp_path / f"{name}.yaml").write_text(text)
    commands = [line for block in blocks(ROOT / "README.md", "sh")[2:] for line in block.splitlines() if line]
    assert len(commands) >= 15
    for command in commands:
        words = shlex.split(command, comments=True)
        assert words[0] == "artcelery"
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (command, done.stderr)
    for name in ("dog-cat.png", "blocks.webp", "zoomed.mp4", "poster.png", "small.png", "film.mp4"):
        assert (tmp_path / name).is_file()
    again = subprocess.run(
        ["artcelery", "run", "poster.yaml", "-i", "input_image=cat", "-n"],
        cwd=tmp_path,
        env={**environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "3 of 3 nodes known" in again.stderr


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_python_of_a_page_runs_from_top_to_bottom(page: str, tmp_path: Path, environment: dict[str, str]) -> None:
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(ROOT / page, "python")))
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_page_of_commands_is_the_help_of_the_program() -> None:
    assert (DOCS / "commands.md").read_text() == commands_page(), "run scripts/commands_page.py"


def test_the_page_of_effects_is_made_from_the_effects(engine: Engine) -> None:
    assert (DOCS / "effects.md").read_text() == effects_page(engine.effects()), "run scripts/effects_page.py"


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).is_file(), target


def test_every_page_of_a_server_has_its_pictures() -> None:
    listed = {f"{screen.name}-{look}.webp" for screen in SCREENS for look in LOOKS}
    pictures = {path.name: path.stat().st_size for path in (DOCS / "screens").iterdir()}
    assert pictures.keys() == listed, "make them with `python -m scripts.screens`"
    assert sum(pictures.values()) < 7_000_000
