"""A large file that did not change is read but once."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from artcelery.client.hashes import Hashes
from artcelery.core.engine.assets import file_status
from artcelery.core.errors import MediaError
from artcelery.core.hashing import content_hash
from artcelery.core.settings import Settings
from artcelery.core.state.settling import is_settled
from artcelery.core.state.sqlite import SqliteState
from tests.worker.farm import until


def test_a_changed_file_is_hashed_again_and_an_unchanged_one_is_remembered(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(bytes(20 << 20))
    first = content_hash(path)
    until(lambda: is_settled(file_status(path)), "it is old enough to be known by its times")
    assert Hashes(settings).of(path) == (first, 20 << 20)
    with closing(SqliteState.open(settings.state_file)) as state:
        assert state.media.hash_of_file(file_status(path)) == first
        state.media.remember_file(replace(file_status(path), content_hash="0" * 64))
    assert Hashes(settings).of(path) == ("0" * 64, 20 << 20)
    with path.open("r+b") as file:
        file.write(b"x")
    assert Hashes(settings).of(path) == (content_hash(path), 20 << 20)
    assert content_hash(path) != first


def test_of_a_small_file_nothing_is_written_down(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "small.png").write_bytes(b"small")
    assert Hashes(settings).of(tmp_path / "small.png") == (content_hash(tmp_path / "small.png"), 5)
    assert not settings.home_dir.exists()


def test_what_is_no_file_is_said_at_once(settings: Settings, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "nothing", "."):
        with pytest.raises(MediaError):
            Hashes(settings).of(tmp_path / name)
