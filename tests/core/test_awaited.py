"""A cache is pruned while runs go on: what they will read stays."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from artcelery import Settings, open_engine
from artcelery.core.engine import Engine
from artcelery.core.engine.submitting import Submitted
from tests.media_files import make_film

CUTS = """\
name: cuts
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: a, type: SEGMENT, config: {offset: 0, duration: 0.2}, inputs: film}
    - {id: b, type: SEGMENT, config: {offset: 0.4, duration: 0.2}, inputs: film}
    - {id: cut, type: SEQUENCE, inputs: [%s]}
  output: cut
"""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "film.mp4", seconds=0.8)


def submitted(engine: Engine, folder: Path, film: Path, parts: str) -> Submitted:
    (folder / "cuts.yaml").write_text(CUTS % parts)
    return engine.submit(engine.order(folder / "cuts.yaml", {"film": film}))


def perform(engine: Engine, given: Submitted, most: int = 100) -> list[str]:
    """What a worker does, pass by pass: the names of those that it did."""
    performer, waiting, done = engine.performer("one", lambda requires: ()), deque(given.ready), []
    while waiting and len(done) < most:
        item = waiting.popleft()
        waiting += performer.perform(item.run_id, item.name)
        done.append(item.name)
    return done


def test_what_a_run_made_on_its_way_stays_while_it_goes_on(tmp_path: Path, film: Path) -> None:
    with open_engine(Settings(home=tmp_path / "home")) as engine:
        given = submitted(engine, tmp_path, film, "a, b")
        assert perform(engine, given, 1) == ["cut 1/2"]
        assert not engine.cache.prune(dry_run=True).items
        engine.cache.prune()
        perform(engine, Submitted(given.run, given.ready[1:]))
        assert engine.runs.get(given.run.id).status == "completed"
        assert {item.name for item in engine.cache.prune().items} == {"cut 1/2 of cuts", "cut 2/2 of cuts"}


def test_what_a_run_finds_known_stays_while_it_goes_on(tmp_path: Path, film: Path) -> None:
    with open_engine(Settings(home=tmp_path / "home")) as engine:
        first = submitted(engine, tmp_path, film, "a, b")
        perform(engine, first)
        given = submitted(engine, tmp_path, film, "b, a")
        engine.runs.remove(first.run.id)
        engine.cache.prune()
        assert perform(engine, given) == ["cut", ""]
        assert engine.runs.get(given.run.id).status == "completed"
