"""Tokens are kept by origin, in a file of their owner's, whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artcelery.client.address import parse_address
from artcelery.client.credentials import Credentials, check_token
from artcelery.client.signing import token_for
from artcelery.core.errors import UsageError
from artcelery.core.settings import Settings

HERE = parse_address("http://127.0.0.1:8100")
THERE = parse_address("https://art.example/films")


def test_a_token_is_kept_for_its_origin_and_no_other(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path / "home")
    credentials.keep(HERE, "one")
    credentials.keep(THERE, "two")
    assert credentials.token(parse_address("https://art.example")) == "two"
    assert credentials.token(parse_address("http://art.example")) is None
    assert credentials.token(parse_address("https://art.example:8443")) is None
    credentials.forget(THERE)
    assert json.loads(credentials.path.read_bytes()) == {"http://127.0.0.1:8100": "one"}


def test_nobody_else_reads_the_file_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Credentials(tmp_path).keep(HERE, "one")
        Credentials(tmp_path).keep(THERE, "two")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["credentials.json"]


def test_a_file_that_others_may_read_or_that_is_broken_is_said(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path)
    credentials.keep(HERE, "one")
    credentials.path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        credentials.token(HERE)
    for text in ("{", "[]", '{"a": 1}'):
        credentials.path.write_text(text)
        credentials.path.chmod(0o600)
        with pytest.raises(UsageError, match=r"credentials\.json"):
            credentials.token(HERE)


def test_of_many_who_sign_in_at_once_none_is_lost(tmp_path: Path) -> None:
    addresses = [parse_address(f"https://art.example:{port}") for port in range(8000, 8032)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda address: Credentials(tmp_path).keep(address, address.origin), addresses))
    assert all(Credentials(tmp_path).token(address) == address.origin for address in addresses)


@pytest.mark.parametrize("text", ["", "  ", "two words", "line\nbreak", "ümlaut", "x" * 9000])
def test_what_can_be_no_token_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="no token") as caught:
        check_token(text)
    assert not text.strip() or text not in str(caught.value)


def test_a_token_of_the_settings_goes_before_the_one_that_is_kept(tmp_path: Path) -> None:
    Credentials(tmp_path).keep(HERE, "kept")
    assert token_for(HERE, Settings(home=tmp_path)) == "kept"
    assert token_for(HERE, Settings.model_validate({"home": tmp_path, "token": " said\n"})) == "said"
    assert token_for(THERE, Settings(home=tmp_path)) is None
