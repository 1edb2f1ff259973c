"""What the list of files is narrowed to, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Literal, Self
from urllib.parse import urlencode

from fastapi import Depends, Query

from artcelery.core.state.protocol import FileFilter
from artcelery.server.models.cache import Kind
from artcelery.server.pages.media_kinds import KINDS

__all__ = ["ORIGINS", "MediaFilter", "Wanted"]

ORIGINS = {"upload": "uploaded", "render": "rendered", "input": "used by a run", "import": "imported"}
"""How files come, and how people say so."""


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """What is asked for, each as it stands in the address; empty where nothing is."""

    kind: str = ""
    origin: str = ""
    name: str = ""
    user: str = ""

    @classmethod
    def asked(
        cls,
        kind: Annotated[Kind | Literal[""], Query()] = "",
        origin: Annotated[str, Query(max_length=50)] = "",
        name: Annotated[str, Query(max_length=200)] = "",
        user: Annotated[str, Query(max_length=200)] = "",
    ) -> Self:
        """What a request asks for."""
        return cls(kind, origin, name.strip(), user.strip())

    @property
    def only(self) -> FileFilter:
        """The same as the state is asked."""
        return FileFilter(kind=self.kind or None, origin=self.origin or None, name=self.name or None)

    @property
    def values(self) -> Mapping[str, str]:
        """What is asked for, by the names in the address."""
        given = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in given.items() if value}

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.values

    @property
    def is_special(self) -> bool:
        """Whether more is asked for than a kind and a name."""
        return bool(set(self.values) - {"kind", "name"})

    @property
    def kinds(self) -> list[tuple[str, str, str]]:
        """The choices of kinds: each with its address and its name; without a value, of all."""
        return [("", "All", self.address(kind=""))] + [
            (kind, f"{word.capitalize()}s", self.address(kind=kind)) for kind, word in KINDS.items()
        ]

    def address(self, **changes: str) -> str:
        """The address of this list, with these changes."""
        values = {**replace(self, **{k: v for k, v in changes.items() if k != "cursor"}).values}
        if cursor := changes.get("cursor"):
            values["cursor"] = cursor
        return f"/media?{urlencode(values)}" if values else "/media"


Wanted = Annotated[MediaFilter, Depends(MediaFilter.asked)]
