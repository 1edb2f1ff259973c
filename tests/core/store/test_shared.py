"""Engines with a remote store: what the settings say, what is fetched and when, what is not even imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from artcelery import Engine, Settings, open_engine
from artcelery.core.errors import NotFoundError, UsageError
from artcelery.core.settings import load_settings
from artcelery.core.store.disk import DiskStore
from artcelery.core.store.tiered import TieredStore
from tests.core.store.children import ROOT
from tests.core.store.services import TOKEN, CacheService

CONFIG = """
name: small-cat
dag:
  nodes:
    - {id: cat, type: SOURCE, config: {asset: cat}}
    - {id: small, type: RESIZE, config: {width: 64, height: 48}, inputs: [cat]}
  output: small
"""


def settings_of(home: Path, url: str, **given: object) -> Settings:
    return load_settings(home=home, store_url=url, store_token=TOKEN, actor="@tester@here", **given)


def test_without_a_store_url_the_store_is_the_disk(engine: Engine) -> None:
    assert type(engine._context.store) is DiskStore


def test_a_result_of_one_machine_is_fetched_by_another(tmp_path: Path, folder_url: str) -> None:
    (tmp_path / "small.yaml").write_text(CONFIG)
    with open_engine(settings_of(tmp_path / "one", folder_url)) as one:
        run = one.run(one.order(tmp_path / "small.yaml"))
        assert run.output_hash is not None
        data = one.cache.path(run.output_hash).read_bytes()
    with open_engine(settings_of(tmp_path / "two", folder_url)) as two:
        assert two.cache.path(run.output_hash).read_bytes() == data
        with pytest.raises(NotFoundError):
            two.cache.path("0" * 64)
    with open_engine(Settings(home=tmp_path / "three")) as three, pytest.raises(NotFoundError):
        three.cache.path(run.output_hash)


def test_a_plan_fetches_no_result(tmp_path: Path, service: CacheService, service_url: str) -> None:
    (tmp_path / "small.yaml").write_text(CONFIG)
    with open_engine(settings_of(tmp_path / "home", service_url)) as engine:
        config = tmp_path / "small.yaml"
        run = engine.run(engine.order(config))
        assert run.output_hash is not None
        engine._context.store.remove(run.output_hash)
    before = service.asked("GET")
    with open_engine(settings_of(tmp_path / "home", service_url)) as engine:
        assert engine.plan(engine.order(config)).passes == ()
        assert engine._context.store.has(run.output_hash)
        assert service.asked("GET") == before
        assert engine.run(engine.order(config)).output_hash == run.output_hash


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("20GB", 20 * 10**9), ("500M", 5 * 10**8), ("1.5 GiB", 3 << 29), ("1k", 1000), ("12345", 12345), (7, 7)],
)
def test_the_limit_of_the_cache_is_a_size(
    tmp_path: Path, folder_url: str, monkeypatch: pytest.MonkeyPatch, text: str | int, size_bytes: int
) -> None:
    assert settings_of(tmp_path, folder_url, cache_max_size=text).cache_max_size == size_bytes
    monkeypatch.setenv("ARTCELERY_CACHE_MAX_SIZE", str(text))
    assert load_settings().cache_max_size == size_bytes


@pytest.mark.parametrize("text", ["much", "GB", "-1", "0", "5 apples"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cache_max_size: "):
        load_settings(cache_max_size=text)


def test_the_environment_sets_the_store(
    tmp_path: Path, service: CacheService, service_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"HOME": str(tmp_path / "home"), "STORE_URL": service_url, "STORE_TOKEN": TOKEN, "CACHE_MAX_SIZE": "1MB"}
    for name, text in texts.items():
        monkeypatch.setenv(f"ARTCELERY_{name}", text)
    with open_engine() as engine:
        store = engine._context.store
        assert isinstance(store, TieredStore)
        store.put_bytes(b"dog")
    assert service.asked("PUT") == 1


def test_the_token_is_never_shown(tmp_path: Path, service_url: str) -> None:
    settings = settings_of(tmp_path, service_url)
    for text in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert TOKEN not in text


def test_a_wrong_url_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no store URL"):
        open_engine(settings_of(tmp_path / "home", "ftp://films"))
    assert not (tmp_path / "home").exists()


def test_without_a_store_url_nothing_of_the_remote_tier_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys, artcelery\n"
        "with artcelery.open_engine() as engine:\n"
        "    engine.run(engine.order('small.yaml'))\n"
        "print([name for name in sys.modules if name.startswith(('obstore', 'artcelery.core.store.'))])"
    )
    (tmp_path / "small.yaml").write_text(CONFIG)
    environ = {name: text for name, text in os.environ.items() if not name.startswith("ARTCELERY_")}
    environ |= {"ARTCELERY_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert "artcelery.core.store.disk" in made.stdout
    assert not {"obstore", "tiered", "remote"} & set(made.stdout.replace("'", ".").split("."))
