"""The page of one recipe: its graph, its YAML, its form to be run with, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from artcelery.core.config import Config
from artcelery.core.engine.people import Member
from artcelery.core.errors import ConfigError, NotAllowedError, NotFoundError, Problem
from artcelery.core.state.records import ConfigRecord
from artcelery.server.given import MemberGiven
from artcelery.server.pages.ordering import OrderForm, order_form, recipe_of
from artcelery.server.pages.recipe_cards import RunTile, run_tiles
from artcelery.server.pages.recipe_forms import written
from artcelery.server.pages.recipe_graphs import RecipeGraph, graph_of
from artcelery.server.pages.recipe_texts import text_of
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.yaml_text import Line, lines_of

__all__ = ["router"]

router = Pages()

_TILES = 12
_MOST_LINES = 2000
_MOST_NODES = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """A recipe as its page shows it; without a config when it cannot be read any more, and then with why."""

    record: ConfigRecord
    text: str
    lines: Sequence[Line]
    runs: Sequence[RunTile]
    config: Config | None = None
    graph: RecipeGraph | None = None
    form: OrderForm | None = None
    problems: Sequence[Problem] = field(default=())

    @property
    def left_lines(self) -> int:
        """How many lines are not shown."""
        return max(0, len(self.text.splitlines()) - len(self.lines)) if self.lines else 0


@router.page("/recipe/{config_id}", json="/configs/{config_id}", takes_long=True)
def recipe(
    request: Request,
    config_id: str,
    member: MemberGiven,
    opened: Annotated[list[str], Query(alias="open", max_length=50)] = [],  # noqa: B006
) -> HTMLResponse:
    """One recipe."""
    return _shown(request, member, member.configs.get(config_id), opened)


@router.post("/do/recipes/{config_id}/delete")
def delete_recipe(request: Request, config_id: str, member: MemberGiven) -> Response:
    """Forget a recipe; one that is needed is shown with the reason."""
    record = member.configs.get(config_id)
    try:
        member.configs.remove(record.id)
    except NotAllowedError as error:
        return _shown(request, member, record, refusal=error.message)
    return RedirectResponse("/recipes", 303)


def _shown(
    request: Request, member: Member, record: ConfigRecord, opened: Sequence[str] = (), refusal: str = ""
) -> HTMLResponse:
    return page(
        request,
        "recipe.html",
        section="recipes",
        status=409 if refusal else 200,
        seen=_seen(member, record, opened),
        refusal=refusal,
        with_users=member.who.is_operator,
        newest=_newest(member, record),
        most_nodes=_MOST_NODES,
        most_bytes=member.context.settings.upload_max_size,
    )


def _newest(member: Member, record: ConfigRecord) -> ConfigRecord | None:
    """A newer one of the same name, if there is any."""
    found = member.configs.find(record.name)
    return found if found is not None and found.name == record.name and found.id != record.id else None


def _seen(member: Member, record: ConfigRecord, opened: Sequence[str]) -> Seen:
    text, runs = "", run_tiles(member, record.id, _TILES)
    try:
        text = written(text_of(member, record))
        config = member.configs.load(record)
    except ConfigError as error:  # an effect that it uses has gone, or is another now
        return Seen(record, text, _lines(text, error.problems), runs, problems=error.problems)
    except NotFoundError as error:
        return Seen(record, text, (), runs, problems=[Problem(error.message)])
    form = order_form(member, replace(recipe_of(config), description=""))
    return Seen(
        record, text, _lines(text, config.warnings), runs, config, graph_of(config, opened), form, config.warnings
    )


@lru_cache(maxsize=32)
def _lines(text: str, problems: tuple[Problem, ...]) -> Sequence[Line]:
    """The lines that are shown; those of a long text take a while to be coloured."""
    return lines_of(text, problems, _MOST_LINES)
