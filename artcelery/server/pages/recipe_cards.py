"""Recipes as cards: what each is about, and what came of it last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from artcelery.core.engine.people import Member
from artcelery.core.state.protocol import RunFilter
from artcelery.core.state.records import ConfigRecord, RunRecord
from artcelery.server.pages.recipe_shelf import Title
from artcelery.server.pages.recipe_sketches import Sketch, sketches
from artcelery.server.pages.run_rows import Row

__all__ = ["RecipeCard", "RunTile", "run_tiles"]


@dataclass(frozen=True, slots=True)
class RunTile:
    """A run of a recipe: what it looks like, how it stands, when, and whose it is."""

    id: str
    status: str
    picture: str | None
    icon: str
    created_at: str
    user: str

    @classmethod
    def of(cls, run: RunRecord, member: Member) -> Self:
        """The tile of a recorded run."""
        row = Row.of(run, member.files)
        picture = f"/cache/{run.output_hash}/thumbnail?size=512" if row.picture else None
        return cls(run.id, run.status, picture, row.icon, run.created_at, run.user)


@dataclass(frozen=True, slots=True)
class RecipeCard:
    """A recipe in a list: its name, what it is about, and its last run, one with a result before any other.

    `others` is how many there are of the same name.
    """

    id: str
    name: str
    sketch: Sketch
    others: int
    created_at: str
    last: RunTile | None

    @classmethod
    def of(cls, member: Member, title: Title) -> Self:
        """The card of a stored config."""
        record = title.newest
        sketch = sketches().get(record.id, lambda: member.configs.load(record))
        return cls(record.id, record.name, sketch, title.others, record.created_at, _last(member, record))


def run_tiles(member: Member, config_id: str, count: int) -> Sequence[RunTile]:
    """The last runs of a recipe."""
    page = member.runs.page(limit=count, only=RunFilter(config=config_id))
    return [RunTile.of(run, member) for run in page.runs]


def _last(member: Member, record: ConfigRecord) -> RunTile | None:
    for only in (RunFilter("completed", config=record.id), RunFilter(config=record.id)):
        if runs := member.runs.page(limit=1, only=only).runs:
            return RunTile.of(runs[0], member)
    return None
