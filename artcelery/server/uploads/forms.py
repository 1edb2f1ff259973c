"""The one file of a form (`multipart/form-data`, RFC 7578), read as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from artcelery.core.errors import UsageError
from artcelery.server.uploads.form_parts import form_parts

__all__ = ["MOST_BESIDE_FILE_BYTES", "FormFile", "form_boundary"]

_MOST_FIELD_BYTES = 64 << 10
MOST_BESIDE_FILE_BYTES = 4 * _MOST_FIELD_BYTES
"""How much of a form may be no file: fields that are passed over, and the heads of its parts."""


def form_boundary(request: Request) -> bytes | None:
    """What separates the parts of a form, None when the body is none; UsageError when a form does not say."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        return None
    boundary = options.get(b"boundary")
    if not boundary:
        raise UsageError("the form does not say what separates its parts; send it as multipart/form-data")
    return boundary


class FormFile:
    """The file in a form: its `name`, once `blocks` gave all of its bytes; other fields are passed over."""

    def __init__(self, boundary: bytes) -> None:
        self.name = ""
        self._boundary = boundary

    async def blocks(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The bytes of the file; UsageError when the form is damaged, or holds no file or several."""
        files, passed_over = 0, 0
        async with aclosing(form_parts(body, self._boundary)) as parts:
            async for part in parts:
                if part.file_name is None:
                    async for piece in part.pieces():
                        passed_over += len(piece)
                        if passed_over > _MOST_FIELD_BYTES:
                            raise UsageError("the form holds more than a file; send the file alone")
                    continue
                files += 1
                if files > 1:
                    raise UsageError("the form holds several files; send one at a time")
                self.name = part.file_name
                async for piece in part.pieces():
                    yield piece
        if not files:
            raise UsageError("the form holds no file; send one, as a part with a filename")
