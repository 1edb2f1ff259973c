"""Who gets a page, and who JSON."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from artcelery.server.pages.accepting import prefers_page, takes_page

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (CHROMIUM, True),
        (FIREFOX, True),
        ("text/html", True),
        ("TEXT/HTML", True),
        ("text/*", True),
        ("text/html, application/json", True),
        ("application/json, text/html", True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("text/html;level=1;q=0.5, application/json;q=0.5", True),
        ("text/html, */*", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, text/plain, */*", False),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0.5, */*", False),
        ("text/html;q=0", False),
        ("text/html;q=0, */*", False),
        ("text/html;q=nonsense", False),
        ("text/*, text/html;q=0", False),
        ("image/avif,image/webp,*/*;q=0.8", False),
        ("text/event-stream", False),
        (";;,,q=1,/", False),
    ],
)
def test_a_page_is_for_who_wants_it_by_name_and_no_less_than_json(accept: str, is_page: bool) -> None:
    assert prefers_page(Headers({"accept": accept})) is is_page


def test_who_says_nothing_is_a_program() -> None:
    assert not prefers_page(Headers({}))
    assert not takes_page(Headers({}))


def test_several_headers_are_read_as_one() -> None:
    raw = [(b"accept", b"application/json;q=0.5"), (b"accept", b"text/html")]
    assert prefers_page(Headers(raw=raw))


def test_the_scripts_of_a_page_take_parts_of_pages_but_no_problem_as_a_page() -> None:
    asked = Headers({"accept": "*/*", "hx-request": "true"})
    assert takes_page(asked)
    assert not prefers_page(asked)
