"""The whole API is asked what its description allows: no reply that it does not describe, and none of 5xx."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from artcelery.core.engine import open_engine
from artcelery.core.settings import Settings
from artcelery.server.app import create_app
from tests.server.running import RunningServer, running_server, server_settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(
            request_timeout=20, max_stream_events=5, generation=GenerationConfig(deterministic=True, database="none")
        )
    )
)
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
schema = schemathesis.openapi.from_dict(create_app(Settings(home=Path("unused"))).openapi(), config=CONFIG)
FEW = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which something was rendered; no worker is there."""
    made = server_settings(tmp_path_factory.mktemp("rendered"))
    with open_engine(made) as engine:
        engine.render("dog", "cat")
    return made.home


@contextmanager
def served(home: Path, folder: Path) -> Iterator[RunningServer]:
    """A server with a copy of a home."""
    made = server_settings(folder)
    shutil.copytree(home, made.home)
    with running_server(made) as server:
        yield server


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with served(home, tmp_path_factory.mktemp("fuzz")) as server:
        yield server


@schema.parametrize()
@FEW
def test_every_operation_replies_as_described(case: schemathesis.Case, server: RunningServer) -> None:
    case.call_and_validate(base_url=server.url, checks=CHECKS)


def test_calls_that_follow_from_one_another_reply_as_described(home: Path, tmp_path: Path) -> None:
    """Names and ids that the server gives are used in the calls after; events of a run that waits would never end."""
    numbers = count()

    class Calls(schema.exclude(path_regex="/events$").as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            """Each sequence has a server of its own: the same calls get the same replies."""
            self.opened = ExitStack()
            self.server = self.opened.enter_context(served(home, tmp_path / str(next(numbers))))

        def teardown(self) -> None:
            self.opened.close()

        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, object]:
            return {"base_url": self.server.url}

        def validate_response(self, response: schemathesis.Response, case: schemathesis.Case, **more: object) -> None:
            case.validate_response(response, checks=CHECKS)

    Calls.run(settings=settings(FEW, max_examples=10, stateful_step_count=10))
