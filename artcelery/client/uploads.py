"""Files on their way to a server: hashed first, sent only when it lacks them, gone on with after a break (tus 1.0)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import httpx

from artcelery.client.hashes import Hashes
from artcelery.client.http import Http
from artcelery.client.moving import Moving
from artcelery.client.trying import Trying
from artcelery.core.errors import ConflictError, MediaError, NotFoundError, UnreachableError
from artcelery.core.store.fetching import Report
from artcelery.core.values import file_name

__all__ = ["Uploads"]

_AT_ONCE_BYTES = 4 << 20
_BLOCK_BYTES = 1 << 20
_OF_TUS = {"Tus-Resumable": "1.0.0"}
_UNTIL_LOOKED_AT = httpx.Timeout(15.0, connect=4.0, read=180.0)
"""Bytes that nobody takes for so long go a new way; the last is answered when the file was hashed and probed."""
_BUSY_S = 90.0
"""How long a server may take to find out that a connection broke, on which it waits for more."""


class Uploads:
    """Sends files of this machine."""

    def __init__(self, http: Http, hashes: Hashes, moving: Moving) -> None:
        self._http, self._hashes, self._moving = http, hashes, moving

    def send(self, path: Path) -> str:
        """The content hash of a file that the server has, now if not before; MediaError when it is no media."""
        wanted, size = self._hashes.of(path)
        if self.holds(wanted):
            return wanted
        with path.open("rb") as file, self._moving(f"sending {path.name}") as report:
            came = self._whole(file, path) if size <= _AT_ONCE_BYTES else self._in_parts(file, path, size, report)
        if came != wanted:
            raise MediaError(f"{str(path)!r} changed while it was sent; send it again when it is whole")
        return wanted

    def holds(self, wanted: str) -> bool:
        """Whether the server has a file that who asks may read."""
        try:
            self._http.answer("HEAD", f"/cache/{wanted}")
        except NotFoundError:
            return False
        return True

    def _whole(self, file: BinaryIO, path: Path) -> str:
        params, headers = {"name": file_name(path)}, {"Content-Type": "application/octet-stream"}
        said = self._http.json("POST", "/cache/upload", again=True, params=params, headers=headers, content=file.read())
        return str(said["content_hash"])

    def _in_parts(self, file: BinaryIO, path: Path, size: int, report: Report | None) -> str:
        """Send what is missing until nothing is; what breaks on the way is tried again while there is hope."""
        place, offset = self._begin(path, size), 0
        away, busy = Trying(self._http), Trying(self._http, _BUSY_S)
        while True:
            try:
                return self._rest(file, place, offset, size, report)
            except ConflictError as error:
                busy.broke(error)
                away.moved()  # it answers
            except (httpx.HTTPError, UnreachableError) as error:
                away.broke(error)
            with suppress(UnreachableError):
                stands, whole = self._stands(place)
                if whole:
                    return whole
                if stands > offset:
                    away.moved()
                    busy.moved()
                offset = stands

    def _begin(self, path: Path, size: int) -> str:
        """Where the new upload is."""
        name = b64encode(file_name(path).encode()).decode()
        headers = {**_OF_TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        place: str = self._http.answer("POST", "/cache/uploads", headers=headers).headers["Location"]
        return f"/cache/uploads/{place.rpartition('/')[2]}"

    def _rest(self, file: BinaryIO, place: str, offset: int, size: int, report: Report | None) -> str:
        """Send all from `offset` on; the content hash of what the server has then."""
        file.seek(offset)
        headers = {
            **_OF_TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(size - offset),
        }
        body = _blocks(file, offset, size, report)
        with self._http.stream("PATCH", place, headers=headers, content=body, timeout=_UNTIL_LOOKED_AT) as response:
            response.read()
            return _hash_in(response)

    def _stands(self, place: str) -> tuple[int, str]:
        """How much has come, and the content hash of a file that came whole."""
        response = self._http.answer("HEAD", place, headers=_OF_TUS)
        return int(response.headers["Upload-Offset"]), _hash_in(response)


def _blocks(file: BinaryIO, offset: int, size: int, report: Report | None) -> Iterator[bytes]:
    """The file from `offset` to what was its size; one that became shorter ends the upload, not the program."""
    while offset < size and (block := file.read(min(_BLOCK_BYTES, size - offset))):
        yield block
        offset += len(block)
        if report is not None:
            report(offset, size)


def _hash_in(response: httpx.Response) -> str:
    """The content hash that a reply names, once the file is whole."""
    return str(response.headers.get("Content-Location", "")).rpartition("/")[2]
