"""Who reaches which page: as everywhere, what is another's is as what does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from tests.server.house import NOTHING, House, Things, without

HTML = {"Accept": "text/html,*/*;q=0.8"}
FORM = {"data": {"name": "a-name"}}

STREAM = {"Accept": "text/event-stream"}

# Where nobody is asked who they are, or may read what is published.
NOBODYS = {
    "GET /",
    "GET /sign-in",
    "POST /sign-in",
    "GET /media/compare",
    "GET /docs",
    "GET /openapi.json",
    "GET /static/{build}/{name:path}",
}
# Pages of what is one's own, or that make something of one's own.
OWN = {
    "GET /runs",
    "GET /runs/live",
    "GET /media",
    "GET /recipes",
    "GET /recipes/new",
    "GET /order",
    "GET /effect/{name}",
    "GET /effect/{name}/look",
    "GET /effects",
    "GET /glance",
    "POST /do/media/upload",
    "POST /do/order",
    "POST /do/recipes",
}
OPERATORS = {"GET /workers"}
# Pages of what is somebody's.
SOMEBODYS = {
    "GET /run/{run_id}",
    "GET /run/{run_id}/live",
    "GET /media/{content_hash}",
    "GET /media/{content_hash}/waveform",
    "GET /recipe/{config_id}",
    "POST /do/runs/{run_id}/cancel",
    "POST /do/runs/{run_id}/retry",
    "POST /do/runs/{run_id}/delete",
    "POST /do/media/{content_hash}/name",
    "POST /do/media/{content_hash}/forget-name",
    "POST /do/media/{content_hash}/delete",
    "POST /do/recipes/{config_id}/delete",
}


def asked(house: House, who: str, route: str, things: Things) -> Any:
    given = FORM if route.startswith("POST") else {}
    headers = STREAM if route.endswith("/live") else HTML
    return without(house.ask(who, route, things, headers=headers, **given), things)


def hidden_routes(house: House) -> Iterator[str]:
    """The routes that are not in the description of the API."""
    for context in iter_route_contexts(house.server.app.routes):
        if not isinstance(context.route, Mount) and not context.include_in_schema:
            yield from (f"{method} {context.path}" for method in context.methods or () if method != "HEAD")


def test_every_page_is_in_the_matrix(house: House) -> None:
    assert set(hidden_routes(house)) == NOBODYS | OWN | OPERATORS | SOMEBODYS


@pytest.mark.parametrize("route", sorted(SOMEBODYS))
def test_a_page_of_what_is_anothers_is_that_of_what_does_not_exist(house: House, route: str) -> None:
    for who, other in (("bob", "quill"), ("quill", "bob")):
        refused = asked(house, who, route, house.things[other])
        assert refused == asked(house, who, route, NOTHING)
        assert refused[0] == 404


@pytest.mark.parametrize("route", sorted(SOMEBODYS | OWN | OPERATORS))
def test_who_is_not_signed_in_is_shown_the_way_in_whatever_they_ask_for(house: House, route: str) -> None:
    replies = [asked(house, "nobody", route, things) for things in (house.things["quill"], NOTHING)]
    assert replies[0] == replies[1]
    assert replies[0][0] == 401
    assert route.endswith("/live") or b"/auth/begin?l2=" in replies[0][1]


@pytest.mark.parametrize("who", ["nobody", "bob"])
def test_two_files_are_compared_by_who_may_read_both(house: House, who: str) -> None:
    theirs, none = house.things["quill"].content_hash, NOTHING.content_hash
    pages = [
        house.clients[who].get("/media/compare", params={"a": house.published, "b": wanted}, headers=HTML)
        for wanted in (theirs, none)
    ]
    assert pages[0].status_code == pages[1].status_code == {"nobody": 401, "bob": 404}[who]
    assert pages[0].text.replace(theirs, "X") == pages[1].text.replace(none, "X")


@pytest.mark.parametrize("route", sorted(OPERATORS))
def test_pages_of_the_operator_are_refused_to_users(house: House, route: str) -> None:
    assert asked(house, "quill", route, house.things["quill"])[0] == 403
    assert asked(house, "operator", route, house.things["quill"])[0] == 200


@pytest.mark.parametrize("path", ["/", "/runs", "/media", "/media?name=quill", "/recipes"])
def test_no_page_of_a_user_names_anything_of_another(house: House, path: str) -> None:
    page = house.clients["bob"].get(path, headers=HTML)
    assert page.status_code == 200
    assert not [secret for secret in house.things["quill"].secrets if secret in page.text.replace("name=quill", "")]
