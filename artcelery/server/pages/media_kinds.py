"""How files are shown: what people call each kind, and what a browser makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from artcelery.core.engine.people.file_facts import StoredFile
from artcelery.core.media.clip import Clip
from artcelery.server.pages.wording import duration, short, size

__all__ = ["KINDS", "PAPERS", "Look", "facts_line", "title_of", "word_of"]

KINDS = {"still": "picture", "film": "film", "sound": "sound", "data": "document"}
"""What people call the kinds of files; icons are called so, too."""

PAPERS = {"effect": "effect", "config": "recipe", "graph": "graph of a run", "record": "record of a run"}
"""What a run needs or says beside its files, by how it came."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a browser shows a file: as an "image", "video" or "audio", or (as "none") not; and whether in small."""

    element: str
    type: str
    source: str
    thumbnail: str
    moves: bool
    has_sound: bool

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        """The look of a file."""
        type = file.type or ""
        family = type.partition("/")[0]
        source = f"/cache/{file.content_hash}"
        can_be_seen = file.clip is not None and (file.clip.picture is not None or file.clip.sound is not None)
        return cls(
            element=family if family in ("image", "video", "audio") else "none",
            type=type,
            source=source,
            thumbnail=f"{source}/thumbnail" if can_be_seen else "",
            moves=file.kind == "film" and family in ("image", "video"),
            has_sound=file.clip is not None and file.clip.sound is not None,
        )


def word_of(file: StoredFile) -> str:
    """What people call this kind of file."""
    return KINDS.get(file.kind, "document")


def title_of(file: StoredFile) -> str:
    """What a file is called, or the beginning of its hash."""
    return file.name or short(file.content_hash)


def facts_line(file: StoredFile) -> str:
    """A file in a few words: `1920×1080 · 12 s · 4.1 MB`; of papers, what they are: `effect · 3.1 kB`."""
    papers = [PAPERS[file.origin]] if file.origin in PAPERS else []
    return " · ".join([*papers, *_measures(file.clip), size(file.size_bytes)])


def _measures(clip: Clip | None) -> list[str]:
    if clip is None:
        return []
    picture = [f"{clip.picture.width}×{clip.picture.height}"] if clip.picture else []
    return picture + ([duration(float(clip.duration))] if clip.duration is not None else [])
