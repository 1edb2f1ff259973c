"""Where a server is, and whether a secret may go there."""

from __future__ import annotations

import pytest

from artcelery.client.address import parse_address
from artcelery.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "url", "origin"),
    [
        ("https://art.example", "https://art.example", "https://art.example:443"),
        ("https://ART.example:443/", "https://art.example:443", "https://art.example:443"),
        ("http://127.0.0.1:8100/", "http://127.0.0.1:8100", "http://127.0.0.1:8100"),
        ("https://art.example/films/", "https://art.example/films", "https://art.example:443"),
        ("http://[::1]:8100", "http://[::1]:8100", "http://[::1]:8100"),
    ],
)
def test_an_address_is_a_url_and_an_origin(text: str, url: str, origin: str) -> None:
    address = parse_address(text)
    assert (address.url, address.origin) == (url, origin)


@pytest.mark.parametrize(
    "text",
    [
        "art.example",
        "ftp://art.example",
        "https://",
        "https://me:secret@art.example",
        "https://a/?x=1",
        "https://a:b",
        "http://a\x01b",
        "http://127.0.0.1\\@b",
    ],
)
def test_what_is_no_address_is_refused_with_the_way_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="write https://HOST"):
        parse_address(text)


def test_only_https_and_this_machine_are_private() -> None:
    private = ["https://art.example", "http://localhost:1", "http://127.0.0.2", "http://[::1]"]
    assert all(parse_address(text).is_private for text in private)
    assert not any(
        parse_address(text).is_private for text in ["http://art.example", "http://10.0.0.1:8100", "http://x.localhost"]
    )
