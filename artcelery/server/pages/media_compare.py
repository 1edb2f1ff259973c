"""The page that compares two files: beside one another, or one wiped over the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.engine.people.files import VISITOR, MemberFiles
from artcelery.core.errors import UsageError
from artcelery.server.given import Asker, ServicesGiven
from artcelery.server.pages.media_filter import list_before
from artcelery.server.pages.media_kinds import Look, facts_line, title_of, word_of
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.waveforms import Drawn, waveform_made

__all__ = ["router"]

router = Pages()

Hash = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two files that are compared."""

    letter: str
    content_hash: str
    title: str
    word: str
    facts: str
    look: Look
    waveform: Drawn | None

    @classmethod
    def of(cls, letter: str, file: StoredFile, files: MemberFiles) -> Self:
        """One side."""
        look = Look.of(file)
        heard = look.element == "audio"
        return cls(
            letter,
            file.content_hash,
            title_of(file),
            word_of(file),
            facts_line(file),
            look,
            waveform_made(files, file.content_hash) if heard else None,
        )


@router.page("/media/compare")
def compare(
    request: Request,
    who: Asker,
    services: ServicesGiven,
    a: Hash = "",
    b: Hash = "",
    pick: Annotated[list[str] | None, Query(max_length=100)] = None,
) -> Response:
    """Two files beside one another; picked ones are sent to the address that names them."""
    if pick is not None:
        return RedirectResponse(f"/media/compare?{urlencode(_picked(pick))}", 303)
    if not (a and b):
        raise UsageError("pick two files to compare them, on the page of all media")
    files = services.member(who or VISITOR).files
    sides = [Side.of(letter, files.get(wanted), files) for letter, wanted in (("A", a), ("B", b))]
    wipes = all(side.look.element == "image" for side in sides)
    swapped = f"/media/compare?{urlencode({'a': b, 'b': a})}"
    return page(
        request,
        "media_compare.html",
        section="media",
        sides=sides,
        wipes=wipes,
        swapped=swapped,
        way_back=list_before(request),
    )


def _picked(pick: list[str]) -> dict[str, str]:
    if len(pick) != 2:
        raise UsageError(f"{len(pick)} files are picked; pick two to compare them")
    return dict(zip(("a", "b"), pick, strict=True))
