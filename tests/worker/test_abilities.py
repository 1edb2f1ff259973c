"""What a worker says it can do, and what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from artcelery.core.ops import OPS
from artcelery.worker.abilities import _limits, abilities, lacking, memory_bytes

GB = 1 << 30


def test_what_is_not_met_is_named() -> None:
    able = {"encoder:libx264", "op:RESIZE:2"}
    assert lacking(["encoder:libx264", "op:RESIZE:2", "memory:1000"], able, GB) == []
    assert lacking(["encoder:libfoo", "op:RESIZE:3"], able, GB) == ["encoder:libfoo", "op:RESIZE:3"]
    assert lacking(["memory:2000"], able, GB) == ["2000 MB of memory for one pass (it has 1024 MB)"]


def test_this_machine_can_do_what_artcelery_needs() -> None:
    sequence = f"op:SEQUENCE:{OPS['SEQUENCE'].version}"
    assert {"encoder:libx264", "encoder:aac", "encoder:ffv1", sequence, "python:numpy"} <= set(abilities())
    assert GB // 2 < memory_bytes() < 1 << 50


@pytest.mark.parametrize(
    ("group", "limits", "found"),
    [
        ("/", {}, []),
        ("/", {"": 3}, [3]),
        ("/system.slice/worker.service", {"system.slice/worker.service": 5, "system.slice": 9}, [5, 9]),
        ("/system.slice/worker.service", {"system.slice/worker.service": "max", "": 7}, [7]),
    ],
)
def test_the_memory_of_a_service_is_what_its_group_and_those_above_allow(
    tmp_path: Path, group: str, limits: dict[str, object], found: list[int]
) -> None:
    for name, limit in limits.items():
        (tmp_path / "groups" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "groups" / name / "memory.max").write_text(f"{limit}\n")
    own = tmp_path / "cgroup"
    own.write_text(f"4:memory:/elsewhere\n0::{group}\n")
    assert list(_limits(tmp_path / "groups", own)) == found
