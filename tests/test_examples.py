"""Every example is rendered, as its first lines say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from artcelery import Engine
from artcelery.core.config.document import read_document
from tests.media_files import make_film

EXAMPLES = Path(__file__).parents[1] / "examples"
CONFIGS = sorted((EXAMPLES / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_an_example_config_renders_and_agrees_with_the_schema(path: Path, engine: Engine, tmp_path: Path) -> None:
    config = engine.configs.load(path)
    film = make_film(tmp_path / "film.mp4", size=(160, 120), seconds=2.5)
    inputs = {item.name: film if item.name == "film" else "cat" for item in config.inputs}
    run = engine.run(engine.order(config, inputs))
    assert run.status == "completed"
    Draft202012Validator(engine.configs.schema()).validate(
        json.loads(json.dumps(read_document(path.read_bytes()).value))
    )


def test_there_are_at_least_four() -> None:
    assert len(CONFIGS) >= 4


def test_the_python_example_renders_what_changed_and_nothing_else(tmp_path: Path) -> None:
    environment = {**os.environ, "ARTCELERY_HOME": str(tmp_path / "home")}
    command = [sys.executable, str(EXAMPLES / "one_graph_three_ways.py"), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    first, second, third = done.stdout.splitlines()
    assert first.startswith("5 tones: 1 of 4 nodes known")
    assert second.startswith("5 tones: 4 of 4 nodes known")
    assert third.startswith("3 tones: 1 of 4 nodes known")
    assert (tmp_path / "poster-3.png").is_file()
