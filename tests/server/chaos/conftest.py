"""A server whose users sign in with a reference L2."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.auth.site import Site, site_with
from tests.server.l2_server import reference_l2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server for a whole file of tests, and its L2."""
    with reference_l2() as l2, site_with(tmp_path_factory.mktemp("site"), l2) as site:
        yield site
