"""Files in a bucket (S3 and what speaks like it, Google, Azure) or a shared folder, named as in the store on disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from artcelery.core.errors import NotAllowedError, StoreError, UnreachableError, UsageError
from artcelery.core.store.obstores import obstore_of_this_process
from artcelery.core.store.transport import BLOCK_BYTES, Interrupted, Patience, Reading

__all__ = ["Bucket"]

_PART_BYTES = 5 << 20  # the least that S3 takes: an interruption waits for a part
_LEAST_BLOCK_BYTES = 256 << 10
_MOST_PARTS = 9_000  # S3 takes 10,000
_PARTS_AT_ONCE = 3
_RETRIES_OF_A_PART = 4  # of its own, so that a large file need not begin again; all else is tried again by the caller
_WHO_AM_I = ("169.254.169.254", "metadata.google.internal")  # asked by who has no credentials, for those of the machine
_ENVIRON = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}
_SWITCHES = ("allow_http", "allow_invalid_certificates")
_FINAL = re.compile(r"status code: 4(?!08|29)\d\d|builder error|LocalFileSystem error")


class Bucket:
    """The bucket or folder of a URL, opened by the process that first asks it for something."""

    def __init__(self, url: str, patience: Patience) -> None:
        self._url = url.rstrip("/")
        self._scheme = urlsplit(url).scheme
        self._patience = patience
        self._opened: tuple[int, Any, Any, Any] | None = None
        self._inherited: list[Any] = []

    def place(self, content_hash: str) -> str:
        """The URL of the file."""
        return f"{self._url}/{_name(content_hash)}"

    def size(self, content_hash: str) -> int | None:
        """The size of the object, None when there is none."""
        with self._asking() as (api, reading, _):
            try:
                return int(api.head(reading, _name(content_hash))["size"])
            except FileNotFoundError as error:
                self._refuse_missing_bucket(error)
                return None

    @contextmanager
    def read(self, content_hash: str, offset: int) -> Iterator[Reading | None]:
        """The object's bytes from `offset` on, None when there is none."""
        yield self._read(content_hash, offset)

    def write(self, content_hash: str, path: Path) -> None:
        """Upload the file, a large one in parts; an object appears when all of it is there."""
        size = path.stat().st_size
        part = max(_PART_BYTES, size // _MOST_PARTS + 1)
        # Blocks that are asked for one by one, so that an interruption is noticed between two of them.
        body = _blocks(path) if size > part else path.read_bytes()
        with self._asking() as (api, _, writing):
            try:
                api.put(writing, _name(content_hash), body, chunk_size=part, max_concurrency=_PARTS_AT_ONCE)
            except FileNotFoundError as error:
                raise StoreError(f"{self._url} takes no files: {_reason(error)}; check ARTCELERY_STORE_URL") from error

    def _read(self, content_hash: str, offset: int) -> Reading | None:
        with self._asking() as (api, reading, _):
            options = {"range": {"offset": offset}} if offset else None
            try:
                got = api.get(reading, _name(content_hash), options=options)
            except FileNotFoundError as error:
                self._refuse_missing_bucket(error)
                return None
            return Reading(int(got.range[0]), int(got.meta["size"]), self._blocks(got))

    def _blocks(self, got: Any) -> Iterator[bytes]:
        with self._asking():
            yield from got.stream(min_chunk_size=_LEAST_BLOCK_BYTES)

    def _refuse_missing_bucket(self, error: FileNotFoundError) -> None:
        if "NoSuchBucket" in str(error):
            raise StoreError(f"there is no bucket at {self._url}; check ARTCELERY_STORE_URL") from error

    @property
    def _papers(self) -> str:
        """Where the permission to use it is written down."""
        return "permissions of the folder" if self._scheme == "file" else f"{_ENVIRON[self._scheme]}_* environment"

    @contextmanager
    def _asking(self) -> Iterator[tuple[Any, Any, Any]]:
        """obstore and its clients for reading and writing; what they raise in our words."""
        api = obstore_of_this_process()
        try:
            yield self._open(api)
        except (api.exceptions.PermissionDeniedError, api.exceptions.UnauthenticatedError) as error:
            raise NotAllowedError(f"{self._url} refuses: {_reason(error)}; check the {self._papers}") from error
        except api.exceptions.BaseError as error:
            if any(host in str(error) for host in _WHO_AM_I):
                raise NotAllowedError(f"there are no credentials for {self._url}; see the {self._papers}") from error
            if _FINAL.search(str(error)):
                raise StoreError(f"{self._url} cannot be used: {_reason(error)}{_hint(error)}") from error
            raise Interrupted(_reason(error) + _hint(error)) from error

    def _open(self, api: Any) -> tuple[Any, Any, Any]:
        if self._opened is None or self._opened[0] != os.getpid():
            if self._opened is not None:
                self._inherited.append(self._opened)  # closing it would close connections of the parent
            patience = self._patience
            self._opened = (
                os.getpid(),
                api,
                self._client(api, patience.read_s, retries=0),
                self._client(api, patience.write_s, retries=_RETRIES_OF_A_PART),
            )
        return self._opened[1:]

    def _client(self, api: Any, read_s: float, retries: int) -> Any:
        if self._scheme == "file":
            return self._folder(api)
        again = {"max_retries": retries, "retry_timeout": timedelta(seconds=self._patience.total_s)}
        try:
            return api.store.from_url(self._url, client_options=self._options(read_s), retry_config=again)
        except api.exceptions.BaseError as error:
            raise UsageError(f"{self._url} cannot be opened: {_reason(error)}; see the {self._papers}") from error

    def _options(self, read_s: float) -> dict[str, Any]:
        """Timeouts, and those of the environment's options that giving any would hide."""
        prefix = _ENVIRON[self._scheme]
        asked = {name: os.environ.get(f"{prefix}_{name.upper()}", "") for name in _SWITCHES}
        return {
            "connect_timeout": timedelta(seconds=self._patience.connect_s),
            "read_timeout": timedelta(seconds=read_s),
            "timeout": timedelta(days=1),
            **{name: text.lower() in ("1", "true", "yes", "on") for name, text in asked.items() if text},
        }

    def _folder(self, api: Any) -> Any:
        folder = unquote(urlsplit(self._url).path) or "/"
        if not os.path.isdir(folder):
            raise UnreachableError(f"there is no folder {folder!r}; mount it, or check ARTCELERY_STORE_URL")
        return api.store.LocalStore(folder)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _name(content_hash: str) -> str:
    return f"{content_hash[:2]}/{content_hash}"


def _reason(error: Exception) -> str:
    """What obstore says, without the address and its inner workings."""
    lines = [line.strip() for line in str(error).partition("\nDebug source")[0].splitlines()]
    text = " ".join(line for line in lines if line)
    return text.rpartition(" - ")[2] if " - " in text else text


def _hint(error: Exception) -> str:
    return " (AWS_ALLOW_HTTP=true allows http:// without encryption)" if "BadScheme" in str(error) else ""
