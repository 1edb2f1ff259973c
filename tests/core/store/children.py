"""Real child processes that run one function of a test module."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

Child = subprocess.Popen[str]


def start(function: Callable[..., object], *args: object, under: Sequence[str] = ()) -> Child:
    """A process that calls `function` with the arguments, as strings, and writes to a pipe."""
    module, name = function.__module__, function.__name__
    code = f"import sys; from {module} import {name}; {name}(*sys.argv[1:])"
    return subprocess.Popen(
        [*under, sys.executable, "-c", code, *map(str, args)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ready() -> None:
    """In a child: say that it is about to begin."""
    print("ready", flush=True)


def wait_for_go() -> None:
    """In a child: say so and wait until all others are ready too."""
    ready()
    sys.stdin.readline()


def stay(said: object) -> None:
    """In a child: say a line, and wait until all others have said theirs."""
    print(said, flush=True)
    sys.stdin.readline()


def until_ready(child: Child) -> Child:
    """Wait until the child is about to begin."""
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def run_at_once(count: int, function: Callable[..., object], *args: object) -> list[str]:
    """The line that each of `count` processes prints that begin at the same moment; all must end well."""
    children = [until_ready(child) for child in [start(function, *args) for _ in range(count)]]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.stdout.readline().strip() for child in children if child.stdout]
    for child in children:
        finished(child)
    return said


def finished(child: Child) -> str:
    """What the child printed; it must have ended well."""
    output, _ = child.communicate(timeout=240)
    assert child.returncode == 0
    return output.strip()


def kill(child: Child) -> None:
    """SIGKILL, and no zombie left."""
    child.kill()
    child.communicate(timeout=240)


def on_small_disk(size: str, folder: Path, function: Callable[..., object], *args: object) -> str:
    """What a process prints that has a file system of that size mounted on `folder`, for itself alone."""
    namespace = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = ["sh", "-c", f'mount -t tmpfs -o size={size} none "$0" && exec "$@"', str(folder)]
    trial = subprocess.run([*namespace, *mount, "true"], capture_output=True, text=True, check=False)
    if trial.returncode and not os.environ.get("CI"):
        pytest.skip(f"no small file system can be mounted here: {trial.stderr.strip()}")
    return finished(start(function, *args, under=[*namespace, *mount]))
