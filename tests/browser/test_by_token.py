"""A server with a token and no L2, in a browser: it asks once, and leads on to what was wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Tab
from tests.browser.conftest import OpenTab
from tests.server.serving.program import Serve, serving

TOKEN = "the-operators-own-token"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def site(site_folder: Path) -> Iterator[Serve]:
    """A server that others could reach, in the place of one that knows nobody."""
    with serving(site_folder, ARTCELERY_API_TOKEN=TOKEN) as served:
        yield served


def say(tab: Tab, token: str) -> None:
    tab.page.get_by_label("The operator’s token").fill(token)
    tab.page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("given", [{}, {"java_script_enabled": False}], ids=["with-scripts", "without"])
def test_the_operator_says_their_token_and_sees_what_they_wanted(new_tab: OpenTab, given: dict[str, bool]) -> None:
    tab = new_tab(**given)
    assert tab.open("/runs?status=failed").status == 401
    tab.page.get_by_role("link", name="Sign in with the operator’s token").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    say(tab, TOKEN)
    expect(tab.page).to_have_url(f"{tab.url}/runs?status=failed")
    expect(tab.page.get_by_text("Operator", exact=True)).to_be_visible()
    tab.page.get_by_role("link", name="Workers").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Workers")
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.get_by_role("link", name="Sign in with the operator’s token")).to_be_visible()
    assert tab.page.context.cookies() == []
    assert tab.open("/workers").status == 401


def test_a_wrong_token_is_said_at_its_field_which_is_empty_then(new_tab: OpenTab) -> None:
    tab = new_tab()
    tab.open("/")
    tab.page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    say(tab, "a guess")
    field = tab.page.get_by_label("The operator’s token")
    expect(field).to_have_accessible_description(re.compile("That is not the token of this server"))
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(field).to_have_attribute("type", "password")
    assert "a guess" not in tab.page.content()
    tab.assert_accessible()
    say(tab, TOKEN)
    expect(tab.page).to_have_url(f"{tab.url}/")


def test_the_ways_in_can_be_read_by_day_by_night_and_on_a_phone(new_tab: OpenTab) -> None:
    for given in ({}, PHONE):
        tab = new_tab(**given)
        for path in ("/", "/sign-in", "/workers"):
            tab.open(path)
            expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
            tab.assert_fits()
            tab.assert_accessible()


def test_the_token_is_in_no_address_and_no_page(new_tab: OpenTab) -> None:
    tab = new_tab()
    seen: list[str] = []
    tab.page.on("request", lambda request: seen.append(request.url))
    tab.open("/sign-in?to=/media")
    say(tab, TOKEN)
    expect(tab.page).to_have_url(f"{tab.url}/media")
    assert not [url for url in seen if TOKEN in url]
    assert TOKEN not in tab.page.content()
    assert tab.page.evaluate("document.cookie") == ""
