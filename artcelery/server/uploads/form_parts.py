"""The parts of a form (`multipart/form-data`, RFC 7578), one after another as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeAlias

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from artcelery.core.errors import UsageError

__all__ = ["MOST_PARTS", "End", "FormParser", "FormPart", "Head", "form_parts"]

MOST_PARTS = 500
"""How many fields of a form are read."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a part begins: the name of its field, and of a file what it is called ("" where none was chosen)."""

    name: str
    file_name: str | None


class End:
    """Where a part, or (the second in a row) the form ends."""


FormEvent: TypeAlias = "Head | bytes | End"


class FormPart:
    """One field: its `name`, and of a file what it is called ("" where none was chosen); to be read in its turn."""

    def __init__(self, head: Head, events: AsyncIterator[FormEvent]) -> None:
        self.name, self.file_name = head.name, head.file_name
        self._events = events
        self._is_over = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Its bytes as they come."""
        while not self._is_over:
            event = await anext(self._events, End())
            if isinstance(event, bytes):
                yield event
            else:
                self._is_over = True

    async def text(self, most_bytes: int) -> str:
        """All of it as a text; UsageError when it is too long, or no text."""
        found = bytearray()
        async for piece in self.pieces():
            found += piece
            if len(found) > most_bytes:
                raise UsageError("the form has too much text; send less")
        try:
            return found.decode()
        except UnicodeDecodeError:
            raise UsageError(f"the field {self.name!r} of the form is no text in UTF-8") from None

    async def skip(self) -> None:
        """Read on to where the next part begins."""
        async for _ in self.pieces():
            pass


async def form_parts(body: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[FormPart, None]:
    """The parts; one that was not read is passed over. UsageError when the form is damaged, or has too many."""
    left = MOST_PARTS
    async with aclosing(_events(body, boundary)) as events:
        async for event in events:
            if isinstance(event, Head):
                left -= 1
                if left < 0:
                    raise UsageError(f"the form has more than {MOST_PARTS} parts; send less")
                part = FormPart(event, events)
                yield part
                await part.skip()


async def _events(body: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[FormEvent, None]:
    parser = FormParser(boundary)
    async for block in body:
        for event in parser.read(block):
            yield event
    if not parser.has_ended:
        raise UsageError("the form has no end; it was cut, send it again")


class FormParser:
    """What is found in a form, block by block; `has_ended` when that was all of it."""

    def __init__(self, boundary: bytes) -> None:
        self.has_ended = False
        self._found: deque[FormEvent] = deque()
        self._field, self._value, self._disposition = b"", b"", b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )

    def read(self, block: bytes) -> deque[FormEvent]:
        """What is found in the next block."""
        try:
            self._parser.write(block)
        except FormParserError as error:
            raise UsageError(f"the form is damaged: {error}; send it again") from error
        found, self._found = self._found, deque()
        return found

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
        file_name = options.get(b"filename")
        name = options.get(b"name", b"").decode(errors="replace")
        self._found.append(Head(name, None if file_name is None else file_name.decode(errors="replace")))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._found.append(data[start:end])

    def _part_end(self) -> None:
        self._found.append(End())

    def _end(self) -> None:
        self.has_ended = True
