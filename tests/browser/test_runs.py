"""The list of runs in a browser: by filters, endless, and live also when its server goes and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsing import Tab
from tests.browser.conftest import OpenTab
from tests.browser.held import Gate, write_effects
from tests.browser.ordering import Orders
from tests.media_files import make_film
from tests.server.serving.program import Serve, serving
from tests.services import free_port

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
MANY = 120


@pytest.fixture(scope="module")
def site(site_folder: Path) -> Iterator[Serve]:
    with serving(site_folder, ARTCELERY_EFFECTS_PATH=str(write_effects(site_folder / "effects"))) as served:
        yield served


@pytest.fixture(scope="module")
def film(orders: Orders, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = make_film(tmp_path_factory.mktemp("film") / "film.mp4", size=(64, 48), seconds=5)
    return orders.upload("harbour.mp4", path.read_bytes())


@pytest.fixture(scope="module")
def past(orders: Orders) -> list[str]:
    """Many runs that are over, oldest first."""
    first = orders.ended(orders.begin("dog", "cat"))
    return [first, *(orders.begin("dog", "cat") for _ in range(MANY))]


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.open()


def rows(page: Page) -> Locator:
    return page.locator("#runs > .run")


def row(page: Page, run_id: str) -> Locator:
    return page.locator(f"#run-{run_id}")


def opened_live(tab: Tab, path: str) -> None:
    """Open a list, and wait until it is told what changes."""
    tab.open(path)
    expect(tab.page.locator("html")).to_have_attribute("data-live", "on")


def test_runs_come_and_change_live(tab: Tab, orders: Orders, film: str, gate: Gate) -> None:
    opened_live(tab, "/runs")
    run_id = orders.begin("held", film, params={"gate": str(gate)})
    expect(rows(tab.page).first).to_have_id(f"run-{run_id}")
    expect(row(tab.page, run_id).locator(".status")).to_have_text("running")
    gate.open(110)
    expect(row(tab.page, run_id).locator("progress")).to_be_visible()
    tab.page.reload()
    expect(row(tab.page, run_id).locator("progress")).to_be_visible()
    gate.open()
    expect(row(tab.page, run_id).locator(".status")).to_have_text("completed")
    expect(row(tab.page, run_id).locator("img")).to_be_visible()
    assert orders.client.delete(f"/runs/{run_id}").status_code == 200
    expect(row(tab.page, run_id)).to_have_count(0)


def test_filters_stand_in_the_address_and_hold_for_what_comes(
    tab: Tab, orders: Orders, past: list[str], gate: Gate
) -> None:
    tab.open("/runs")
    tab.page.get_by_label("Status").select_option("failed")
    tab.page.get_by_label("Recipe").fill("fails")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.page).to_have_url(f"{tab.url}/runs?status=failed&recipe=fails&user=&since=")
    expect(tab.page.get_by_role("heading", name="No such runs")).to_be_visible()
    expect(tab.page.locator("html")).to_have_attribute("data-live", "on")
    other = orders.ended(orders.begin("sepia", "cat"))
    failed = orders.ended(orders.begin("fails", "cat", params={"gate": str(gate)}))
    expect(row(tab.page, failed).locator(".status")).to_have_text("failed")
    expect(row(tab.page, failed)).to_contain_text("no</b> frame passes")
    expect(row(tab.page, other)).to_have_count(0)
    tab.assert_accessible()


def test_older_runs_come_by_scrolling(tab: Tab, past: list[str]) -> None:
    opened_live(tab, "/runs?recipe=dog")
    expect(rows(tab.page)).to_have_count(50)
    while tab.page.locator(".run-more").count():
        shown = rows(tab.page).count()
        tab.page.locator(".run-more").scroll_into_view_if_needed()
        expect(rows(tab.page)).not_to_have_count(shown)
    ids = rows(tab.page).evaluate_all("(rows) => rows.map((row) => row.id)")
    assert len(ids) == len(set(ids)) == MANY + 1
    assert ids[-1] == f"run-{past[0]}"


def test_older_runs_are_a_link_without_scripts(new_tab: OpenTab, past: list[str]) -> None:
    tab = new_tab(java_script_enabled=False)
    tab.open("/runs?recipe=dog")
    seen: list[str] = []
    while True:
        seen += rows(tab.page).evaluate_all("(rows) => rows.map((row) => row.id)")
        older = tab.page.get_by_role("link", name="Older runs")
        if not older.count():
            break
        older.click()
    assert len(seen) == len(set(seen)) == MANY + 1


def test_runs_are_walked_by_keyboard(tab: Tab, past: list[str]) -> None:
    tab.open("/runs?recipe=dog")
    for key in "jjk":
        tab.page.keyboard.press(key)
    first = rows(tab.page).first
    expect(first.locator(".run-name")).to_be_focused()
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("Enter")
    expect(tab.page).to_have_url(f"{tab.url}/run/{past[-2]}")


def test_wrong_filters_are_said(tab: Tab) -> None:
    assert tab.open("/runs?status=lost").status == 400
    expect(tab.page.locator("main")).to_contain_text("'lost' is no status of a run")
    assert tab.open("/runs?since=yesterday").status == 400
    expect(tab.page.locator("main")).to_contain_text("write it as 2026-11-25")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_list_fits_a_phone(new_tab: OpenTab, past: list[str], javascript: bool) -> None:
    phone = new_tab(java_script_enabled=javascript, **PHONE)
    phone.open("/runs")
    expect(rows(phone.page).first).to_be_visible()
    phone.assert_fits()


def test_the_list_is_accessible(tab: Tab, past: list[str]) -> None:
    tab.open("/runs")
    tab.assert_accessible()


def test_a_list_goes_on_when_its_server_comes_back(new_tab: OpenTab, tmp_path: Path) -> None:
    words = ("--port", str(free_port()), "--no-worker")
    with serving(tmp_path, *words) as before, before.client() as client:
        runs = [Orders(client).begin("identity", "cat")]
        tab = new_tab(url=before.url)
        opened_live(tab, "/runs")
        assert before.stop() == 0
    with serving(tmp_path, *words) as after, after.client() as client:
        for _ in range(2):
            runs.append(Orders(client).begin("identity", "cat"))
            expect(row(tab.page, runs[-1]).locator(".status")).to_have_text("completed")
        ids = rows(tab.page).evaluate_all("(rows) => rows.map((row) => row.id)")
        assert ids == [f"run-{run_id}" for run_id in reversed(runs)]
        tab.page.close()
    tab.troubles[:] = [trouble for trouble in tab.troubles if not trouble.startswith("net::ERR_")]
