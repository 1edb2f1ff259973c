"""The pages of effects in a browser: all of them, and one to play with."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Tab, becomes
from tests.browser.conftest import OpenTab

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
IS_THERE = "image => image.complete && image.naturalWidth > 1"


def test_each_effect_is_seen_on_the_cat(tab: Tab) -> None:
    tab.open("/effects")
    tiles = tab.page.locator(".looks > li")
    assert tiles.count() > 20
    for tile in (tiles.first, tiles.last):
        tile.scroll_into_view_if_needed()
        becomes(tile.locator("img"), IS_THERE)


def test_an_effect_is_opened_and_left_by_keyboard(tab: Tab) -> None:
    tab.open("/effects")
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("j")
    expect(tab.page.get_by_role("link", name="chromatic")).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.page).to_have_url(re.compile("/effect/chromatic$"))
    tab.page.keyboard.press("Escape")
    expect(tab.page).to_have_url(re.compile("/effects$"))


def test_the_look_follows_and_the_last_one_wins(tab: Tab) -> None:
    tab.open("/effect/pixelate")
    look = tab.page.locator("[data-look] img")
    field = tab.page.get_by_label("Size", exact=True)
    for size in ("5", "17", "23"):
        field.fill(size)
    expect(look).to_have_attribute("src", re.compile(r"param\.size=23$"))
    becomes(look, IS_THERE)
    tab.page.get_by_role("button", name="As it was").click()
    expect(look).to_have_attribute("src", re.compile(r"param\.size=(?!23)"))


def test_a_value_out_of_range_is_said_and_the_look_stays(tab: Tab) -> None:
    tab.open("/effect/dog?param.acuity=0.5")
    tab.page.get_by_label("Acuity", exact=True).fill("7")
    expect(tab.page.locator(".look-said")).to_contain_text("Acuity")
    expect(tab.page.locator("[data-look] img")).to_have_attribute("src", re.compile("acuity=0.5"))
    tab.page.get_by_label("Acuity", exact=True).fill("0.75")
    expect(tab.page.locator(".look-said")).to_be_empty()
    expect(tab.page.locator("[data-look] img")).to_have_attribute("src", re.compile("acuity=0.75"))


def test_what_was_played_with_is_used(tab: Tab) -> None:
    tab.open("/effect/dog")
    tab.page.get_by_label("Acuity", exact=True).fill("0.125")
    tab.page.get_by_role("button", name="Use it").click()
    expect(tab.page).to_have_url(re.compile(r"/order\?"))
    expect(tab.page.locator(".order-choice .pick:has(:checked)")).to_contain_text("dog")
    expect(tab.page.get_by_label("Acuity", exact=True)).to_have_value("0.125")


def test_without_scripts_a_button_shows_the_look(new_tab: OpenTab) -> None:
    tab = new_tab(java_script_enabled=False)
    tab.open("/effect/dog")
    tab.page.get_by_label("Acuity", exact=True).fill("0.5")
    tab.page.get_by_role("button", name="Look").click()
    expect(tab.page.locator("[data-look] img")).to_have_attribute("src", re.compile("acuity=0.5"))
    expect(tab.page.get_by_label("Acuity", exact=True)).to_have_value("0.5")


@pytest.mark.parametrize("path", ["/effects", "/effect/duotone"])
def test_all_can_use_them_by_day_by_night_and_on_a_phone(new_tab: OpenTab, path: str) -> None:
    for given in ({}, PHONE):
        tab = new_tab(**given)
        tab.open(path)
        expect(tab.page.locator("h1")).to_be_visible()
        tab.assert_fits()
        tab.assert_accessible()
