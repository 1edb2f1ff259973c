"""Effect files written for artdag, where it is not installed and where it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from artcelery.core.effect import Effect, EffectMeta
from artcelery.core.effect.loading import load
from artcelery.core.effect.source import read_effect
from artcelery.core.errors import EffectError

REGISTRY = """
_EFFECTS = {}

def register_effect(name):
    def register(function):
        _EFFECTS[name] = function
        return function
    return register

@register_effect("double")
def double(input_path, output_path, params):
    '''The bytes, twice.'''
    output_path.write_bytes(input_path.read_bytes() * params.get("times", 2))
    return output_path

exec("@register_effect('nowhere')\\ndef nowhere(input_path, output_path, params): pass")
"""

META = """
class EffectMeta:
    def __init__(self, *values, **fields):
        self.fields = fields
class ParamSpec(EffectMeta): pass
"""


@pytest.fixture
def with_artdag(tmp_path: Path) -> Callable[[str], str]:
    """Run Python code in a process where a package called artdag is installed; what it prints."""
    files = {
        "__init__.py": "",
        "nodes/__init__.py": "",
        "nodes/effect.py": REGISTRY,
        "effects/__init__.py": "",
        "effects/meta.py": META,
    }
    for name, text in files.items():
        path = tmp_path / "packages" / "artdag" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "packages")}

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_an_artdag_file_runs_where_artdag_is_not_installed(file_effect: Callable[[str], Effect]) -> None:
    loaded = load(file_effect("afterglow.py"))
    meta = loaded.module.META
    assert isinstance(meta, EffectMeta)
    assert (meta.name, [spec.name for spec in meta.params]) == ("afterglow", ["decay", "invert"])
    assert not [name for name in sys.modules if name.split(".")[0] == "artdag"]


def test_nothing_stays_behind_when_an_artdag_file_fails() -> None:
    failing = read_effect(
        b"'''@effect e'''\nimport artdag.effects.meta as meta\nassert meta.EffectMeta is None\n"
        b"def filters(params, clip): pass\n",
        "e.py",
    )
    with pytest.raises(EffectError, match=r"AssertionError.* \(e.py:3\)"):
        load(failing)
    assert not [name for name in sys.modules if name.split(".")[0] == "artdag"]


def test_the_rest_of_artdag_is_missed_by_name() -> None:
    source = b"'''@effect e'''\nfrom artdag.executor import Executor\ndef filters(params, clip): pass\n"
    with pytest.raises(EffectError, match=r"imports 'artdag.executor' \(e.py:2\); artdag is not installed"):
        load(read_effect(source, "e.py"))


def test_an_installed_artdag_is_used_itself(with_artdag: Callable[[str], str]) -> None:
    path = Path(__file__).parent / "files" / "afterglow.py"
    printed = with_artdag(
        "from pathlib import Path\n"
        "from artcelery.core.effect.folder import read_file\nfrom artcelery.core.effect.loading import load\n"
        f"meta = load(read_file(Path({str(path)!r}))).module.META\n"
        "import artdag.effects.meta\n"
        "print(type(meta) is artdag.effects.meta.EffectMeta, meta.fields['name'])\n"
    )
    assert printed == "True afterglow\n"


def test_effects_registered_with_artdag_become_effects(with_artdag: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"ab")
    printed = with_artdag(
        "import inspect, json\nfrom pathlib import Path\n"
        "from artcelery.core.effect import FileContext\nfrom artcelery.core.effect.library import EffectLibrary\n"
        "from artcelery.core.effect.loading import load\nfrom artcelery.core.hashing import hash_bytes\n"
        "library = EffectLibrary([])\neffect = library.find('double')\n"
        "made = load(effect).process([Path('in')], Path('out'), {}, FileContext(Path('.')))\n"
        "from artdag.nodes.effect import double\n"
        "print(json.dumps([effect.kind, effect.description, effect.origin, made.read_text(),\n"
        "    effect.content_hash == hash_bytes(inspect.getsource(double).encode()), 'double' in library.names(),\n"
        "    library.resolve('double', effect.content_hash, None) == effect]))\n"
    )
    assert json.loads(printed) == ["file", "The bytes, twice.", "artdag:double", "abab", True, True, True]


def test_a_registered_effect_without_a_source_is_refused(with_artdag: Callable[[str], str]) -> None:
    printed = with_artdag(
        "from artcelery.core.effect.library import EffectLibrary\nfrom artcelery.core.errors import EffectError\n"
        "library = EffectLibrary([])\n"
        "try:\n    library.find('nowhere')\nexcept EffectError as error:\n    print(error.message)\n"
        "print([problem.message[:18] for problem in library.problems()])\n"
        "print([e.name for e in library.all() if e.origin.startswith('artdag:')])\n"
    )
    first, second, third = printed.splitlines()
    assert first.startswith("the effect nowhere is registered with artdag, but its source cannot be read")
    assert (second, third) == ("['the effect nowhere']", "['double']")


def test_a_broken_artdag_is_named(with_artdag: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "packages" / "artdag" / "nodes" / "effect.py").write_text("import no_such_thing\n")
    printed = with_artdag(
        "from artcelery.core.effect.library import EffectLibrary\n"
        "print([problem.message for problem in EffectLibrary([]).problems()])\n"
    )
    assert printed == (
        "[\"artdag is installed, but its effects cannot be imported: No module named 'no_such_thing'\"]\n"
    )
