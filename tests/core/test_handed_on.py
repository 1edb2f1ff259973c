"""What is a file already is handed on as it is, and `identity` hands on whatever its input is: a file, a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from artcelery import Engine
from artcelery.core.errors import UsageError
from tests.media_files import make_film

Node = dict[str, Any]

SOURCE: Node = {"id": "source", "type": "SOURCE", "config": {"input": True}}
DURATION: Node = {"id": "told", "type": "ANALYZE", "config": {"features": ["duration"]}, "inputs": "source"}
COPIED: Node = {"id": "copied", "type": "EFFECT", "config": {"effect": "copy"}, "inputs": "source"}
COPY = '''"""@effect copy"""
import shutil

def process(inputs, output, params, ctx):
    return shutil.copy(inputs[0], output)
'''
WORDS = "1\n00:00:00,000 --> 00:00:01,000\nA word.\n"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "film.mp4", seconds=0.4)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.srt"
    path.write_text(WORDS)
    return path


@pytest.fixture(autouse=True)
def _effects(engine: Engine) -> None:
    folder = engine.settings.home_dir / "effects"
    folder.mkdir(parents=True)
    (folder / "copy.py").write_text(COPY)


def same(id: str, of: str) -> Node:
    """A node that hands on another one's value."""
    return {"id": id, "type": "EFFECT", "config": {"effect": "identity"}, "inputs": of}


def config(folder: Path, nodes: Sequence[Node]) -> Path:
    path = folder / "graph.yaml"
    path.write_text(yaml.safe_dump({"name": "graph", "dag": {"nodes": [*nodes], "output": nodes[-1]["id"]}}))
    return path


def rendered(engine: Engine, folder: Path, nodes: Sequence[Node], source: Path, **how: Any) -> Path:
    """The file of the last node, in whatever format it is."""
    run = engine.run(engine.order(config(folder, nodes), {"source": source}, **how))
    assert {node.id: node.status for node in run.nodes if node.status not in ("known", "rendered")} == {}
    return engine.output_path(run)


@pytest.mark.parametrize("format", [None, "json"])
def test_identity_hands_on_a_document(engine: Engine, film: Path, tmp_path: Path, format: str | None) -> None:
    nodes = [SOURCE, DURATION, same("once", "told"), same("twice", "once")]
    assert rendered(engine, tmp_path, nodes, film, format=format).read_bytes() == b'{"duration":0.4}'


def test_identity_hands_on_the_file_that_an_effect_made(engine: Engine, film: Path, tmp_path: Path) -> None:
    made = rendered(engine, tmp_path, [SOURCE, COPIED, same("once", "copied"), same("twice", "once")], film)
    assert made.read_bytes() == film.read_bytes()


def test_an_effect_on_files_is_given_the_file_that_identity_hands_on(
    engine: Engine, film: Path, tmp_path: Path
) -> None:
    again = {**COPIED, "id": "again", "inputs": "same"}
    made = rendered(engine, tmp_path, [SOURCE, COPIED, same("same", "copied"), again], film)
    assert made.read_bytes() == film.read_bytes()


@pytest.mark.parametrize("nodes", [[SOURCE], [SOURCE, same("same", "source")], [SOURCE, COPIED]])
def test_a_document_that_came_as_a_file_is_handed_on(
    engine: Engine, words: Path, tmp_path: Path, nodes: Sequence[Node]
) -> None:
    assert rendered(engine, tmp_path, nodes, words).read_text() == WORDS


@pytest.mark.parametrize("nodes", [[SOURCE], [SOURCE, same("same", "source")], [SOURCE, COPIED]])
def test_a_document_that_came_as_a_file_is_written_in_no_other_format(
    engine: Engine, words: Path, tmp_path: Path, nodes: Sequence[Node]
) -> None:
    with pytest.raises(UsageError, match=f"the output '{nodes[-1]['id']}' is a document that is handed on as it is"):
        rendered(engine, tmp_path, nodes, words, format="json")
