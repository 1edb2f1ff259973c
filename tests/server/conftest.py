"""What the tests of a server share: one with users in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.house import House, inhabited


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server with two users and what they have."""
    with inhabited(tmp_path_factory.mktemp("house")) as house:
        yield house
