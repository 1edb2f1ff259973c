"""The first page in a browser: a file is dropped, an effect chosen, and the result is there."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Tab
from tests.browser.conftest import OpenTab
from tests.media_files import make_film, make_still, picture_array
from tests.server.serving.program import Serve

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DROP = """
([files, aim]) => {
  const carried = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type: "image/png" }));
  }
  const place = document.querySelector(aim);
  for (const type of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""
PASTE = """
([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: "image/png" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}
"""
BOTH = """\
name: both
dag:
  nodes:
    - {id: below, type: SOURCE, config: {input: true}}
    - {id: above, type: SOURCE, config: {input: true}}
    - {id: both, type: BLEND, inputs: [below, above]}
  output: both
"""
AT_A_RUN = re.compile("/run/[0-9a-z]{26}$")


@pytest.fixture
def photo(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A picture that only this test has."""
    seed = sum(map(ord, request.node.name)) % 200
    return make_still(tmp_path / "my photo.png", picture_array(60 + seed, 40))


def in_text(file: Path) -> list[str]:
    """The name of a file, and its bytes as a script can be given them."""
    return [file.name, base64.b64encode(file.read_bytes()).decode()]


def drop(page: Page, *files: Path, aim: str = ".take-box") -> None:
    page.evaluate(DROP, [[in_text(file) for file in files], aim])


def chosen(page: Page, name: str) -> Any:
    return page.locator(".pick:has(:checked) .pick-words", has_text=re.compile(f"^{re.escape(name)}$"))


def pick(page: Page, name: str) -> None:
    page.locator(".order-choice .pick").filter(has=page.get_by_text(name, exact=True)).click()


def render(page: Page) -> None:
    page.get_by_role("button", name="Render").click()
    expect(page).to_have_url(AT_A_RUN)


def expect_result(page: Page, recipe: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(recipe)
    expect(page.get_by_text("completed").first).to_be_visible()


def test_a_newcomer_drops_a_photo_picks_dog_and_sees_the_result(tab: Tab, photo: Path) -> None:
    tab.open("/")
    drop(tab.page, photo)
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    pick(tab.page, "dog")
    render(tab.page)
    expect_result(tab.page, "dog")
    expect(tab.page.locator("main img").first).to_be_visible()


def test_the_same_by_keyboard_alone(tab: Tab) -> None:
    tab.open("/")
    keys = tab.page.keyboard
    tab.page.locator(".take-box input").focus()
    keys.press("Tab")
    keys.press("Space")  # the first of the files that are here: the cat
    expect(chosen(tab.page, "cat")).to_be_visible()
    tab.page.locator(".order-choice :checked").focus()
    with tab.page.expect_response("**/order?*"):
        keys.press("ArrowRight")
    expect(chosen(tab.page, "duotone")).to_be_visible()
    expect(tab.page.get_by_label("Dark", exact=True)).to_be_visible()
    expect(tab.page.locator(".order-choice :checked")).to_be_focused()
    tab.page.get_by_label("Dark", exact=True).focus()
    keys.press("Enter")  # as in every form
    expect(tab.page).to_have_url(AT_A_RUN)
    expect_result(tab.page, "duotone")


def test_the_same_without_scripts(new_tab: OpenTab, photo: Path) -> None:
    page = new_tab(java_script_enabled=False).page
    page.goto(new_tab().url + "/")
    pick(page, "sepia")
    page.get_by_role("button", name="Show its settings").click()
    expect(page.get_by_label("Amount", exact=True)).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    page.get_by_label("Send a file").set_input_files(photo)
    page.get_by_label("Amount", exact=True).fill("0.5")
    render(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("sepia")


def test_a_file_may_be_chosen_or_pasted(tab: Tab, photo: Path, tmp_path: Path) -> None:
    tab.open("/")
    tab.page.get_by_label("Send a file").set_input_files(photo)
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    expect(tab.page.get_by_label("Send a file")).to_have_value("")
    other = make_still(tmp_path / "pasted.png", picture_array(31, 33))
    tab.page.evaluate(PASTE, in_text(other))
    expect(chosen(tab.page, "pasted.png")).to_be_visible()


def test_a_file_may_be_dropped_anywhere_on_the_page(tab: Tab, photo: Path) -> None:
    tab.open("/")
    drop(tab.page, photo, aim="h1")
    expect(chosen(tab.page, "my photo.png")).to_be_visible()


def test_what_is_no_media_is_refused_at_its_place(tab: Tab, tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no picture")
    tab.open("/")
    drop(tab.page, tmp_path / "words.png")
    expect(tab.page.locator(".take-said.error")).to_contain_text("words.png")
    assert [trouble[:4] for trouble in tab.troubles] == ["422:"]
    tab.troubles.clear()


def test_a_file_that_is_on_its_way_is_waited_for(tab: Tab, photo: Path) -> None:
    tab.open("/")
    held: list[Any] = []
    tab.page.route("**/cache/upload?*", lambda route: held.append(route))
    drop(tab.page, photo)
    expect(tab.page.locator(".take-said")).to_contain_text("Sending my photo.png")
    tab.page.get_by_role("button", name="Render").click()
    expect(tab.page.locator("[data-send]")).to_have_attribute("aria-disabled", "true")
    held[0].continue_()
    expect(tab.page).to_have_url(AT_A_RUN)
    expect_result(tab.page, "dog")
    expect(tab.page.locator("main")).to_contain_text("my photo.png")


def test_the_file_stays_chosen_when_the_effect_changes(tab: Tab, photo: Path) -> None:
    tab.open("/")
    drop(tab.page, photo)
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    pick(tab.page, "pixelate")
    expect(tab.page.get_by_label("Size", exact=True)).to_be_visible()
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    expect(tab.page.locator("#order-look")).to_contain_text("The cat with pixelate")


def test_a_slider_and_its_number_are_one(tab: Tab) -> None:
    tab.open("/")
    number, slider = tab.page.get_by_label("Acuity", exact=True), tab.page.get_by_label("Acuity, by sliding")
    number.fill("0.25")
    expect(slider).to_have_value("0.25")
    slider.focus()
    tab.page.keyboard.press("Home")
    expect(number).to_have_value("0")


def test_a_colour_and_its_palette_are_one(tab: Tab) -> None:
    tab.open("/order?recipe=duotone")
    written, palette = tab.page.get_by_label("Dark", exact=True), tab.page.get_by_label("Dark, from a palette")
    written.fill("#102030")
    expect(palette).to_have_value("#102030")
    palette.fill("#a0b0c0")
    expect(written).to_have_value("#a0b0c0")


def test_the_look_follows_the_parameters_as_they_are_set(tab: Tab) -> None:
    tab.open("/")
    tab.page.get_by_label("Acuity, by sliding").fill("0.4")
    expect(tab.page.locator("#order-look img")).to_have_attribute("src", re.compile("param.acuity=0.4"))


def test_a_wrong_parameter_is_shown_at_its_field_and_nothing_is_lost(tab: Tab, photo: Path) -> None:
    tab.open("/order?recipe=duotone")
    drop(tab.page, photo)
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    tab.page.get_by_label("Dark", exact=True).fill("no colour")
    tab.page.get_by_role("button", name="Render").click()
    wrong = tab.page.get_by_label("Dark", exact=True)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_value("no colour")
    expect(wrong).to_have_accessible_description(re.compile("must be a colour", re.IGNORECASE))
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    tab.page.get_by_role("alert").get_by_role("link", name="Dark").click()
    expect(wrong).to_be_focused()
    tab.assert_accessible()
    tab.troubles = [trouble for trouble in tab.troubles if not trouble.startswith("400: ")]  # its look was asked for
    wrong.fill("#203040")
    render(tab.page)


def test_two_clicks_are_one_run(tab: Tab, site: Serve, photo: Path) -> None:
    tab.open("/order?recipe=hue")
    drop(tab.page, photo)
    expect(chosen(tab.page, "my photo.png")).to_be_visible()
    tab.page.get_by_role("button", name="Render").dblclick()
    expect(tab.page).to_have_url(AT_A_RUN)
    with site.client() as client:
        assert len(client.get("/runs", params={"recipe": "hue"}).json()["runs"]) == 1


def test_the_last_runs_come_as_pictures_while_the_page_is_open(tab: Tab, site: Serve, tmp_path: Path) -> None:
    tab.open("/")
    film = make_film(tmp_path / "film.mp4", seconds=0.4)
    with site.client() as client:
        uploaded = client.post("/cache/upload", params={"name": "film.mp4"}, content=film.read_bytes()).json()
        run = client.post("/runs", json={"recipe": "zoom", "inputs": [uploaded["content_hash"]]}).json()
    tile = tab.page.locator(f"#run-{run['id']}")
    expect(tile).to_contain_text("completed")
    expect(tile.locator("img")).to_be_visible()
    assert tab.page.locator("#runs > li").first.get_attribute("id") == f"run-{run['id']}"


def test_workers_are_seen_at_a_glance(tab: Tab) -> None:
    tab.open("/")
    expect(tab.page.locator("#glance")).to_contain_text("1 worker")


def test_all_can_order_by_day_by_night_and_on_a_phone(new_tab: OpenTab) -> None:
    for given in ({}, PHONE):
        tab = new_tab(**given)
        tab.open("/order?recipe=duotone")
        expect(tab.page.get_by_role("button", name="Render")).to_be_visible()
        tab.assert_fits()
        tab.assert_accessible()


def test_each_of_several_files_goes_where_one_is_asked_for(tab: Tab, site: Serve, tmp_path: Path) -> None:
    with site.client() as client:
        recipe = client.post("/configs/upload", content=BOTH.encode()).json()["id"]
    tab.open(f"/order?recipe={recipe}")
    files = [
        make_still(tmp_path / f"{name}.png", picture_array(width, 30)) for name, width in (("one", 40), ("two", 42))
    ]
    drop(tab.page, *files)
    for label, name in (("Below", "one.png"), ("Above", "two.png")):
        expect(tab.page.get_by_role("group", name=label).locator(".pick:has(:checked)")).to_contain_text(name)
    render(tab.page)
    expect_result(tab.page, "both")


def test_an_effect_is_found_by_its_name(tab: Tab) -> None:
    tab.open("/")
    find = tab.page.get_by_label("Find an effect")
    find.fill("kal")
    expect(tab.page.locator(".order-choice .pick:visible")).to_have_count(1)
    find.press("Enter")
    expect(chosen(tab.page, "kaleidoscope")).to_be_visible()
    expect(tab.page.locator("#order-look")).to_contain_text("The cat with kaleidoscope")
    find.fill("no such thing")
    expect(tab.page.get_by_text("None is called so.")).to_be_visible()
    expect(tab.page).to_have_url(f"{tab.url}/")
