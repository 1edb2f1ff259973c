"""What a request for a part of a file means (RFC 9110, 13 and 14), and whether its sender has the file already."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Part", "Unsatisfiable", "has_it_already", "wanted_part"]

_ONE = re.compile(r"bytes=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.ASCII)
_TAGS = re.compile(r'(?:W/)?("[^"]*")|(\*)')


class Unsatisfiable(Exception):
    """The part begins after the end of the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `begin` to before `end`."""

    begin: int
    end: int

    @property
    def size_bytes(self) -> int:
        """How many they are."""
        return self.end - self.begin


def wanted_part(said: str | None, condition: str | None, etag: str, size_bytes: int) -> Part | None:
    """The part that a `Range` asks for, None for the whole file; Unsatisfiable when there is no such part.

    Several parts, other units, what is no range, and an `If-Range` that is not this file's tag mean the whole file.
    """
    match = _ONE.fullmatch(said) if said and condition in (None, etag) else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        begin, end = max(0, size_bytes - int(match[2])), size_bytes
    else:
        begin, end = int(match[1]), min(size_bytes, int(match[2]) + 1) if match[2] else size_bytes
        if match[2] and int(match[2]) < begin:
            return None
    if begin >= size_bytes:
        raise Unsatisfiable
    return Part(begin, end)


def has_it_already(if_none_match: str | None, etag: str) -> bool:
    """Whether the sender has the file of this tag."""
    if if_none_match is None:
        return False
    return any(tag == etag or star for tag, star in _TAGS.findall(if_none_match))
