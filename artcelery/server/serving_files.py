"""Files of users as replies: as what they were found to be and nothing else, whole or in part, for ever the same."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from artcelery.core.errors import NotFoundError
from artcelery.server.problems import problem
from artcelery.server.ranges import Part, Unsatisfiable, has_it_already, wanted_part

__all__ = ["Shown", "bytes_reply", "file_reply", "size_reply"]

_BLOCK_BYTES = 256 << 10
_BYTES = "application/octet-stream"
_FOR_EVER = "max-age=31536000, immutable"


class Shown:
    """How a file is shown: its tag, its type (None for mere bytes), its name, and whether everybody may have it."""

    def __init__(self, content_hash: str, type: str | None, name: str, *, is_public: bool, saved: bool = False) -> None:
        self.etag = f'"{content_hash}"'
        inline = type is not None and not saved
        self.headers = {
            "ETag": self.etag,
            "Content-Type": type or _BYTES,
            "Content-Disposition": _disposition("inline" if inline else "attachment", name),
            "Cache-Control": f"{'public' if is_public else 'private'}, {_FOR_EVER}",
            "Vary": "Cookie, Authorization",
            "Cross-Origin-Resource-Policy": "cross-origin" if is_public else "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }


def file_reply(request: Request, path: Path, shown: Shown, accel: tuple[str, Path] | None = None) -> Response:
    """The file, the part of it that is asked for, or that its sender has it.

    `accel` is where nginx serves the files of a folder: it sends this one then.
    """
    asked = request.headers
    if has_it_already(asked.get("if-none-match"), shown.etag):
        return _not_modified(shown)
    if accel is not None and (inner := _below(path, *accel)) is not None:
        return Response(headers={**shown.headers, "X-Accel-Redirect": inner})
    descriptor = _opened(path)
    size = os.fstat(descriptor).st_size
    try:
        part = wanted_part(asked.get("range"), asked.get("if-range"), shown.etag, size)
    except Unsatisfiable:
        os.close(descriptor)
        detail = f"the file has {size} bytes, and none in that range"
        return problem(416, detail, "range", headers={"Content-Range": f"bytes */{size}"})
    return _FileReply(descriptor, part, size, shown)


def bytes_reply(request: Request, data: bytes, shown: Shown) -> Response:
    """What was made of a file, or that its sender has it."""
    if has_it_already(request.headers.get("if-none-match"), shown.etag):
        return _not_modified(shown)
    return Response(data, headers=shown.headers)


def size_reply(request: Request, size_bytes: int, shown: Shown) -> Response:
    """What `GET` would say of the whole file, without the file."""
    if has_it_already(request.headers.get("if-none-match"), shown.etag):
        return _not_modified(shown)
    return Response(headers={**shown.headers, "Accept-Ranges": "bytes", "Content-Length": str(size_bytes)})


def _not_modified(shown: Shown) -> Response:
    headers = {name: text for name, text in shown.headers.items() if not name.startswith("Content-")}
    return Response(status_code=304, headers=headers)


class _FileReply(Response):
    """Sends an open file, block by block, and closes it."""

    def __init__(self, descriptor: int, part: Part | None, size: int, shown: Shown) -> None:
        self._descriptor = descriptor
        self._part = part or Part(0, size)
        self.status_code = 206 if part else 200
        self.background = None
        self.body = b""
        self.init_headers({**shown.headers, "Accept-Ranges": "bytes", "Content-Length": str(self._part.size_bytes)})
        if part is not None:
            self.headers["Content-Range"] = f"bytes {part.begin}-{part.end - 1}/{size}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await self._send_blocks(receive, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            os.close(self._descriptor)

    async def _send_blocks(self, receive: Receive, send: Send) -> None:
        """Send the part, unless nobody hears it any more: to them it could be sent as fast as it can be read."""
        gone = asyncio.create_task(_until_gone(receive))
        try:
            at, end = self._part.begin, self._part.end
            while at < end and not gone.done():
                at += await self._send_block(at, min(_BLOCK_BYTES, end - at), send)
        finally:
            gone.cancel()

    async def _send_block(self, at: int, size: int, send: Send) -> int:
        """Send so many bytes, or fewer; how many."""
        block = await to_thread.run_sync(os.pread, self._descriptor, size, at)
        if not block:
            raise EOFError("the file was cut while it was sent")
        await send({"type": "http.response.body", "body": block, "more_body": True})
        return len(block)


async def _until_gone(receive: Receive) -> None:
    """Until who asked has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError as error:
        raise NotFoundError(f"the file {path.name} has just gone from the cache; ask again") from error


def _below(path: Path, prefix: str, folder: Path) -> str | None:
    """Where nginx has the file, None when it is not in its folder."""
    if not path.is_relative_to(folder):
        return None
    return f"{prefix.rstrip('/')}/{path.relative_to(folder).as_posix()}"


def _disposition(kind: str, name: str) -> str:
    """RFC 6266: the name in ASCII for old programs, and as it is (RFC 8187)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    said = f'{kind}; filename="{plain}"'
    return said if plain == name else f"{said}; filename*=UTF-8''{quote(name, safe='')}"
