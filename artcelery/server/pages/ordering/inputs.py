"""Inputs as fields of a form: a file that is sent, or one of those that are here already."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from artcelery.core.engine.people import Member
from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.errors import NotFoundError
from artcelery.core.hashing import is_hash
from artcelery.core.state.protocol import FileFilter
from artcelery.server.pages.ordering.entered import Entered, file_field, input_field, other_field
from artcelery.server.pages.ordering.looks import CAT_PICTURE
from artcelery.server.pages.ordering.recipes import AskedInput

__all__ = ["InputField", "Shelf", "Tile", "file_tile"]

_MOST_RECENT, _MOST_READ = 9, 30
_MOST_NAMES = 200
_ICONS = {"still": "picture", "film": "film", "sound": "sound"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A file that can be chosen: what an order says to mean it, what it is called, and how it looks."""

    value: str
    words: str
    picture: str
    icon: str = "picture"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What somebody can choose from: built-in files and their latest, and all of their names.

    `first` is what is chosen for them where they have nothing of their own.
    """

    tiles: Sequence[Tile]
    names: Sequence[str]
    first: str
    member: Member

    @classmethod
    def of(cls, member: Member, *, of_films: bool = False) -> Self:
        """The shelf of one who asks; of films alone where nothing else will do."""
        assets = member.names.page(limit=_MOST_NAMES).assets
        only = FileFilter(kind="film") if of_films else FileFilter()
        files, _ = member.files.page(limit=_MOST_READ, cursor=None, only=only)
        own = [file_tile(file) for file in files if file.clip is not None and file.kind in _ICONS][:_MOST_RECENT]
        built_in = [Tile(item.name, item.name, CAT_PICTURE) for item in assets if not (item.created_at or of_films)]
        called = {asset.content_hash for asset in assets if not asset.created_at}
        own = [tile for tile in own if tile.value not in called]
        first = built_in[0].value if built_in and not own else ""
        return cls((*built_in, *own), [asset.name for asset in assets], first, member)

    def with_chosen(self, said: str) -> Sequence[Tile]:
        """The tiles, with one for what is chosen before them where it is none of them."""
        if not said or any(tile.value == said for tile in self.tiles):
            return self.tiles
        return (self._tile_of(said), *self.tiles)

    def _tile_of(self, said: str) -> Tile:
        with suppress(NotFoundError):
            if is_hash(said):
                return file_tile(self.member.files.get(said))
        return Tile(said, said, "", "document")


@dataclass(frozen=True, slots=True)
class InputField:
    """An input as a form shows it; `chosen` is the value of the tile that is chosen."""

    name: str
    file_name: str
    other_name: str
    id: str
    label: str
    hint: str
    tiles: Sequence[Tile]
    chosen: str
    other: str
    error: str

    @classmethod
    def of(cls, asked: AskedInput, number: int, entered: Entered, shelf: Shelf, *, chosen: str, fault: str) -> Self:
        """The field of an input, which is the one of that number from 0."""
        return cls(
            name=input_field(asked.name),
            file_name=file_field(asked.name),
            other_name=other_field(asked.name),
            id=f"input-{number}",
            label=asked.label,
            hint=asked.hint,
            tiles=shelf.with_chosen(chosen),
            chosen=chosen,
            other=entered.text(other_field(asked.name)),
            error=fault,
        )


def file_tile(file: StoredFile) -> Tile:
    """The tile of a file."""
    picture = f"/cache/{file.content_hash}/thumbnail?size=256"
    return Tile(file.content_hash, file.file_name, picture, _ICONS.get(file.kind, "document"))
