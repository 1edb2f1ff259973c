"""Runs as rows of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zlib import crc32

from artcelery.core.engine.people.files import MemberFiles
from artcelery.core.errors import ArtceleryError
from artcelery.core.state.records import RunRecord
from artcelery.server.pages.media_kinds import word_of

__all__ = ["Row", "icon_of", "seconds_between"]

_ICONS = {"still": "picture", "video": "film", "audio": "sound"}
_LONGEST_ERROR = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A run in a list: what it makes, whose it is, how it stands, what it took, and how much of it was there already.

    `fits` says whether it is what the list is of: a run that no longer is stays where it stands.
    """

    id: str
    order: str
    config: str
    output: str
    picture: str | None
    icon: str
    user: str
    status: str
    per_cent: int | None
    created_at: str
    took_s: float | None
    reused: tuple[int, int] | None
    error: str
    fits: bool = True

    @classmethod
    def of(
        cls, run: RunRecord, files: MemberFiles | None = None, *, per_cent: int | None = None, fits: bool = True
    ) -> Self:
        """The row of a recorded run; `files` are asked what came out where nothing was encoded."""
        icon = icon_of(run, files)
        return cls(
            id=run.id,
            order=f"{run.created_at} {run.id}",
            config=run.config_name,
            output=run.output_name,
            picture=f"/cache/{run.output_hash}/thumbnail?size=256" if run.output_hash and icon != "document" else None,
            icon=icon,
            user=run.user,
            status=run.status,
            per_cent=per_cent,
            created_at=run.created_at,
            took_s=seconds_between(run.started_at, run.finished_at),
            reused=run.reused,
            error=_shortened(run.error["message"]) if run.error and run.status == "failed" else "",
            fits=fits,
        )

    @property
    def sign(self) -> str:
        """What differs when anything of the row does."""
        return f"{crc32(repr(self).encode()):08x}"


def icon_of(run: RunRecord, files: MemberFiles | None = None) -> str:
    """What a run makes: as its encoding says; where nothing was encoded, as its file is."""
    if run.encoding or not run.output_hash or files is None:
        return next((icon for part, icon in _ICONS.items() if run.encoding.get(part)), "document")
    try:
        return word_of(files.get(run.output_hash))
    except ArtceleryError:
        return "document"


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_ERROR else f"{message[:_LONGEST_ERROR]}…"


def seconds_between(began: str | None, ended: str | None) -> float | None:
    """How long something took, None while it is not over."""
    if began is None or ended is None:
        return None
    return max(0.0, (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds())
