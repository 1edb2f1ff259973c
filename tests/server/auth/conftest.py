"""An L2, and servers whose users sign in there: one with each kind of state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.auth.site import Site, site_with, state_of
from tests.server.l2_server import ReferenceL2, reference_l2


@pytest.fixture(scope="module")
def one_l2() -> Iterator[ReferenceL2]:
    """An L2 for a whole file of tests."""
    with reference_l2() as l2:
        yield l2


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def one_site(
    one_l2: ReferenceL2, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """A server for a whole file of tests, with each kind of state."""
    folder = tmp_path_factory.mktemp("site")
    with state_of(request.param, folder) as state, site_with(folder, one_l2, **state) as site:
        yield site


@pytest.fixture
def l2(one_l2: ReferenceL2) -> ReferenceL2:
    """An L2 that behaves, and whose calls count from here."""
    one_l2.behave()
    one_l2.forget_calls()
    return one_l2


@pytest.fixture
def site(one_site: Site, l2: ReferenceL2) -> Iterator[Site]:
    """A server, and an L2 that behaves."""
    yield one_site
    one_site.close_clients()
