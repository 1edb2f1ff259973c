"""What the list of files is narrowed to, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Depends, Request

from artcelery.core.state.protocol import FileFilter
from artcelery.server.pages.media_kinds import KINDS, PAPERS

__all__ = ["ORIGINS", "MediaFilter", "Wanted", "list_before"]

ORIGINS = {"upload": "uploaded", "render": "rendered", "input": "used by a run", "import": "imported", **PAPERS}
"""How files come, and how people say so."""

_NAMES = ("kind", "origin", "name", "user", "since", "before", "min_size", "max_size", "papers")
_ALWAYS_SEEN = {"kind", "name", "papers"}


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """What is asked for, by the names in the address; what was left empty is not asked for."""

    values: Mapping[str, str]
    said_nothing: bool = False

    @classmethod
    def asked(cls, request: Request) -> Self:
        """What a request asks for; what its values mean is told by `FilesMeant`."""
        return cls._of(request.query_params)

    @classmethod
    def _of(cls, given: Mapping[str, str]) -> Self:
        return cls({name: given[name] for name in _NAMES if given.get(name)}, "" in given.values())

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.values

    @property
    def is_special(self) -> bool:
        """Whether more is asked for than a kind and a name."""
        return bool(set(self.values) - _ALWAYS_SEEN)

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        """The choices of kinds, and papers: each with its words, its address, and whether it is the one."""
        kinds = {"": "All"} | {kind: f"{word.capitalize()}s" for kind, word in KINDS.items()}
        chosen = None if self["papers"] == "true" else self["kind"]
        return [
            *((words, self.address(kind=kind, papers=""), kind == chosen) for kind, words in kinds.items()),
            ("Papers", self.address(kind="", papers="true"), chosen is None),
        ]

    def meant(self, only: FileFilter) -> FileFilter:
        """What is listed: papers are, where they are asked for."""
        is_plain = only.papers is None and only.origin is None
        return replace(only, papers=False) if is_plain else only

    def address(self, **changes: str) -> str:
        """The address of this list, with these changes."""
        values = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"/media?{urlencode(values)}" if values else "/media"


def list_before(request: Request) -> str:
    """The address of the list that a page was come to from; that of all files when it was none."""
    try:
        came = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # it is no address
        return "/media"
    is_list = came.netloc == request.url.netloc and came.path == "/media"
    return MediaFilter._of(dict(parse_qsl(came.query))).address() if is_list else "/media"


Wanted = Annotated[MediaFilter, Depends(MediaFilter.asked)]
