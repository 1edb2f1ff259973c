"""Flag > environment > project file > user file > default."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from artcelery.core.errors import UsageError
from artcelery.core.settings import load_settings


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's home and a folder deep inside a project."""
    home, project = tmp_path / "home", tmp_path / "project"
    (project / "deep").mkdir(parents=True)
    home.mkdir()
    for name in ("ACTOR", "CACHE_DIR", "MAX_PIXELS"):
        monkeypatch.delenv(f"ARTCELERY_{name}", raising=False)
    monkeypatch.setenv("ARTCELERY_HOME", str(home))
    monkeypatch.chdir(project / "deep")
    return home, project


def test_each_source_gives_way_to_the_one_before_it(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    home, project = places
    (home / "artcelery.toml").write_text('actor = "@user@file"\nmax_pixels = 1000\n')
    assert load_settings().actor == "@user@file"
    (project / "artcelery.toml").write_text('actor = "@project@file"\n')
    assert load_settings().actor == "@project@file"
    assert load_settings().max_pixels == 1000
    monkeypatch.setenv("ARTCELERY_ACTOR", "@the@environment")
    assert load_settings().actor == "@the@environment"
    assert load_settings(actor="@a@flag").actor == "@a@flag"


def test_the_home_moves_and_the_cache_moves_alone(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    home, project = places
    settings = load_settings()
    assert (settings.state_file, settings.cache) == (home / "state.db", home / "cache")
    monkeypatch.setenv("ARTCELERY_CACHE_DIR", str(project / "elsewhere"))
    assert load_settings().cache == project / "elsewhere"
    assert load_settings().state_file == home / "state.db"


def test_folders_of_effects_are_separated_as_in_path(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTCELERY_EFFECTS_PATH", f"/one{os.pathsep}/two{os.pathsep}")
    assert load_settings().effects_path == (Path("/one"), Path("/two"))
    monkeypatch.setenv("ARTCELERY_MAX_PIXELS", "many")
    with pytest.raises(UsageError, match="max_pixels"):
        load_settings()
    monkeypatch.setenv("ARTCELERY_MAX_PIXELS", "")
    assert load_settings().max_pixels == 2**26


@pytest.mark.parametrize(
    ("text", "words"),
    [("max_pixels = 0", "max_pixels"), ("max_pixel = 5", "max_pixel"), ("actor = ", "not TOML")],
)
def test_a_wrong_setting_is_named_with_its_file(places: tuple[Path, Path], text: str, words: str) -> None:
    home, _ = places
    (home / "artcelery.toml").write_text(text)
    with pytest.raises(UsageError, match=words) as caught:
        load_settings()
    assert str(home / "artcelery.toml") in str(caught.value)


def test_settings_cannot_be_changed(places: tuple[Path, Path]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().actor = "@somebody@else"
