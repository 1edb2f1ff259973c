"""The pages of recipes: one is written, corrected where it is wrong, run and deleted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.browser.browsing import Tab, becomes
from tests.browser.conftest import OpenTab
from tests.browser.test_ground import PHONE
from tests.server.serving.program import Serve

WRONG = EXAMPLE.replace("RESIZE", "RESISE").replace("min:", "mim:")

DROP = """
([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "text/plain" }));
  for (const type of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""


def kept(site: Serve, name: str, text: str = EXAMPLE) -> str:
    """The path of a recipe of that name."""
    with site.client() as client:
        reply = client.post("/configs/upload", content=text.replace("small-dog", name).encode())
        assert reply.status_code == 201, reply.text
        return f"/recipe/{reply.json()['id']}"


def large(name: str, count: int = 300) -> str:
    """A film of many parts."""
    ids = [f"part{number}" for number in range(count - 2)]
    parts = "".join(
        f"    - {{id: {id}, type: SEGMENT, config: {{offset: {number}, duration: 1}}, inputs: [film]}}\n"
        for number, id in enumerate(ids)
    )
    return (
        f"name: {name}\ndag:\n  nodes:\n    - {{id: film, type: SOURCE, config: {{input: true}}}}\n{parts}"
        f"    - {{id: joined, type: SEQUENCE, inputs: [{', '.join(ids)}]}}\n  output: joined\n"
    )


def text_of(page: Page) -> str:
    return page.locator("#text").input_value()


def send(page: Page) -> None:
    page.get_by_role("button", name="Check and keep it").click()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_recipe_with_a_typo_is_corrected_in_the_page_and_kept(new_tab: OpenTab, with_scripts: bool) -> None:
    tab = new_tab(java_script_enabled=with_scripts)
    page = tab.page
    tab.open("/recipes/new")
    page.locator("#text").fill(WRONG)
    send(page)
    expect(page.get_by_role("heading", name="2 things are wrong")).to_be_visible()
    fault = page.locator(".yaml-line.is-wrong", has_text="RESISE")
    expect(fault.locator("mark")).to_have_text("type")
    expect(fault.locator("+ .yaml-fault")).to_contain_text("did you mean 'RESIZE'?")
    assert text_of(page) == WRONG
    page.locator("#text").fill(EXAMPLE)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("small-dog")


def test_a_problem_leads_to_its_place_in_the_text(tab: Tab) -> None:
    page = tab.page
    tab.open("/recipes/new")
    page.locator("#text").fill(WRONG)
    send(page)
    page.get_by_role("link", name="Line 18, column 7").click()
    expect(page.locator("#text")).to_be_focused()
    chosen = "(text) => text.value.slice(text.selectionStart, text.selectionEnd)"
    assert page.locator("#text").evaluate(chosen) == "type: RESISE"
    assert page.locator(".editor-numbers .is-wrong").all_inner_texts() == ["8", "18"]
    tab.assert_accessible()


def test_a_file_is_uploaded_and_its_name_stays_while_it_is_corrected(tab: Tab) -> None:
    page = tab.page
    tab.open("/recipes/new")
    data = WRONG.replace("small-dog", "of-a-file").encode()
    page.get_by_label("A file").set_input_files({"name": "mine.yaml", "mimeType": "text/plain", "buffer": data})
    send(page)
    expect(page.get_by_role("heading", name="wrong in mine.yaml")).to_be_visible()
    page.locator("#text").fill(EXAMPLE.replace("small-dog", "of-a-file"))
    send(page)
    expect(page.locator(".facts")).to_contain_text("mine.yaml")


def test_a_file_that_is_dropped_is_chosen(tab: Tab) -> None:
    page = tab.page
    tab.open("/recipes/new")
    page.locator("#text").fill("name: what was written meanwhile")
    page.evaluate(DROP, ["dropped.yaml", EXAMPLE.replace("small-dog", "dropped")])
    expect(page.locator("#file")).to_be_focused()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped")
    expect(page.locator(".facts")).to_contain_text("dropped.yaml")


def test_tab_indents_until_escape_is_pressed(tab: Tab) -> None:
    page = tab.page
    tab.open("/recipes/new")
    page.locator("#text").focus()
    page.keyboard.type("dag:")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("nodes:")
    page.keyboard.press("Enter")
    page.keyboard.type("- id: one")
    assert text_of(page) == "dag:\n  nodes:\n  - id: one"
    assert page.locator(".editor-numbers").inner_text().split() == ["1", "2", "3"]
    page.keyboard.press("Shift+Tab")
    assert text_of(page).endswith("\n- id: one")
    page.keyboard.press("ControlOrMeta+z")
    assert text_of(page).endswith("\n  - id: one")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Tab")
    assert text_of(page) == "  dag:\n    nodes:\n    - id: one"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Check and keep it")).to_be_focused()


def test_without_scripts_tab_leaves_the_text(new_tab: OpenTab) -> None:
    tab = new_tab(java_script_enabled=False)
    tab.open("/recipes/new")
    tab.page.locator("#text").focus()
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("button", name="Check and keep it")).to_be_focused()


