"""The page of one file: large, with what it is, who made it and what needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from fastapi import Request, Response

from artcelery.core.engine.people import Member, Who
from artcelery.core.engine.people.file_facts import FileUses, Made, StoredFile
from artcelery.core.engine.people.files import VISITOR
from artcelery.core.errors import ArtceleryError
from artcelery.server.given import Asker, ServicesGiven
from artcelery.server.pages.media_facts import Fact, facts_of
from artcelery.server.pages.media_filter import list_before
from artcelery.server.pages.media_kinds import Look, title_of, word_of
from artcelery.server.pages.ordering.entered import input_field
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.waveforms import Drawn, waveform_made
from artcelery.server.problems import status_of

__all__ = ["file_page", "router"]

router = Pages()

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Detail:
    """One file, as its page shows it."""

    content_hash: str
    title: str
    word: str
    look: Look
    facts: Sequence[Fact]
    notes: Sequence[str]
    names: Sequence[str]
    made_by: Sequence[Made]
    used_by: Sequence[str]
    more_uses: int
    why_kept: str
    way_on: str
    is_own: bool

    @classmethod
    def of(cls, file: StoredFile, uses: FileUses, who: Who) -> Self:
        """The page of a file for who asks."""
        return cls(
            content_hash=file.content_hash,
            title=title_of(file),
            word=word_of(file),
            look=Look.of(file),
            facts=facts_of(file),
            notes=file.clip.notes if file.clip else (),
            names=uses.names,
            made_by=uses.made_by[:_MOST_SHOWN],
            used_by=uses.used_by[:_MOST_SHOWN],
            more_uses=max(0, len(uses.used_by) - _MOST_SHOWN),
            why_kept=_why_kept(uses),
            way_on=_way_on(file) if who != VISITOR else "",
            is_own=who != VISITOR and not file.is_public,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What a form on the page was answered: at which, in which words, and what was entered."""

    at: str
    words: str
    entered: str = ""


@router.page("/media/{content_hash}", json="/cache/{content_hash}/meta")
def media_file(request: Request, content_hash: str, who: Asker, services: ServicesGiven) -> Response:
    """One file."""
    return file_page(request, services.member(who or VISITOR), content_hash)


def file_page(
    request: Request, member: Member, content_hash: str, refused: ArtceleryError | None = None, said: Said | None = None
) -> Response:
    """The page of a file; with what was `refused` there just now, in the words of `said`."""
    file, uses = member.files.meta(content_hash)
    return page(
        request,
        "media_file.html",
        section="media",
        status=status_of(refused) if refused else 200,
        file=Detail.of(file, uses, member.who),
        waveform=_waveform(member, file),
        way_back=list_before(request),
        said=said,
    )


def _waveform(member: Member, file: StoredFile) -> Drawn | None:
    """The waveform where it is made already; without one, the page asks for it later."""
    return waveform_made(member.files, file.content_hash) if Look.of(file).has_sound else None


def _way_on(file: StoredFile) -> str:
    """Where something is rendered of it; empty for what no effect takes."""
    return f"/order?{urlencode({input_field('input'): file.content_hash})}" if file.kind in ("still", "film") else ""


def _why_kept(uses: FileUses) -> str:
    """Why a file cannot be deleted, as far as that is plain to see; empty when nothing speaks against it."""
    if uses.used_by:
        runs = len(uses.used_by)
        return "A run needs it. Delete that first." if runs == 1 else f"{runs} runs need it. Delete those first."
    if uses.names:
        return "It has a name. Forget the name first."
    return ""
