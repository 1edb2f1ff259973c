from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.site import Person, Site, site


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server in local mode with a worker, for all tests that do each other no harm."""
    with site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def person(shared: Site, request: pytest.FixtureRequest) -> Person:
    """Somebody with a folder of this test's own, who works with the shared server."""
    return shared.person(request.node.name[:100].replace("/", "-"))
