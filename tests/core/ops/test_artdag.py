"""Executors of an installed artdag are node types; what is installed here keeps the contract that artdag publishes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REGISTRY = """
from abc import ABC, abstractmethod
_EXECUTORS = {}

class Executor(ABC):
    @abstractmethod
    def execute(self, config, inputs, output_path): ...
    def validate_config(self, config):
        return []

def register_executor(node_type):
    def register(cls):
        _EXECUTORS[node_type] = cls()
        return cls
    return register

def get_executor(node_type):
    return _EXECUTORS.get(node_type)

def list_executors():
    return {str(name): type(executor).__name__ for name, executor in _EXECUTORS.items()}
"""
OWN = """
from artdag.executor import Executor, register_executor

@register_executor("STACK")
class StackExecutor(Executor):
    def execute(self, config, inputs, output_path):
        from PIL import Image
        pictures = [Image.open(path).convert("RGB") for path in inputs]
        tall = Image.new("RGB", (pictures[0].width, sum(picture.height for picture in pictures)))
        at = 0
        for picture in pictures:
            tall.paste(picture, (0, at))
            at += picture.height
        target = output_path.with_suffix(".png")
        tall.save(target)
        return target

    def validate_config(self, config):
        return [] if config.get("gap", 0) == 0 else ["gap must be 0"]

@register_executor("RESIZE")
class ResizeExecutor(Executor):
    def execute(self, config, inputs, output_path):
        raise AssertionError("artcelery has this type itself")

@register_executor("BREAK")
class BreakExecutor(Executor):
    def execute(self, config, inputs, output_path):
        raise RuntimeError("no tape in the machine")
"""
CONFIG = """\
name: stacked
dag:
  nodes:
    - {{id: cat, type: SOURCE, config: {{asset: cat}}}}
    - {{id: small, type: RESIZE, config: {{width: 60}}, inputs: cat}}
    - {{id: turned, type: TRANSFORM, config: {{effects: {{flip: vertical}}}}, inputs: small}}
    - {{id: both, type: {type}, config: {{{config}}}, inputs: [small, turned]}}
    - {{id: grey, type: EFFECT, config: {{effect: grayscale}}, inputs: both}}
  output: {output}
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Render CONFIG with these words where artdag is installed."""
    package = tmp_path / "packages" / "artdag"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from artdag import executor, own\n")
    (package / "executor.py").write_text(REGISTRY)
    (package / "own.py").write_text(OWN)

    def run(*words: str, type: str = "STACK", config: str = "", output: str = "both") -> Run:
        (tmp_path / "stacked.yaml").write_text(CONFIG.format(type=type, config=config, output=output))
        environment = {**os.environ, "PYTHONPATH": str(package.parent), "ARTCELERY_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "artcelery", "run", "stacked.yaml", "--sync", *words]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def test_an_executor_takes_rendered_files_in_order_and_is_known_afterwards(run: Run, tmp_path: Path) -> None:
    from tests.media_files import frames_of

    done = run("-o", "tall.png")
    assert done.returncode == 0, done.stderr
    (tall,) = frames_of(tmp_path / "tall.png")
    height = tall.shape[0] // 2
    assert tall.shape == (2 * height, 60, 3)
    assert (tall[:height] == tall[height:][::-1]).all()
    assert "5 of 5 nodes known" in run("-n").stderr
    changed = OWN.replace("at += picture.height", "at += picture.height + 0")
    (tmp_path / "packages" / "artdag" / "own.py").write_text(changed)
    assert "both    STACK      to render" in run("-n").stdout


def test_what_an_executor_made_flows_on(run: Run, tmp_path: Path) -> None:
    from tests.media_files import frames_of

    done = run("-o", "grey.png", output="grey")
    assert done.returncode == 0, done.stderr
    (grey,) = frames_of(tmp_path / "grey.png")
    assert (abs(grey[:, :, 0].astype(int) - grey[:, :, 2]) <= 1).all()


def test_what_an_executor_refuses_or_breaks_on_is_said(run: Run) -> None:
    refused = run(config="gap: 3")
    assert refused.returncode == 3
    assert refused.stderr.startswith("stacked.yaml:7:31: node 'both' (STACK): gap must be 0")
    broken = run(type="BREAK")
    assert broken.returncode == 1
    assert "the executor of BREAK failed: no tape in the machine" in broken.stderr
    assert "Traceback" not in broken.stderr


def test_a_broken_artdag_takes_no_node_type_of_ours_away(run: Run, tmp_path: Path) -> None:
    (tmp_path / "packages" / "artdag" / "own.py").write_text("import no_such_thing\n")
    done = run("-o", "small.png", output="turned")
    assert done.returncode == 3
    assert "unknown node type 'STACK'" in done.stderr
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "packages"), "ARTCELERY_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "artcelery", "doctor"]
    doctor = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert doctor.returncode == 1
    assert "its executors cannot be imported: No module named 'no_such_thing'" in doctor.stdout
