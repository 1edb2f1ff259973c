"""The pages by keyboard alone: what can be reached, in which order, where the focus is, and that it is not lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.browser.browsing import Tab
from tests.browser.held import Gate, write_effects
from tests.browser.ordering import Orders
from tests.media_files import make_film
from tests.server.serving.program import Serve, serving

LISTS = ["/", "/runs", "/media", "/recipes", "/effects"]
_MOST_STOPS = 150

# What has the focus: whether it comes behind what had it before, can be seen, and shows that it has it.
STOP = """
() => {
  const now = document.activeElement, before = window.lastStop;
  if (now === null || now === document.body || now.matches(".skip") && before) return null;
  window.lastStop = now;
  const isPart = now === before; // of a field, as the day in a date: the browser itself marks it
  const isGone = !before?.isConnected; // it was made anew meanwhile: what is looked at again and again
  const isBehind = isGone || Boolean(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING);
  const box = now.getBoundingClientRect();
  const isWithin = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const drawn = [now, now.closest("label, .tile, .editor, .run"), ...now.querySelectorAll(".card-shape")];
  const isMarked = drawn.filter(Boolean).some((item) => {
    const style = getComputedStyle(item);
    return style.outlineStyle !== "none" && style.outlineWidth !== "0px" || style.strokeWidth === "3px";
  });
  const words = (now.ariaLabel || now.textContent || now.name || now.id).trim().slice(0, 40);
  return { words: `${now.localName} ${words}`, isBehind: isPart || isBehind, isWithin, isMarked: isPart || isMarked };
}
"""


@pytest.fixture(scope="module")
def site(site_folder: Path) -> Iterator[Serve]:
    with serving(site_folder, ARTCELERY_EFFECTS_PATH=str(write_effects(site_folder / "effects"))) as served:
        yield served


@pytest.fixture(scope="module")
def paths(orders: Orders) -> dict[str, str]:
    """Where the pages of one thing are."""
    run = orders.ended(orders.begin("dog", "cat"))
    recipe = orders.client.post("/configs/upload", content=EXAMPLE.encode()).json()["id"]
    file = orders.client.get(f"/runs/{run}").json()["output_hash"]
    return {"run": f"/run/{run}", "recipe": f"/recipe/{recipe}", "file": f"/media/{file}", "effect": "/effect/dog"}


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until that has the focus."""
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("(item) => item === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_the_main_job_is_done_by_keys_alone(tab: Tab) -> None:
    page, press = tab.page, tab.page.keyboard.press
    tab.open("/")
    press("Tab")
    expect(page.get_by_role("link", name="Skip to what this page shows")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(page.get_by_label("Send a file")).to_be_focused()
    press("Tab")
    press("Space")
    expect(page.get_by_role("radio", name="cat", exact=True)).to_be_checked()
    tab_to(page, page.get_by_role("radio", name="dog", exact=True))
    tab_to(page, page.get_by_role("button", name="Render"))
    press("Enter")
    page.wait_for_url(re.compile("/run/[0-9a-z]{26}$"))
    watched = page.url
    expect(page.locator(".status", has_text="completed").first).to_be_visible()
    press("Escape")
    page.wait_for_url("**/runs")
    press("j")
    expect(page.locator("#runs > li").first.locator(".run-name")).to_be_focused()
    press("Enter")
    page.wait_for_url(watched)
    press("Escape")
    page.wait_for_url("**/runs")
    press("j")
    press("Escape")
    expect(page.locator("body")).to_be_focused()


@pytest.mark.parametrize(
    "path",
    ["/", "/runs", "/media", "/recipes", "/recipes/new", "/effects", "/workers", "run", "recipe", "file", "effect"],
)
def test_focus_goes_through_a_page_in_its_order_and_is_seen(tab: Tab, paths: dict[str, str], path: str) -> None:
    page = tab.page
    tab.open(paths.get(path, path))
    stops = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Escape" if page.evaluate("document.activeElement?.matches('textarea')") else "Shift")
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    else:
        raise AssertionError(f"the focus does not leave the page: {stops[-3:]}")
    assert stops[0]["words"].startswith("a Skip to")
    assert len(stops) > 6
    for claim in ("isBehind", "isWithin", "isMarked"):
        assert not [stop["words"] for stop in stops if not stop[claim]], claim


@pytest.mark.parametrize(("path", "items"), [("/recipes", "#recipes > li"), ("/media", '[data-keys="list"] > *')])
def test_lists_are_walked_and_left(tab: Tab, paths: dict[str, str], path: str, items: str) -> None:
    page = tab.page
    tab.open(path)
    page.keyboard.press("j")
    first = page.locator(items).first
    assert first.evaluate("(item) => item.contains(document.activeElement)")
    assert page.evaluate("document.activeElement.closest('[aria-hidden=true]') === null")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(recipe|media)/[0-9a-f]{64}"))
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{path}")


def test_focus_stays_on_a_run_while_it_changes(tab: Tab, orders: Orders, tmp_path: Path) -> None:
    film = orders.upload("film.mp4", make_film(tmp_path / "film.mp4", seconds=4).read_bytes())
    gate = Gate(tmp_path / "gate")
    run = orders.begin("held", film, params={"gate": str(gate)})
    tab.open("/runs")
    row = tab.page.locator(f"#run-{run}")
    expect(row.locator(".status")).to_have_text("running")
    tab.page.keyboard.press("j")
    expect(row.locator(".run-name")).to_be_focused()
    gate.open()
    expect(row.locator(".status")).to_have_text("completed")
    expect(row.locator(".run-name")).to_be_focused()


def test_focus_stays_on_a_work_while_workers_are_looked_at_again(tab: Tab, orders: Orders, tmp_path: Path) -> None:
    film = orders.upload("film.mp4", make_film(tmp_path / "film.mp4", seconds=4).read_bytes())
    gate = Gate(tmp_path / "gate")
    run = orders.begin("held", film, params={"gate": str(gate)})
    tab.open("/workers")
    work = tab.page.locator(f"#workers a[href='/run/{run}']").first
    expect(work).to_be_visible()
    work.focus()
    for _ in range(2):
        with tab.page.expect_response("**/workers"):
            pass
    expect(work).to_be_focused()
    gate.open()
    orders.ended(run)
