"""Files of a server: fetched with patience, hashed as they come, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx

from artcelery.client.http import Http, path_of
from artcelery.client.patience import at_least
from artcelery.core.engine.delivery import check_target, write_output
from artcelery.core.errors import NotFoundError, StoreError, UnreachableError
from artcelery.core.store.fetching import Fetcher, Report
from artcelery.core.store.transport import Interrupted, Patience, Reading

__all__ = ["Downloads"]

_PATIENCE = httpx.Timeout(30.0, connect=4.0)
_TRIES = Patience(connect_s=4.0)
_LEAST_RATE, _OVER_S = 1000.0, 30.0
"""How many bytes a second come, on average over how long; a way that gives less is left for another try."""

_WHOLE_FILE = {"Accept": "*/*", "Accept-Encoding": "identity"}


class Downloads:
    """The files that a server gives to who asks."""

    def __init__(self, http: Http, over_s: float = _OVER_S, patience: Patience = _TRIES) -> None:
        self._http = http
        self._fetcher = Fetcher(http.address.url, _Server(http, over_s), patience)

    def deliver(self, content_hash: str, output: Path, *, force: bool, report: Report | None = None) -> None:
        """Write a file to `output`, once all of it has come and hashes right; what was cut is gone on with."""
        check_target(output, force)
        write_output(output, lambda target: self._fetch(content_hash, target, report), force)

    def _fetch(self, content_hash: str, target: BinaryIO, report: Report | None) -> None:
        try:
            there = self._fetcher.fetch(content_hash, target.fileno(), report=report)
        except UnreachableError as error:
            raise self._http.unreachable(error.__cause__ or error) from error
        if there is None:
            raise NotFoundError(f"{self._http.address.url} has no file {content_hash}; run it again")


class _Server:
    """One try at a file of the server."""

    def __init__(self, http: Http, over_s: float) -> None:
        self._http, self._over_s = http, over_s

    def place(self, content_hash: str) -> str:
        """The URL of the file."""
        return f"{self._http.address.url}/cache/{content_hash}"

    @contextmanager
    def read(self, content_hash: str, offset: int) -> Iterator[Reading | None]:
        """Its bytes from `offset` on, or from the first when the server gives no parts."""
        headers = {**_WHOLE_FILE, **({"Range": f"bytes={offset}-"} if offset else {})}
        path = path_of("cache", content_hash)
        with _telling(), self._http.stream("GET", path, headers=headers, timeout=_PATIENCE) as response:
            yield _reading(response, at_least(_LEAST_RATE, self._over_s, response.iter_raw()))


@contextmanager
def _telling() -> Iterator[None]:
    """Turn what the next try may mend into Interrupted."""
    try:
        yield
    except httpx.HTTPError as error:
        raise Interrupted(str(error) or type(error).__name__) from error
    except UnreachableError as error:
        raise Interrupted(error.message) from error


def _reading(response: httpx.Response, blocks: Iterator[bytes]) -> Reading:
    length = _number(response.headers.get("Content-Length"))
    if response.status_code != 206:
        return Reading(0, length, blocks)
    part = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if part is None:
        raise StoreError("the server sends a part of a file and does not say which")
    return Reading(int(part[1]), _number(part[2]), blocks)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
