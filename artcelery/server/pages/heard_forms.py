"""Forms that are listened to while they pass: their texts, and what their files are called."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol, TypeAlias
from urllib.parse import parse_qsl

from fastapi import Request

from artcelery.core.engine.people.configs import MAX_CONFIG_BYTES
from artcelery.core.errors import UsageError
from artcelery.server.pages.ordering.entered import MOST_PARTS
from artcelery.server.pages.recipe_forms import written
from artcelery.server.uploads.form_parts import End, FormParser, Head
from artcelery.server.uploads.forms import form_boundary

__all__ = ["HeardForm", "Pair", "heard_form"]

_MOST_TEXT_BYTES = MAX_CONFIG_BYTES + (256 << 10)
_PAIRS, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"

Pair: TypeAlias = "tuple[str, str]"


class HeardForm(Protocol):
    """A form of one kind."""

    kind: str
    is_too_much: bool

    def hear(self, block: bytes) -> None:
        """Take in what came of it."""
        ...

    def found(self) -> tuple[Sequence[Pair], Sequence[Pair]] | None:
        """Its texts, and what its files are called, by field; None when it is damaged."""
        ...


def heard_form(request: Request) -> HeardForm | None:
    """A form of the kind that a request says it has, before any of it came; None when that is none."""
    with suppress(UsageError):
        if boundary := form_boundary(request):
            return _Parts(boundary)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return _Pairs() if kind in ("", _PAIRS) else None


class _Pairs:
    kind = _PAIRS

    def __init__(self) -> None:
        self.is_too_much = False
        self._data = b""

    def hear(self, block: bytes) -> None:
        self._data += block
        self.is_too_much = len(self._data) > _MOST_TEXT_BYTES

    def found(self) -> tuple[Sequence[Pair], Sequence[Pair]] | None:
        with suppress(ValueError):  # it has too many
            said = parse_qsl(self._data.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MOST_PARTS)
            return said, ()
        return None


class _Parts:
    kind = _PARTS

    def __init__(self, boundary: bytes) -> None:
        self.is_too_much = False
        self._parser = FormParser(boundary)
        self._is_damaged = False
        self._head: Head | None = None
        self._text = bytearray()
        self._texts: list[Pair] = []
        self._files: list[Pair] = []
        self._left_bytes, self._left_parts = _MOST_TEXT_BYTES, MOST_PARTS

    def hear(self, block: bytes) -> None:
        if self._is_damaged:
            return
        try:
            for event in self._parser.read(block):
                self._take(event)
        except UsageError:
            self._is_damaged = True

    def found(self) -> tuple[Sequence[Pair], Sequence[Pair]] | None:
        return (self._texts, self._files) if self._parser.has_ended and not self._is_damaged else None

    def _take(self, event: Head | bytes | End) -> None:
        if isinstance(event, Head):
            self._head = event
            self._text.clear()
            self._count(len(event.name) + len(event.file_name or ""), parts=1)
        elif isinstance(event, End):
            self._end()
        elif self._head is not None and self._head.file_name is None and not self.is_too_much:
            self._text += event
            self._count(len(event))

    def _end(self) -> None:
        head, self._head = self._head, None
        if head is None:  # the form itself has ended
            return
        if head.file_name is None:
            self._texts.append((head.name, written(bytes(self._text))))
        elif head.file_name:
            self._files.append((head.name, head.file_name))

    def _count(self, size: int, parts: int = 0) -> None:
        self._left_bytes -= size
        self._left_parts -= parts
        self.is_too_much |= min(self._left_bytes, self._left_parts) < 0
