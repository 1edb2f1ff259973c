"""The page of workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from artcelery import Settings, open_engine
from tests.browser.browsing import Tab, open_tab
from tests.browser.held import Gate, write_effects
from tests.browser.ordering import Orders
from tests.media_files import make_film
from tests.server.serving.program import Serve, environment_of, serving
from tests.worker.farm import Worker


@pytest.fixture(scope="module")
def site(site_folder: Path) -> Iterator[Serve]:
    with serving(site_folder, ARTCELERY_EFFECTS_PATH=str(write_effects(site_folder / "effects"))) as served:
        yield served


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.open()


@contextmanager
def working(folder: Path, *words: str, **given: str) -> Iterator[None]:
    """A worker beside the server of that folder."""
    worker = Worker(environment_of(folder, **given), folder / "worker.log", *words)
    try:
        yield
    finally:
        worker.stop()


def held_run(orders: Orders, gate: Gate) -> str:
    """A run that goes no further than its gate is open; its id."""
    film = orders.upload("film.mp4", make_film(gate.path.with_name("film.mp4"), size=(64, 48), seconds=1).read_bytes())
    return orders.begin("held", film, params={"gate": str(gate)})


def test_the_worker_of_the_server_is_shown_as_it_comes(tab: Tab) -> None:
    tab.open("/workers")
    machine = tab.page.locator(".machines > li")
    expect(machine).to_have_count(1)
    expect(machine).to_contain_text("idle")
    expect(machine).to_contain_text("effects, probe, render")
    tab.assert_accessible()


def test_what_a_worker_can_do_stays_open_while_the_page_follows(tab: Tab) -> None:
    tab.open("/workers")
    more = tab.page.locator(".able")
    more.locator("summary").click()
    with tab.page.expect_response(lambda reply: reply.request.headers.get("hx-request") == "true"):
        pass
    expect(more).to_have_attribute("open", "")
    expect(more).to_contain_text("SEGMENT")
    expect(more).to_contain_text("libx264")
    tab.assert_accessible()


def test_what_is_rendered_is_shown_until_it_is_done(tab: Tab, orders: Orders, gate: Gate) -> None:
    gate.open(10)
    run_id = held_run(orders, gate)
    tab.open("/workers")
    machine = tab.page.locator(".machines > li")
    expect(machine).to_contain_text("running")
    work = machine.locator(f'a[href="/run/{run_id}"]')
    expect(work).to_be_visible()
    expect(work).to_contain_text("held")
    expect(machine.get_by_role("progressbar")).to_be_visible()
    expect(farm(tab)).to_contain_text("1 running")
    tab.assert_accessible()
    gate.open()
    expect(machine).to_contain_text("idle")


def test_what_waits_is_counted_by_queue(tab: Tab, orders: Orders, site: Serve, gate: Gate) -> None:
    tab.open("/workers")
    expect(tab.page.locator(".machines > li")).to_have_count(1)
    worker = site.worker()
    os.kill(worker, signal.SIGSTOP)
    try:
        held_run(orders, gate)
        row = tab.page.get_by_role("row").filter(has_text="effects")
        expect(row).to_be_visible()
        expect(row.get_by_role("cell").nth(2)).to_have_text("1")
        tab.assert_accessible()
    finally:
        os.kill(worker, signal.SIGCONT)
    gate.open()
    expect(tab.page.get_by_text("Nothing waits.")).to_be_visible()


def test_what_a_worker_began_that_has_gone_is_shown_as_lapsed(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path, "--no-worker") as served, open_tab(browser, served.url) as tab:
        run_id = begun_by_one_that_has_gone(Settings(home=tmp_path / "home"))
        tab.open("/workers")
        lapsed = tab.page.get_by_role("region", name="Lapsed")
        expect(lapsed.locator(f'a[href="/run/{run_id}"]')).to_be_visible()
        expect(lapsed).to_contain_text("by one@gone")
        expect(tab.page.get_by_role("heading", name="No worker is alive")).to_be_visible()
        tab.assert_accessible()
        tab.page.set_viewport_size({"width": 320, "height": 256})
        tab.assert_fits()
        tab.open("/")
        expect(tab.page.locator("#glance")).to_contain_text("no worker is alive")
        tab.assert_fits()


def test_what_waits_says_why_and_what_failed_says_so_too(browser: Browser, tmp_path: Path) -> None:
    given = {"ARTCELERY_EFFECTS_PATH": str(write_effects(tmp_path / "effects"))}
    with (
        serving(tmp_path, "--no-worker", **given) as served,
        served.client() as client,
        open_tab(browser, served.url) as tab,
    ):
        orders, gates = Orders(client), [Gate(tmp_path / name) for name in ("one", "two")]
        failed = orders.begin("fails", "cat", params={"gate": str(gates[0])})
        waiting = [orders.begin("held", "cat", params={"gate": str(gate)}) for gate in gates]
        tab.open("/workers")
        expect(farm(tab)).to_contain_text("No worker is alive")
        expect(tab.page.locator(".waits > li")).to_have_count(3)
        expect(line_of(tab, failed)).to_contain_text("no worker is alive; artcelery worker starts one")
        with working(tmp_path, "-c", "1", **given):
            expect(farm(tab)).to_contain_text("All places are taken")
            expect(line_of(tab, waiting[1])).to_contain_text("all places are taken")
            expect(line_of(tab, failed)).to_contain_text("<b>no</b> frame passes")
            tab.assert_accessible()
            for run_id in waiting:
                client.post(f"/runs/{run_id}/cancel").raise_for_status()
            expect(farm(tab)).to_contain_text("There is room")


def farm(tab: Tab) -> Locator:
    """Whether the workers suffice."""
    return tab.page.get_by_role("region", name="Whether the workers suffice")


def line_of(tab: Tab, run_id: str) -> Locator:
    """What is said of a run that waits or failed."""
    return tab.page.locator(".waits > li").filter(has=tab.page.locator(f'a[href="/run/{run_id}"]'))


def begun_by_one_that_has_gone(settings: Settings) -> str:
    """A run of which a pass was begun, and its lease has lapsed; its id."""
    with open_engine(settings) as engine:
        submitted = engine.submit(engine.order_effect("dog", "cat"))
        item = submitted.ready[0]
        assert engine.state.passes.begin(item.run_id, item.name, "one@gone", "gone", 0.001).token
        return submitted.run.id
