"""What a member is told of a file."""

from __future__ import annotations

from dataclasses import dataclass

from artcelery.core.engine.people.file_types import media_type, suffix_of
from artcelery.core.media.clip import Clip, clip_from_json
from artcelery.core.state.records import Holding, MediaFact

__all__ = ["FileUses", "Made", "StoredFile", "stored_file"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a member may read, as they know it. `type` is None where it is served as mere bytes."""

    content_hash: str
    size_bytes: int
    name: str = ""
    origin: str = ""
    created_at: str = ""
    kind: str = ""
    format: str = ""
    clip: Clip | None = None
    is_public: bool = False

    @property
    def type(self) -> str | None:
        """The media type that it may be shown as."""
        return media_type(self.kind, self.format)

    @property
    def file_name(self) -> str:
        """What it is called when it is saved: its name, or the beginning of its hash."""
        suffix = suffix_of(self.kind, self.format)
        name = self.name or self.content_hash[:12]
        return name if "." in name else name + suffix


@dataclass(frozen=True, slots=True)
class Made:
    """A run of the member's that made the file, and what that cost."""

    run_id: str
    seconds: float
    created_at: str


@dataclass(frozen=True, slots=True)
class FileUses:
    """Who made a file, which runs need it, and what it is called, as far as that is the member's.

    `used_by` names the first of many runs.
    """

    made_by: tuple[Made, ...]
    used_by: tuple[str, ...]
    names: tuple[str, ...]


def stored_file(holding: Holding, fact: MediaFact | None, *, is_public: bool = False) -> StoredFile:
    """A file as its holder knows it, with what was found out about it."""
    clip = clip_from_json(fact.clip) if fact is not None and fact.clip is not None else None
    return StoredFile(
        content_hash=holding.content_hash,
        size_bytes=holding.size_bytes,
        name=holding.name,
        origin=holding.origin,
        created_at=holding.created_at,
        kind=clip.kind if clip is not None else "",
        format=fact.format if fact is not None and clip is not None else "",
        clip=clip,
        is_public=is_public,
    )
