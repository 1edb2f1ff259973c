"""What all pages have: they are whole with and without scripts, load nothing from elsewhere, and all can use them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Tab
from tests.browser.conftest import OpenTab

PAGES = ["/", "/workers", "/logout", "/nothing-here"]
_BROKEN_PICTURE = """
new Promise((failed) => {
  document.querySelector("main").insertAdjacentHTML("beforeend", `<img id="broken" src="x" onerror="window.ran = 1">`);
  document.getElementById("broken").addEventListener("error", () => failed());
})
"""
_OVER_ITS_BOX = """
[...document.querySelectorAll("main :is(button, input, select, textarea, .button)")]
  .filter((item) => item.checkVisibility() && !item.closest(".picks, .scrolls"))
  .filter((item) => item.getBoundingClientRect().right > item.parentElement.getBoundingClientRect().right + 1)
  .map((item) => item.outerHTML)
"""
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_by_day_and_by_night(tab: Tab, path: str) -> None:
    tab.open(path)
    expect(tab.page.locator("h1")).to_be_visible()
    tab.assert_accessible()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_the_same_without_scripts(new_tab: OpenTab, path: str) -> None:
    plain = new_tab(java_script_enabled=False)
    plain.open(path)
    assert plain.page.locator("h1").inner_text()
    assert len(plain.page.locator("main").inner_text()) > 30
    assert plain.page.get_by_role("navigation").get_by_role("link").count() == 5


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(new_tab: OpenTab, path: str) -> None:
    phone = new_tab(**PHONE)
    phone.open(path)
    phone.assert_fits()
    phone.assert_accessible()


@pytest.mark.parametrize(
    "path", [*PAGES, "/runs", "/media", "/recipes", "/effects", "/effect/halftone", "/recipes/new"]
)
def test_nothing_is_wider_than_a_window_that_shows_it_four_times_as_large(new_tab: OpenTab, path: str) -> None:
    tab = new_tab(viewport={"width": 1280 // 4, "height": 1024 // 4})
    tab.open(path)
    tab.assert_fits()
    over = tab.page.evaluate(_OVER_ITS_BOX)
    assert over == [], over


def test_where_readers_choose_the_colours_what_is_chosen_is_still_seen(tab: Tab) -> None:
    tab.page.emulate_media(forced_colors="active")
    tab.open("/runs")
    lines = tab.page.locator(".ways a").evaluate_all("(all) => all.map((a) => getComputedStyle(a).borderBottomColor)")
    assert len(set(lines)) == 2, lines
    assert lines.count(lines[0]) == 1, "the place where one is has a line of its own"
    tab.open("/")
    chosen = tab.page.locator(".pick:has(:checked)").first
    expect(chosen).to_have_css("outline-style", "solid")
    tab.assert_accessible()


def test_on_paper_a_page_says_what_it_says_without_what_can_be_done(tab: Tab) -> None:
    tab.page.emulate_media(media="print")
    tab.open("/effect/halftone")
    expect(tab.page.get_by_role("heading", name="halftone")).to_be_visible()
    expect(tab.page.get_by_role("navigation")).to_be_hidden()
    expect(tab.page.get_by_role("button")).to_have_count(0)


def test_what_is_not_there_is_a_page_with_the_status_of_the_problem(tab: Tab) -> None:
    reply = tab.open("/nothing-here")
    assert reply.status == 404
    assert "/nothing-here" in tab.page.locator("main").inner_text()
    tab.page.get_by_role("link", name="To the first page").click()
    expect(tab.page).to_have_url(f"{tab.url}/")


def test_the_first_key_leads_past_the_navigation(tab: Tab) -> None:
    tab.open("/workers")
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("link", name="Skip to what this page shows")).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("main")).to_be_focused()


def test_a_script_in_an_address_stays_text(tab: Tab) -> None:
    tab.open("/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert(1)</script>" in tab.page.locator("main").inner_text()
    assert tab.page.locator("main script").count() == 0


def test_the_policy_lets_nothing_run_that_stands_in_a_page(tab: Tab) -> None:
    tab.open("/")
    tab.page.evaluate(_BROKEN_PICTURE)
    assert tab.page.evaluate("window.ran") is None
    said = [trouble for trouble in tab.troubles if "policy: script-src-attr" in trouble]
    assert said
    tab.troubles.clear()
