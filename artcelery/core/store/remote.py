"""A remote store of a URL: files by content hash, fetched and pushed with patience."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from artcelery.core.errors import UsageError
from artcelery.core.store.fetching import Fetcher
from artcelery.core.store.transport import Patience, Transport

__all__ = ["Remote", "open_remote"]

_FORMS = "s3://bucket/prefix, gs://bucket/prefix, az://container/prefix, file:///shared/folder or https://host/path"


def open_remote(url: str, token: str | None = None, patience: Patience | None = None) -> Remote:
    """The remote store of a URL, which nothing is asked of yet; UsageError when it is none that is known."""
    patience = patience or Patience()
    parts = _parsed(url)
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        raise UsageError("ARTCELERY_STORE_TOKEN holds a space or a letter that no token has; copy it again")
    if parts.scheme in ("http", "https"):
        from artcelery.core.store.server import CacheServer

        return Remote(url, CacheServer(url, token, patience), patience)
    from artcelery.core.store.buckets import Bucket

    return Remote(url, Bucket(url, patience), patience)


class Remote(Fetcher):
    """Files by content hash elsewhere. Calls are tried again while there is hope, then raise UnreachableError."""

    def __init__(self, url: str, transport: Transport, patience: Patience) -> None:
        super().__init__(url, transport, patience)
        self._transport = transport

    def size(self, content_hash: str) -> int | None:
        """The size of the file there, None when there is none."""
        return self.insist(lambda: self._transport.size(content_hash))

    def push(self, content_hash: str, path: Path, size_bytes: int) -> None:
        """Have the file there: returns when it is, whole; sends nothing when it was."""
        if self.size(content_hash) != size_bytes:
            self.insist(lambda: self._transport.write(content_hash, path))


def _parsed(url: str) -> SplitResult:
    """The parts of a URL of one of the known forms."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when it is no number
    except ValueError as error:
        raise UsageError(f"the store URL cannot be read: {error}; write {_FORMS}") from error
    if parts.scheme not in ("s3", "gs", "az", "file", "http", "https"):
        raise UsageError(f"{_shown(parts)!r} is no store URL; write {_FORMS}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"a store URL has no password and nothing after ? or #; write {_FORMS}, "
            "and secrets in ARTCELERY_STORE_TOKEN or the AWS_*, GOOGLE_* or AZURE_* environment"
        )
    if parts.scheme == "file":
        whole = parts.netloc in ("", "localhost") and parts.path.startswith("/")
    else:
        whole = bool(parts.hostname)
    if not whole:
        raise UsageError(f"the store URL {url!r} is not whole; write {_FORMS}")
    return parts


def _shown(parts: SplitResult) -> str:
    """The URL without what may be a secret in it."""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme else parts.path
