"""The one file of a form (`multipart/form-data`, RFC 7578), read as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from artcelery.core.errors import UsageError

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
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )
        self._files, self._ended, self._is_file = 0, False, False
        self._field, self._value, self._disposition = b"", b"", b""
        self._passed_over = 0
        self._found: list[bytes] = []

    async def blocks(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The bytes of the file; UsageError when the form is damaged, or holds no file or several."""
        async for block in body:
            try:
                self._parser.write(block)
            except FormParserError as error:
                raise UsageError(f"the form is damaged: {error}; send it again") from error
            found, self._found = self._found, []
            for part in found:
                yield part
        if not self._ended:
            raise UsageError("the form has no end; it was cut, send it again")
        if not self._files:
            raise UsageError("the form holds no file; send one, as a part with a filename")

    def _begin(self) -> None:
        self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._is_file = b"filename" in options
        if self._is_file:
            self._files += 1
            self.name = options[b"filename"].decode(errors="replace")
        if self._files > 1:
            raise UsageError("the form holds several files; send one at a time")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._found.append(data[start:end])
            return
        self._passed_over += end - start
        if self._passed_over > _MOST_FIELD_BYTES:
            raise UsageError("the form holds more than a file; send the file alone")

    def _end(self) -> None:
        self._ended = True
