"""What is a file already is handed on as it is, and `identity` hands on whatever its input is: a file, a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from artcelery import Engine, open_engine
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


CUT: Node = {"id": "cut", "type": "SEQUENCE", "inputs": ["source", "source"]}
SCORED: Node = {"id": "scored", "type": "MUX", "inputs": ["same", "source"]}


@pytest.mark.parametrize("nodes", [[SOURCE, CUT], [SOURCE, CUT, same("same", "cut")]])
def test_identity_hands_on_a_film_that_is_joined_of_parts(
    engine: Engine, film: Path, tmp_path: Path, nodes: Sequence[Node]
) -> None:
    plan = engine.plan(engine.order(config(tmp_path, nodes), {"source": film}, format="mp4"))
    assert [item.name for item in plan.passes] == ["cut 1/2", nodes[-1]["id"]]  # both parts are alike
    made = rendered(engine, tmp_path, nodes, film, format="mp4").read_bytes()
    with open_engine(engine.settings.model_copy(update={"home": tmp_path / "other"})) as other:
        assert rendered(other, tmp_path, [SOURCE, CUT], film, format="mp4").read_bytes() == made


def test_pictures_that_identity_hands_on_are_copied_where_those_of_its_input_would_be(
    engine: Engine, film: Path, tmp_path: Path
) -> None:
    for nodes, copies in ([SOURCE, same("same", "source"), SCORED], True), ([SOURCE, same("same", "source")], False):
        plan = engine.plan(engine.order(config(tmp_path, nodes), {"source": film}, format="mp4"))
        assert [item.copies for item in plan.passes] == ([True] if copies else []), nodes


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