def test_a_newcomer_runs_the_example(tab: Tab) -> None:
    page = tab.page
    tab.open("/recipes/new?example=1")
    send(page)
    page.get_by_role("radio", name="cat", exact=True).check()
    page.get_by_label("Width", exact=True).fill("320")
    page.get_by_role("button", name="Render").click()
    page.wait_for_url("**/run/*")


def test_a_card_shows_what_came_of_its_recipe(tab: Tab, site: Serve) -> None:
    path = kept(site, "with-a-result")
    with site.client() as client:
        run = client.post(f"/configs/{path.removeprefix('/recipe/')}/run", json={"inputs": ["cat"]}).json()
        with client.stream("GET", f"/runs/{run['id']}/events") as told:
            told.read()
        assert client.get(f"/runs/{run['id']}").json()["status"] == "completed"
    tab.open("/recipes")
    card = tab.page.get_by_role("listitem").filter(has_text="with-a-result")
    expect(card).to_contain_text("completed")
    card.scroll_into_view_if_needed()
    becomes(card.locator("img"), "(image) => image.complete && image.naturalWidth > 200")
    tab.open(path)
    expect(tab.page.locator(".recipe-runs > li")).to_have_count(1)
    expect(tab.page.get_by_text("It cannot be deleted while runs need it")).to_be_visible()
    expect(tab.page.get_by_role("button", name="Delete this recipe")).to_have_count(0)


def test_a_recipe_is_deleted(tab: Tab, site: Serve) -> None:
    tab.open(kept(site, "to-be-deleted"))
    tab.page.get_by_role("button", name="Delete this recipe").click()
    tab.page.wait_for_url("**/recipes")
    expect(tab.page.get_by_text("to-be-deleted")).to_have_count(0)


def test_the_text_is_copied_without_its_numbers(new_tab: OpenTab, site: Serve) -> None:
    tab = new_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.open(kept(site, "to-be-copied"))
    tab.page.get_by_role("button", name="Copy").click()
    expect(tab.page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert tab.page.evaluate("navigator.clipboard.readText()") == EXAMPLE.replace("small-dog", "to-be-copied")


def test_nodes_of_the_graph_are_walked_and_lead_to_their_lines(tab: Tab, site: Serve) -> None:
    page = tab.page
    tab.open(kept(site, "with-lines"))
    page.get_by_role("link", name="seen, EFFECT dog, from small, the output").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="small, RESIZE, from picture")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".yaml-line:target")).to_contain_text("id: small")


def test_three_hundred_nodes_are_a_few_boxes_until_they_are_opened(tab: Tab, site: Serve) -> None:
    tab.open(kept(site, "", large("three-hundred")))
    nodes = tab.page.get_by_role("region", name="Graph").get_by_role("link")
    expect(nodes).to_have_count(3)
    tab.page.get_by_role("link", name="298 × SEGMENT").click()
    expect(nodes).to_have_count(300)
    tab.assert_fits()


def test_pages_of_recipes_are_for_everybody(new_tab: OpenTab, site: Serve) -> None:
    paths = ["/recipes", "/recipes/new", kept(site, "a-name-without-end-" * 10)]
    tab, phone = new_tab(), new_tab(**PHONE)
    for path in paths:
        tab.open(path)
        tab.assert_accessible()
        phone.open(path)
        phone.assert_fits()


def test_lists_of_recipes_go_on_as_they_are_read(tab: Tab, site: Serve) -> None:
    for number in range(30):
        kept(site, f"zz-many-{number:02}")
    tab.open("/recipes")
    tab.page.get_by_role("link", name="More recipes").scroll_into_view_if_needed()
    expect(tab.page.get_by_role("link", name="zz-many-29", exact=True)).to_be_attached()
    cards = tab.page.locator("#recipes > li")
    assert cards.count() == len(set(cards.locator("h2").all_inner_texts()))
