"""The page of runs, configs and effects says what the server does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from artcelery.core.events import event_data, event_from
from artcelery.core.settings import Settings
from artcelery.server.app import create_app

PAGE = (Path(__file__).parents[3] / "docs" / "server-runs.md").read_text()
ROOMS = {"runs", "configs", "effects"}


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Method, path and status of success of each operation, as OpenAPI has them."""
    paths = create_app(Settings(home=tmp_path_factory.mktemp("home"))).openapi()["paths"]
    return {
        (f"{method.upper()} {re.sub('{[a-z_]+_id}', '{id}', path)}", min(item["responses"]))
        for path, methods in paths.items()
        for method, item in methods.items()
        if ROOMS & set(item.get("tags", ()))
    }


def test_every_call_is_on_the_page_with_its_status(operations: set[tuple[str, str]]) -> None:
    said = re.findall(r"^\| `([A-Z]+ /\S+)` \| (\d{3}|as `POST /runs`)", PAGE, re.MULTILINE)
    assert {(call, "202" if status.startswith("as") else status) for call, status in said} == operations


def test_every_event_on_the_page_can_be_made_of_its_data() -> None:
    stream = PAGE.split("## Follow a run")[1].split("```")[1]
    told = re.findall(r"^event: (\S+)\n(?:id: \d+\n)?data: (.*)$", stream, re.MULTILINE)
    assert {name for name, _ in told} == {
        "run-started",
        "pass-started",
        "pass-progress",
        "pass-finished",
        "run-planned",
        "run-finished",
    }
    for name, data in told:
        event = event_from(name, json.loads(data))
        assert event is not None
        assert event_data(event) == json.loads(data)
