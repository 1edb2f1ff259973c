"""How many runs there are, by status."""

from __future__ import annotations

from dataclasses import replace

from tests.core.state.conftest import Open
from tests.core.state.making import a_run


def test_runs_are_counted_by_the_status_that_they_have_now(open_state: Open) -> None:
    state = open_state()
    assert state.runs.counts() == {"pending": 0, "running": 0, "completed": 0, "failed": 0, "cancelled": 0}
    for number, status in enumerate(("pending", "running", "completed", "completed", "failed")):
        state.runs.put(a_run(f"run-000{number}", status=status))
    assert state.runs.counts() == {"pending": 1, "running": 1, "completed": 2, "failed": 1, "cancelled": 0}
    state.runs.finish(replace(a_run("run-0001"), status="cancelled"))
    state.runs.remove("run-0002")
    assert state.runs.counts() == {"pending": 1, "running": 0, "completed": 1, "failed": 1, "cancelled": 1}
