"""The pages of recipes: stored configs as cards, and the form for a new one, which says what is wrong at its lines."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from artcelery.core.engine.papers import GRAPH
from artcelery.core.engine.people import Member
from artcelery.core.errors import ConfigError, NotFoundError, Problem, QuotaError, TooLargeError
from artcelery.core.state.records import ConfigRecord
from artcelery.server.given import MemberGiven, Share
from artcelery.server.pages.recipe_cards import RecipeCard
from artcelery.server.pages.recipe_forms import RecipeText, RecipeTextGiven
from artcelery.server.pages.recipe_shelf import of_name, titles
from artcelery.server.pages.recipe_texts import EXAMPLE, text_of
from artcelery.server.pages.rendering import page
from artcelery.server.pages.routing import Pages
from artcelery.server.pages.yaml_text import excerpts, lines_of
from artcelery.server.problems import status_of

__all__ = ["router"]

router = Pages()

_AT_ONCE = 24
_NOTHING = Problem("nothing was sent; choose a file, or write or paste the YAML below")


@router.page("/recipes", json="/configs", takes_long=True)
def recipes(
    request: Request,
    member: MemberGiven,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = _AT_ONCE,
    name: Annotated[str, Query(max_length=1000)] = "",
    called: Annotated[str | None, Query(max_length=1000)] = None,
) -> HTMLResponse:
    """Stored configs by name: those with a part in theirs, or all of one name, where that is asked for."""
    shelf = of_name(member.configs, called, limit, cursor) if called else titles(member.configs, limit, cursor, name)
    return page(
        request,
        "recipes.html",
        section="recipes",
        cards=[RecipeCard.of(member, title) for title in shelf.titles],
        more=f"/recipes?{_query(name=name, called=called, cursor=shelf.cursor)}" if shelf.cursor else None,
        part=name,
        called=called,
        is_first=cursor is None,
        with_users=member.who.is_operator,
    )


@router.page("/recipes/new")
def new_recipe(
    request: Request,
    member: MemberGiven,
    source: Annotated[str | None, Query(alias="from", max_length=200)] = None,
    example: bool = False,
) -> HTMLResponse:
    """The form for a new recipe: empty, with an example, or with the text of another, or of a run, to be changed."""
    if source is None:
        return _form(request, RecipeText(EXAMPLE.encode() if example else b"", ""))
    record = member.configs.find(source) or _graph(member, source) or member.configs.get(source)
    return _form(request, RecipeText(text_of(member, record), record.file_name), source=record.name)


@router.post("/do/recipes", dependencies=[Share])
def keep_recipe(request: Request, member: MemberGiven, sent: RecipeTextGiven) -> Response:
    """Check a recipe and keep it; one that is wrong, or has no room, comes back and is not lost."""
    try:
        return RedirectResponse(f"/recipe/{_kept(member, sent)}", 303)
    except ConfigError as error:
        return _form(request, sent, error.problems, status_of(error))
    except (QuotaError, TooLargeError) as error:
        return _form(request, sent, (Problem(error.message),), status_of(error))


def _graph(member: Member, said: str) -> ConfigRecord | None:
    """The graph that was written for a run of theirs, as the recipe that it may become; None when it is no such."""
    try:
        file = member.files.get(said)
    except NotFoundError:
        return None
    return ConfigRecord(file.content_hash, file.name, file.created_at) if file.origin == GRAPH else None


def _query(**said: str | None) -> str:
    return urlencode({key: value for key, value in said.items() if value})


def _kept(member: Member, sent: RecipeText) -> str:
    """The id of the recipe, which is kept now."""
    if not sent.file:
        raise ConfigError([_NOTHING])
    record, _ = member.configs.add(sent.data, sent.file)
    return record.id


def _form(
    request: Request, sent: RecipeText, problems: tuple[Problem, ...] = (), status: int = 200, source: str = ""
) -> HTMLResponse:
    placed = [problem for problem in problems if problem.line]
    return page(
        request,
        "recipe_new.html",
        section="recipes",
        status=status,
        sent=sent,
        source=source,
        problems=problems,
        excerpts=excerpts(lines_of(sent.text, placed)) if placed else (),
    )
