"""What passes require is what machines have: a requirement that none could meet would keep a run waiting for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from artcelery import Settings, open_engine
from artcelery.core.media.profiles import FORMATS
from artcelery.core.plan import requirements
from artcelery.worker.abilities import abilities, lacking
from tests.media_files import make_film, make_still


def lacks(folder: Path, nodes: list[dict[str, Any]], source: Path, output: str) -> set[str]:
    """What this machine lacks for a graph whose output has that name."""
    config = folder / "graph.yaml"
    config.write_text(yaml.safe_dump({"name": "graph", "dag": {"nodes": nodes, "output": nodes[-1]["id"]}}))
    with open_engine(Settings(home=folder / "home")) as engine:
        plan = engine.plan(engine.order(config, {"source": source}, output=folder / output))
        assert plan.passes
        return {item for one in plan.passes for item in lacking(requirements(one, plan.graph), abilities(), 1 << 40)}


@pytest.fixture(params=["film", "still"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "still":
        return make_still(tmp_path / "still.png")
    return make_film(tmp_path / "film.mp4", seconds=0.4)


def test_a_node_that_is_kept_can_be_rendered_on_a_machine_like_this_one(tmp_path: Path, source: Path) -> None:
    nodes = [
        {"id": "source", "type": "SOURCE", "config": {"input": True}},
        {"id": "kept", "type": "EFFECT", "config": {"effect": "sepia"}, "inputs": "source", "cache": True},
        {"id": "out", "type": "EFFECT", "config": {"effect": "dog"}, "inputs": "kept"},
    ]
    assert not lacks(tmp_path, nodes, source, "out.mkv" if source.suffix == ".mp4" else "out.png")


@pytest.mark.parametrize("format", [name for name, encoding in FORMATS.items() if encoding.kind == "film"])
def test_a_film_of_parts_can_be_rendered_in_every_format(tmp_path: Path, format: str) -> None:
    nodes: list[dict[str, Any]] = [
        {"id": "source", "type": "SOURCE", "config": {"input": True}},
        {"id": "a", "type": "SEGMENT", "config": {"duration": 0.2}, "inputs": "source"},
        {"id": "cut", "type": "SEQUENCE", "inputs": ["a", "source"]},
    ]
    assert not lacks(tmp_path, nodes, make_film(tmp_path / "film.mp4", seconds=0.4), f"out.{format}")
