"""Looks are made in a process of their own: effects that hang, die or shout do no harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from artcelery import Engine, open_engine
from artcelery.core.engine.looks_apart import LooksApart
from artcelery.core.errors import ArtceleryError, RenderError, UnreachableError
from artcelery.core.settings import load_settings

PATIENCE_S = 30.0
EFFECT = '''\
"""
@effect {name}
@version 1.0.0

@description
Does what no effect should.
"""

import os
import sys
import time


def process_frame(frame, params, state):
    {does}
    return frame
'''
EFFECTS = {
    "hangs": "time.sleep(1e6)",
    "dies": "os._exit(3)",
    "raises": "raise ValueError('it breaks')",
    "shouts": "print('no answer', flush=True); os.write(1, b'nor this')",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("looks")
    for name, does in EFFECTS.items():
        (folder / f"{name}.py").write_text(EFFECT.format(name=name, does=does))
    with open_engine(load_settings(home=folder / "home", effects_path=[folder])) as engine:
        yield engine


@pytest.fixture
def looks(engine: Engine) -> Iterator[LooksApart]:
    looks = LooksApart(engine.settings)
    yield looks
    looks.close()
    assert not looks.is_running


def wait_until_ended(looks: LooksApart) -> None:
    until = time.monotonic() + PATIENCE_S
    while looks.is_running:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_look_is_the_one_that_is_made_here(engine: Engine, looks: LooksApart) -> None:
    effect = engine.effect("sepia")
    made = looks.make(effect, {"amount": 0.5})
    assert engine.looks.find(effect, {"amount": 0.5}) == made
    assert engine.looks.path_of(made).stat().st_size == made.size_bytes


def test_what_an_effect_prints_is_no_answer(engine: Engine, looks: LooksApart) -> None:
    assert engine.looks.path_of(looks.make(engine.effect("shouts"), {})).exists()


def test_why_an_effect_cannot_be_seen_is_told(engine: Engine, looks: LooksApart) -> None:
    with pytest.raises(RenderError, match="it breaks"):
        looks.make(engine.effect("raises"), {})


def test_an_effect_that_ends_its_process_ends_no_other(engine: Engine, looks: LooksApart) -> None:
    with pytest.raises(RenderError, match="ends the process"):
        looks.make(engine.effect("dies"), {})
    assert looks.make(engine.effect("invert"), {})


def test_an_effect_that_hangs_is_given_up(engine: Engine) -> None:
    looks = LooksApart(engine.settings, longest_s=0.5)
    try:
        with pytest.raises(RenderError, match="too long"):
            looks.make(engine.effect("hangs"), {})
    finally:
        looks.close()


def test_a_process_that_was_idle_for_long_leaves_and_another_comes(engine: Engine) -> None:
    looks = LooksApart(engine.settings, idle_s=0.5)
    try:
        looks.make(engine.effect("edges"), {})
        wait_until_ended(looks)
        assert looks.make(engine.effect("blur"), {})
    finally:
        looks.close()


def test_nothing_holds_up_the_end(engine: Engine, looks: LooksApart) -> None:
    raised: list[BaseException] = []

    def make() -> None:
        try:
            looks.make(engine.effect("hangs"), {})
        except ArtceleryError as error:
            raised.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not looks.is_running:
        assert time.monotonic() < until
        time.sleep(0.02)
    looks.close()
    thread.join(PATIENCE_S)
    assert [type(error) for error in raised] == [UnreachableError]
