"""Which files of a list are meant, as requests say it: the same for programs and on pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field, WithJsonSchema

from artcelery.core.runs import recorded_time
from artcelery.core.state.protocol import FileFilter
from artcelery.core.values import parse_bytes
from artcelery.server.models.cache import Kind

__all__ = ["FilesMeant"]

_MOST_BYTES = 2**53 - 1


def _given(value: Any) -> Any:
    """What a form says of a field that was left empty is nothing."""
    return None if value == "" else value


def _bytes(value: Any) -> Any:
    return parse_bytes(value) if isinstance(value, str) and value else _given(value)


_Word = Annotated[str, Field(max_length=50)]
_Words = Annotated[str, Field(max_length=200)]
Empty = BeforeValidator(_given)
Size = Annotated[
    Annotated[int, Field(ge=0, le=_MOST_BYTES)] | None,
    BeforeValidator(_bytes),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,9}([kKmMgG]i?)?[bB]?$", "examples": ["500kB"]}),
]


def _meant(
    kind: Annotated[Kind | None, Empty, Query(description="What the files are.")] = None,
    origin: Annotated[_Word | None, Empty, Query(description="How they came.")] = None,
    name: Annotated[_Words | None, Empty, Query(description="A part of their names.")] = None,
    since: Annotated[datetime | None, Empty, Query(description="Only files that came since.")] = None,
    before: Annotated[datetime | None, Empty, Query(description="Only files that came before.")] = None,
    min_size: Annotated[Size, Query(description="Only files as large, such as `500kB`.")] = None,
    max_size: Annotated[Size, Query(description="Only files no larger, such as `2GB`.")] = None,
    papers: Annotated[bool | None, Empty, Query(description="Only papers of runs, or all but these.")] = None,
) -> FileFilter:
    return FileFilter(
        kind=kind,
        origin=origin,
        name=name,
        since=None if since is None else recorded_time(since),
        before=None if before is None else recorded_time(before),
        least_bytes=min_size,
        most_bytes=max_size,
        papers=papers,
    )


FilesMeant = Annotated[FileFilter, Depends(_meant)]
