"""A server listens on no address where it would not know who asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from artcelery.core.errors import UsageError
from artcelery.server.security.binding import check_binding
from tests.server.running import server_settings

_L2 = {"l2_urls": "https://l2.example", "public_url": "https://l1.example"}
_OPEN = ["0.0.0.0", "::", "", "192.168.1.5", "l1.example", "127.0.0.1.example", "10.0.0.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_in_local_mode_a_server_listens_on_this_machine(tmp_path: Path, host: str) -> None:
    check_binding(server_settings(tmp_path, host=host))


@pytest.mark.parametrize("host", _OPEN)
def test_in_local_mode_no_other_address_is_taken_and_it_is_said_what_to_set(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match=r"ARTCELERY_L2_URLS.*ARTCELERY_API_TOKEN"):
        check_binding(server_settings(tmp_path, host=host))


@pytest.mark.parametrize("host", _OPEN)
@pytest.mark.parametrize("given", [_L2, {"api_token": "a-token"}])
def test_a_server_that_knows_who_asks_listens_anywhere(tmp_path: Path, host: str, given: dict[str, Any]) -> None:
    check_binding(server_settings(tmp_path, host=host, **given))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"l2_urls": "https://l2.example"}, "ARTCELERY_PUBLIC_URL"),
        ({**_L2, "l2_urls": "http://l2.example"}, "https://l2.example"),
        ({**_L2, "public_url": "https://l1.example/path"}, "public_url"),
    ],
)
def test_federated_mode_needs_a_public_url_and_https(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_binding(server_settings(tmp_path, **given))
