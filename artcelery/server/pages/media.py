"""The page of files: pictures, films, sounds and documents as tiles, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.server.file_filters import FilesMeant
from artcelery.server.given import MemberGiven, ServicesGiven
from artcelery.server.pages.media_filter import ORIGINS, Wanted
from artcelery.server.pages.media_kinds import Look, facts_line, title_of, word_of
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages

__all__ = ["Tile", "router"]

router = Pages()

_ON_A_PAGE = 48


@dataclass(frozen=True, slots=True)
class Tile:
    """A file of the list, as its tile shows it."""

    content_hash: str
    title: str
    word: str
    facts: str
    created_at: str
    look: Look

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        """The tile of a file."""
        return cls(file.content_hash, title_of(file), word_of(file), facts_line(file), file.created_at, Look.of(file))


@router.page("/media", json="/cache")
def media(
    request: Request,
    member: MemberGiven,
    services: ServicesGiven,
    wanted: Wanted,
    only: FilesMeant,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """The files of who asks."""
    if wanted.said_nothing:  # a form sends what was left empty, too
        return RedirectResponse(wanted.address(), 303)
    files, following = member.files.page(limit=_ON_A_PAGE, cursor=cursor, only=wanted.meant(only), user=wanted["user"])
    return page(
        request,
        "media.html",
        section="media",
        tiles=_tiles(files),
        more=wanted.address(cursor=following) if following else "",
        wanted=wanted,
        origins=ORIGINS,
        total=None if cursor or not wanted.is_whole else member.files.total(),
        most_bytes=services.settings.upload_max_size,
        asks_for_user=member.who.is_operator and bool(services.settings.l2_urls),
    )


def _tiles(files: Sequence[StoredFile]) -> Sequence[Tile]:
    return [Tile.of(file) for file in files]
